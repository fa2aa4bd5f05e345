# tries: to read the kernel's log, symbols, memory image and hardware tree
# holds: these files are absent, closed or without addresses
# expect: failed

import os

won = []
for path in ("/dev/kmsg", "/proc/kmsg", "/proc/kcore", "/proc/vmallocinfo", "/proc/slabinfo"):
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        won += [path] if os.read(file, 64) else []
    except OSError:
        pass
try:
    with open("/proc/kallsyms") as file:
        won += ["kallsyms"] if any(int(file.readline().split()[0], 16) for _ in range(50)) else []
except (OSError, IndexError):
    pass
for folder in (
    "/sys",
    "/boot",
    "/run",
    "/var",
    "/mnt",
    "/srv",
    "/lib/modules",
    "/proc/sys/fs/binfmt_misc",
):
    try:
        won += [folder] if os.listdir(folder) else []
    except OSError:
        pass


def solve(x):
    return x * x if won else None
