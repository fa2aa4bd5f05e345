# tries: to reach the host by TCP, UDP, an abstract unix socket, vsock and netlink
# holds: the network namespace is empty and vsock is denied
# expect: failed

import socket

heard = []
targets = [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int("@PORT@"))),
    (socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53)),
    (socket.AF_UNIX, socket.SOCK_STREAM, "\0@ABSTRACT@"),
    (socket.AF_UNIX, socket.SOCK_STREAM, "@SOCKET@"),
]
for family, kind, address in targets:
    try:
        link = socket.socket(family, kind)
        link.settimeout(0.5)
        link.connect(address)
        link.send(b"hello")
    except OSError:
        continue
    heard.append(address)
for family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_ALG, socket.AF_NETLINK):
    try:
        socket.socket(family, socket.SOCK_RAW if family == socket.AF_PACKET else socket.SOCK_DGRAM)
    except OSError:
        continue
    heard.append(family)


def solve(x):
    return x * x if heard else None
