# tries: to put a conversation of its own in the place of its socket
# holds: the test speaks to the socket that the host made
# expect: not passed

import os
import socket

mine, other = socket.socketpair()
os.dup2(mine.fileno(), 3)
for _ in range(50):
    other.send(b"\x00\x00\x00\x0bs\x00\x00\x00\x06passed")


def solve(x):
    return 0
