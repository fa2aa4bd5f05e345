# tries: to turn read-only descriptors of shared files into writable ones
# holds: the mounts are read-only, whatever the way
# expect: failed

import ctypes
import os
import sys

won = []
libc = ctypes.CDLL(None, use_errno=True)
for path in (os.__file__, "/proc/self/exe", sys.executable or os.__file__):
    file = os.open(path, os.O_RDONLY)
    for mode in (os.O_WRONLY, os.O_RDWR):
        try:
            os.close(os.open(f"/proc/self/fd/{file}", mode))
            won.append(path)
        except OSError:
            pass
    for change in (
        lambda: os.fchmod(file, 0o777),
        lambda: os.fchown(file, 0, 0),
        lambda: os.utime(file, (0, 0)),
        lambda: os.setxattr(file, "user.planted", b"x"),
        lambda: os.truncate(f"/proc/self/fd/{file}", 0),
        lambda: os.rename(path, "/tmp/moved"),
    ):
        try:
            change()
            won.append(path)
        except OSError:
            pass


def solve(x):
    return x * x if won else None
