# tries: to enter other namespaces by setns, and their parents by ioctl
# holds: no namespace can be entered
# expect: failed

import ctypes
import fcntl
import glob
import os

libc = ctypes.CDLL(None, use_errno=True)
NS_GET_USERNS, NS_GET_PARENT = 0xB701, 0xB702
won = []
for path in glob.glob("/proc/[0-9]*/ns/*") + glob.glob("/proc/self/ns/*"):
    try:
        handles = [os.open(path, os.O_RDONLY)]
    except OSError:
        continue
    for request in (NS_GET_USERNS, NS_GET_PARENT):
        try:
            handles.append(fcntl.ioctl(handles[0], request))
        except OSError:
            pass
    won += [path for handle in handles if libc.setns(handle, 0) == 0]
    for handle in handles:
        os.close(handle)
for pid in (1, os.getppid()):
    try:
        won += ["pidfd"] if libc.setns(os.pidfd_open(pid), 0x7E020000) == 0 else []
    except OSError:
        pass


def solve(x):
    return x * x if won else None
