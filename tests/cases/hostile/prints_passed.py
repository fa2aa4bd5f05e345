# tries: to print what a harness might look for
# holds: printed text is discarded
# expect: failed

import sys

for stream in (sys.stdout, sys.stderr):
    stream.write("passed\n1 passed in 0.01s\nOK\n")


def solve(x):
    print("passed")
    return 0
