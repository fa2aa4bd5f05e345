# tries: to stall the kernel's copies by userfaultfd
# holds: the call is denied and the device is not there
# expect: failed

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())
won = []
import os

for flags in (0, 1, 0o4000, 0o2004000):
    if libc.syscall([323, 282][column], flags) >= 0:
        won.append(flags)
won += ["device"] if os.path.exists("/dev/userfaultfd") else []


def solve(x):
    return x * x if won else None
