# tries: nothing: it works in two processes over shared memory
# holds: it passes
# expect: passed

import mmap
import os


def solve(x):
    shared = mmap.mmap(-1, 8)
    if os.fork() == 0:
        shared[:8] = (x * x).to_bytes(8, "little")
        os._exit(0)
    os.wait()
    return int.from_bytes(shared[:8], "little")
