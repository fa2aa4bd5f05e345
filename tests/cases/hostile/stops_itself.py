# tries: to stop all its processes with SIGSTOP
# holds: a stopped process times out
# expect: timeout

import os
import signal

child = os.fork()
if child == 0:
    signal.pause()
os.kill(0, signal.SIGSTOP)
# The first process of a pid namespace ignores it.
os.waitpid(child, 0)


def solve(x):
    return x * x
