# tries: to read from address 0
# holds: a crash is a failure of it alone
# expect: failed

import ctypes


def solve(x):
    ctypes.string_at(0)
