# tries: to recurse without end, past the interpreter's own guard
# holds: a crash of the program is a failure of it alone
# expect: not passed

import sys

sys.setrecursionlimit(1 << 30)


def deeper(n):
    return [deeper(n + 1)]


def solve(x):
    return deeper(0)
