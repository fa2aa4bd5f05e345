# tries: to get at I/O ports, descriptor tables and physical memory
# holds: no such rights, no such devices
# expect: failed

import ctypes
import os
import platform
import stat

libc = ctypes.CDLL(None, use_errno=True)
won = []
if platform.machine() == "x86_64":
    won += ["iopl"] if libc.syscall(172, 3) == 0 else []
    won += ["ioperm"] if libc.syscall(173, 0x60, 8, 1) == 0 else []
for major, minor, kind in ((1, 1, stat.S_IFCHR), (1, 2, stat.S_IFCHR), (8, 0, stat.S_IFBLK)):
    for folder in ("/tmp", "/dev/shm"):
        try:
            os.mknod(f"{folder}/device", kind | 0o666, os.makedev(major, minor))
            won.append((major, minor))
        except OSError:
            pass
for name in ("mem", "kmem", "port", "kvm", "fuse", "vda", "sda", "net/tun", "snapshot"):
    won += [name] if os.path.exists(f"/dev/{name}") else []


def solve(x):
    return x * x if won else None
