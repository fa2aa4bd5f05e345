# tries: to return an iterator without end
# holds: reading it is bounded
# expect: not passed

import itertools


def solve(x):
    return itertools.count()
