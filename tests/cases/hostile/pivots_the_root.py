# tries: to climb above its root by pivot_root, chroot and kept folder descriptors
# holds: roots cannot be changed, and above the root there is nothing
# expect: failed

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
pivot_root = {"x86_64": 155, "aarch64": 41}[platform.machine()]
won = []
os.makedirs("/tmp/new/old", exist_ok=True)
if libc.syscall(pivot_root, b"/tmp/new", b"/tmp/new/old") == 0:
    won.append("pivot_root")
above = os.open("/", os.O_RDONLY)
try:
    os.chroot("/tmp/new")
    os.fchdir(above)
    for _ in range(64):
        os.chdir("..")
    os.chroot(".")
    won.append("chroot")
except OSError:
    pass
os.fchdir(above)
if os.path.exists("../../../../../../../.." + "@CANARY@"):
    won.append("above")


def solve(x):
    return x * x if won else None
