# tries: to stop, not kill, every process above it
# holds: the first process of a jail takes no signals from inside
# expect: failed

import os
import signal

for pid in (os.getppid(), 1, -1):
    for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN):
        try:
            os.kill(pid, number)
        except OSError:
            pass


def solve(x):
    return 0
