# tries: nothing: it asks a server of its own over TCP
# holds: it passes
# expect: passed

import socket
import threading

server = socket.create_server(("127.0.0.1", 0))


def serve():
    while True:
        link, _ = server.accept()
        link.send(str(int(link.recv(64)) ** 2).encode())
        link.close()


threading.Thread(target=serve, daemon=True).start()


def solve(x):
    with socket.create_connection(server.getsockname()) as link:
        link.send(str(x).encode())
        return int(link.recv(64))
