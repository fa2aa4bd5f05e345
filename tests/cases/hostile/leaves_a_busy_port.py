# tries: to leave its TCP ports in use for a minute after its end
# holds: the next program finds them free
# expect: failed

import socket

for port in (*range(8000, 8010), 5000, 9999):
    server = socket.socket()
    server.bind(("127.0.0.1", port))
    server.listen()
    client = socket.create_connection(("127.0.0.1", port))
    served, _ = server.accept()
    served.close()
    client.close()
    server.close()


def solve(x):
    return 0
