# tries: to sleep for ever
# holds: wall time is bounded
# expect: timeout

import time

time.sleep(1e6)


def solve(x):
    return x * x
