# tries: to leave data in look-ups of names, by the resolver and by plain UDP
# holds: no name is resolved, no packet leaves
# expect: failed

import socket

won = []
for name in ("secret.example.com", "metadata.google.internal", "host.docker.internal"):
    try:
        won.append(socket.getaddrinfo(name, 80))
    except OSError:
        pass
for address in (("127.0.0.1", int("@UDP@")), ("169.254.169.254", 80), ("255.255.255.255", 53)):
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        link.sendto(b"secret", address)
    except OSError:
        continue
    won += [address] if not address[0].startswith("127.") else []
link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
try:
    link.sendto(b"secret", "\0@ABSTRACT@-datagrams")
    won.append("abstract")
except OSError:
    pass


def solve(x):
    return x * x if won else None
