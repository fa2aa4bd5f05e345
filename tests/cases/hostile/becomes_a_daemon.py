# tries: to survive as a daemon: double fork, own session, subreaper, new name
# holds: the kernel ends all that is in the jail's pid namespace
# expect: failed

import ctypes
import os
import signal
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(36, 1, 0, 0, 0)
if os.fork() == 0:
    os.setsid()
    libc.prctl(1, 0, 0, 0, 0)
    libc.prctl(15, b"kworker/0:1", 0, 0, 0)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if os.fork():
        os._exit(0)
    os.closerange(0, 256)
    while True:
        time.sleep(0.01)
        if os.fork():
            os._exit(0)


def solve(x):
    return 0
