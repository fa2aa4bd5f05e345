# tries: to hand folders, listening sockets and itself to the checker
# holds: nobody receives them, and cycles of sockets are freed
# expect: failed

import os
import socket

link = socket.socket(fileno=os.dup(3))
link.setblocking(False)
ears = socket.socket(socket.AF_UNIX)
ears.bind("/tmp/ears")
ears.listen()
left, right = socket.socketpair()
socket.send_fds(left, [b"x"], [left.fileno(), right.fileno()])
for thing in (os.open("/", os.O_RDONLY), ears.fileno(), os.pidfd_open(os.getpid()), 3):
    try:
        socket.send_fds(link, [b"\x00\x00\x00\x01T"], [thing])
    except OSError:
        pass


def solve(x):
    return 0
