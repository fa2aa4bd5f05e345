# tries: to send what decodes to no value: bad text, numbers, keys, ranges, tags
# holds: every fault in the bytes is the program's failure
# expect: failed

import os
import struct


def text(tag, data):
    return tag + struct.pack("!I", len(data)) + data


bodies = [text(b"s", b"\xff\xff"), text(b"Q", b"1/0"), text(b"Q", b"__import__('os')")]
bodies += [text(b"D", b"no number"), b"d\0\0\0\1l\0\0\0\0N", b"R\0\0\0\3iii"]
bodies += [b"e\0\0\0\1d\0\0\0\0", b"f\0", b"\x80\x04.", b"c" * 17, b"M\0\0\0\1N"]
calls = iter(bodies)


def solve(x):
    body = text(b"s", b"ok") + next(calls) + b"t\0\0\0\1N"
    os.write(3, struct.pack("!I", len(body)) + body)
    return 0
