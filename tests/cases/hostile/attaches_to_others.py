# tries: to trace its parent, and to open its memory and descriptors for writing
# holds: tracing is denied, and there is nothing of worth to attach to
# expect: failed

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
won = []
for pid in (os.getppid(), 1):
    if libc.ptrace(16, pid, 0, 0) == 0:
        won.append(pid)


def solve(x):
    return x * x if won else None
