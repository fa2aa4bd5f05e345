# tries: to end with status 0 before any test runs
# holds: an early end is not a pass
# expect: failed

import os

os._exit(0)


def solve(x):
    return 0
