# tries: to use 16 GB of shared anonymous memory by 20 processes
# holds: shared memory counts as private memory does
# expect: not passed

import mmap
import os
import time

ready, done = os.pipe()
for _ in range(20):
    if os.fork() == 0:
        hoard = mmap.mmap(-1, 800 << 20)
        for at in range(0, 800 << 20, 4096):
            hoard[at] = 1
        os.write(done, b"x")
        time.sleep(60)
        os._exit(0)
os.close(done)
full = 0
while full < 20:
    part = os.read(ready, 20)
    if not part:
        raise MemoryError
    full += len(part)


def solve(x):
    return x * x
