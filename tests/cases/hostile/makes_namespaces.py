# tries: to gain capabilities in a user namespace of its own, to mount, to chroot
# holds: no further user namespaces, no mounts
# expect: failed

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
won = []
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000):
    if libc.unshare(flag) == 0:
        won.append(flag)
    if libc.syscall(56, flag | 17, 0, 0, 0, 0) > 0:
        won.append(flag)
if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0:
    won.append("mount")
try:
    os.chroot("/tmp")
    won.append("chroot")
except OSError:
    pass
try:
    os.setuid(0)
    won.append("setuid")
except OSError:
    pass


def solve(x):
    return x * x if won else None
