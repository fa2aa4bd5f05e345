# tries: to leave by SystemExit(0) before any test runs
# holds: an early end is not a pass
# expect: failed

import sys

sys.exit(0)


def solve(x):
    return x * x
