# tries: to copy descriptors out of other processes by pidfd_getfd
# holds: the call is denied
# expect: failed

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
won = []
for pid in {1, 2, os.getppid()} - {0, os.getpid()}:
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        continue
    won += [n for n in range(64) if libc.syscall(438, handle, n, 0) >= 0]


def solve(x):
    return x * x if won else None
