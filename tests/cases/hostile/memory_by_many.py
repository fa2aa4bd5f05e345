# tries: to use 16 GB by 40 processes of 400 MB each
# holds: the memory of all processes together is bounded
# expect: not passed

import os
import time

ready, done = os.pipe()
for _ in range(40):
    if os.fork() == 0:
        hoard = bytearray(os.urandom(4096)) * (100 * 1024)
        os.write(done, b"x")
        time.sleep(60)
        os._exit(0)
os.close(done)
full = 0
while full < 40:
    part = os.read(ready, 40)
    if not part:
        raise MemoryError
    full += len(part)


def solve(x):
    return x * x
