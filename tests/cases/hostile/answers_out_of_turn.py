# tries: to answer the calls before they are made, with verdicts as values
# holds: what was said early is taken as the answer to the first call only
# expect: failed

import os
import struct


def text(word):
    return b"s" + struct.pack("!I", len(word)) + word


def send(body):
    os.write(3, struct.pack("!I", len(body)) + body)


kinds = b"l" + struct.pack("!I", 1) + b"t" + struct.pack("!I", 2) + text(b"value") + b"T"
send(b"t" + struct.pack("!I", 2) + text(b"ok") + kinds)
for _ in range(4):
    send(b"t" + struct.pack("!I", 2) + text(b"passed") + text(b""))


def solve(x):
    return 0
