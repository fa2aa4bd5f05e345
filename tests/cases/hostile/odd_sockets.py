# tries: to open raw sockets and every address family but the usual three
# holds: the filter allows three families, capabilities no raw sockets
# expect: failed

import socket

won = []
for family in set(range(50)) - {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6}:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            won.append((family, kind))
        except OSError:
            pass
for family in (socket.AF_INET, socket.AF_INET6):
    for protocol in (0, 1, 2, 58, 255):
        for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
            try:
                socket.socket(family, kind, protocol).close()
                won += [(family, protocol)] if kind == socket.SOCK_RAW else []
            except OSError:
                pass


def solve(x):
    return x * x if won else None
