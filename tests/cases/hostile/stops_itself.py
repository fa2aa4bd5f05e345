# tries: to stop all its processes with SIGSTOP
# holds: a stopped process times out
# expect: timeout
# ruff: noqa

import os
import signal

os.kill(os.getpid(), signal.SIGSTOP)


def solve(x):
    return x * x
