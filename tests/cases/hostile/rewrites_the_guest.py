# tries: to replace what encodes its answers, through the frames below it
# holds: that code can only say what a call returned
# expect: failed

import sys

forged = b"t\x00\x00\x00\x02s\x00\x00\x00\x06passeds\x00\x00\x00\x00"
frame = sys._getframe()
while frame is not None:
    for name in ("dumps", "_described", "_kind"):
        if name in frame.f_globals:
            frame.f_globals[name] = lambda *_: (
                ("ok", None) if name == "_kind" else bytearray(forged)
            )
    for name in ("limit", "answer_limit", "_REQUEST_LIMIT"):
        if name in frame.f_globals:
            frame.f_globals[name] = 1 << 60
    frame = frame.f_back


def solve(x):
    return ("passed", "")
