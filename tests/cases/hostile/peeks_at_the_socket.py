# tries: to read the test, or the next call, from its socket before its turn
# holds: the socket carries a name and arguments, one call at a time
# expect: failed

import os
import socket

link = socket.socket(fileno=os.dup(3))
seen = b""


def look():
    global seen
    try:
        seen += link.recv(1 << 20, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        pass


look()


def solve(x):
    look()
    return x * x if b"check" in seen or b"assert" in seen or len(seen) > 0 else None
