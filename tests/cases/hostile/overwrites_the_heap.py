# tries: to overwrite its interpreter's type objects and heap at random
# holds: only its own process breaks
# expect: failed

import ctypes


def solve(x):
    for kind in (list, tuple, dict, bytes, bytearray, int, str):
        ctypes.memset(id(kind), 0x41, kind.__sizeof__(kind))
    return 0
