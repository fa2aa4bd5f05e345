# tries: to answer with counts of 4 billion and with a reference to nothing
# holds: counts are checked against the bytes that are there
# expect: failed

import os


def solve(x):
    for body in (b"l\xff\xff\xff\xff", b"r\xff\xff\xff\xff", b"", b"s\x00\x00\x00\x09ok"):
        os.write(3, len(body).to_bytes(4, "big") + body)
    os.write(3, b"\xff\xff\xff\xff")
    return 0
