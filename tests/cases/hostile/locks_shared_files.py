# tries: to lock and lease the files that all jails share
# holds: locks go with their owner
# expect: failed

import fcntl
import os
import sys

kept = []
for folder, _, names in os.walk(os.path.dirname(os.__file__)):
    for name in names[:20]:
        try:
            kept.append(os.open(os.path.join(folder, name), os.O_RDONLY))
            fcntl.flock(kept[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.fcntl(kept[-1], fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError:
            pass


def solve(x):
    return 0
