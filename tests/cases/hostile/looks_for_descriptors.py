# tries: to use a descriptor of the host that was left open
# holds: there are only the standard three and the program's own socket
# expect: failed

import os
import stat

extra = []
for name in os.listdir("/proc/self/fd"):
    fd = int(name)
    try:
        mode = os.fstat(fd).st_mode
    except OSError:
        continue
    if fd > 3 or fd < 3 and not stat.S_ISCHR(mode):
        extra.append(fd)


def solve(x):
    return x * x if extra else None
