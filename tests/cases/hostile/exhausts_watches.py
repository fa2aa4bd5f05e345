# tries: to use up its user's inotify instances, timers and pending signals
# holds: all of it is free again when it has ended
# expect: failed

import ctypes
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGRTMIN})
for _ in range(1000):
    if libc.inotify_init1(0) < 0:
        break
for _ in range(100_000):
    if libc.sigqueue(os.getpid(), signal.SIGRTMIN, 0) < 0:
        break


def solve(x):
    return 0
