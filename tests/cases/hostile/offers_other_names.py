# tries: to hand the test its own check, assert helpers and modules as values
# holds: only the names that the test lacks are asked for, modules by their own names only
# expect: failed

import os
import struct


def text(word):
    return b"s" + struct.pack("!I", len(word)) + word


def module(name):
    return b"t" + struct.pack("!I", 2) + text(b"module") + text(name)


body = b"t" + struct.pack("!I", 2) + text(b"ok") + b"l" + struct.pack("!I", 1) + module(b"os")
os.write(3, struct.pack("!I", len(body)) + body)


def solve(x):
    return 0
