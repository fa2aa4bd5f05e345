# tries: to close only its reading half, then only its writing half
# holds: half an end is an end
# expect: failed

import os
import socket

link = socket.socket(fileno=os.dup(3))


def solve(x):
    link.shutdown(socket.SHUT_RD if x == 3 else socket.SHUT_WR)
    return x * x
