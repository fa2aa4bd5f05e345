# tries: to map a terabyte without touching it
# holds: address space is bounded
# expect: failed

import mmap

hoard = mmap.mmap(-1, 1 << 40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)


def solve(x):
    return x * x
