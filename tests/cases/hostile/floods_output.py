# tries: to fill the pipes of standard output and error without end
# holds: output is discarded, nothing grows or blocks
# expect: timeout

import os

while True:
    os.write(1, b"x" * 65536)
    os.write(2, b"x" * 65536)


def solve(x):
    return x * x
