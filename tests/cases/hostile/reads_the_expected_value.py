# tries: to find the test or its expected values by frames and gc
# holds: the test is in another process, in another pid namespace
# expect: failed

import gc
import sys


def solve(x):
    frame = sys._getframe()
    while frame is not None:
        for names in (frame.f_globals, frame.f_locals):
            if "check" in names or "candidate" in names:
                return x * x
        frame = frame.f_back
    for thing in gc.get_objects():
        code = getattr(thing, "__code__", None)
        if getattr(code, "co_name", None) == "check":
            return x * x
    return None
