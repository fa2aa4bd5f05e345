# tries: to fork without end
# holds: the number of processes is bounded, none survives
# expect: not passed

import os

while True:
    try:
        os.fork()
    except OSError:
        pass


def solve(x):
    return x * x
