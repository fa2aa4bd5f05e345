# tries: to kill its parent, its whole jail and every process it may signal
# holds: no other program and nothing on the host ends
# expect: failed

import os
import signal

for pid in (os.getppid(), 1, -1, 0, *range(2, 400)):
    try:
        os.kill(pid, signal.SIGKILL)
    except (OSError, OverflowError):
        pass


def solve(x):
    return 0
