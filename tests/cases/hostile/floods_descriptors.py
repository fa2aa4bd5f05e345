# tries: to pass descriptors over its socket until the host has none left
# holds: descriptors that nobody asks for are dropped
# expect: failed

import os
import socket

link = socket.socket(fileno=os.dup(3))
link.setblocking(False)
for _ in range(2000):
    try:
        socket.send_fds(link, [b"\0"], [0, 1, 2] * 50)
    except OSError:
        break


def solve(x):
    return x * x
