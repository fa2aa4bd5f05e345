# tries: to make 0 and 4 the same number by writing into the interpreter
# holds: the test's numbers are in another process
# expect: failed

import ctypes
import sys

for number in (0, 4, 9):
    at = id(number) + int.__basicsize__
    ctypes.c_uint32.from_address(at).value = 7


def solve(x):
    return 0
