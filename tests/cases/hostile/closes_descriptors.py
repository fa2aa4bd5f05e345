# tries: to close every descriptor
# holds: the silence counts as the program's end
# expect: failed

import os

os.closerange(0, 4096)


def solve(x):
    return x * x
