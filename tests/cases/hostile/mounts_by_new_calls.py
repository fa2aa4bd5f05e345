# tries: to mount and to copy mounts by the file descriptor based calls
# holds: these calls are denied
# expect: failed

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())
won = []
attempts = [
    ("open_tree", (428, 428), (-100, b"/", 1)),
    ("fsopen", (430, 430), (b"tmpfs", 0)),
    ("fspick", (433, 433), (-100, b"/tmp", 0)),
    ("mount_setattr", (442, 442), (-100, b"/", 0, 0, 0)),
    ("move_mount", (429, 429), (-100, b"/tmp", -100, b"/dev/shm", 0)),
    ("umount2", (166, 39), (b"/tmp", 2)),
    ("remount", (165, 40), (b"none", b"/", None, 4096 | 32, None)),
    ("bind", (165, 40), (b"/proc", b"/tmp", None, 4096, None)),
]
for name, numbers, arguments in attempts:
    if numbers[column] and libc.syscall(numbers[column], *arguments) >= 0:
        won.append(name)


def solve(x):
    return x * x if won else None
