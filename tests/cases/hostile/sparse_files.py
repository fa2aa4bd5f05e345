# tries: to fill the disk by sparse files whose sizes add up to terabytes
# holds: files live in memory, each of bounded size
# expect: failed

import os

made = 0
for folder in ("/tmp", "/dev/shm"):
    for n in range(100):
        with open(f"{folder}/{n}", "wb") as file:
            file.truncate(30 << 20)
            os.posix_fallocate(file.fileno(), 0, 30 << 20)
        made += 30


def solve(x):
    return x * x if made > 1000 else None
