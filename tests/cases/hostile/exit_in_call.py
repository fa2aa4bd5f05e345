# tries: to end with status 0 inside the first call
# holds: an early end is not a pass
# expect: failed

import os


def solve(x):
    os._exit(0)
