# tries: to hold 4 GB in detached System V shared memory
# holds: segments cannot be made, or count; none outlives the jail
# expect: not passed

import ctypes
import mmap

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.shmdt.argtypes = [ctypes.c_void_p]
for _ in range(64):
    segment = libc.shmget(0, 64 << 20, 0o1666)
    if segment < 0:
        raise MemoryError
    at = libc.shmat(segment, None, 0)
    if at in (None, ctypes.c_void_p(-1).value):
        raise MemoryError
    ctypes.memset(at, 1, 64 << 20)
    libc.shmdt(at)


def solve(x):
    return x * x
