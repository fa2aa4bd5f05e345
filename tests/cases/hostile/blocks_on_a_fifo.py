# tries: to wait for ever for a writer that never comes
# holds: wall time is bounded whatever the process waits for
# expect: timeout

import os

os.mkfifo("/tmp/fifo")
os.open("/tmp/fifo", os.O_RDONLY)


def solve(x):
    return x * x
