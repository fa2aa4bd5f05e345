# tries: to leave core files, or to have the host's core handler run, by many crashes
# holds: no core is written
# expect: failed

import ctypes
import glob
import os
import resource
import signal

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except (OSError, ValueError):
    pass
os.chdir("/tmp")
for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT, signal.SIGBUS):
    child = os.fork()
    if child == 0:
        os.kill(os.getpid(), number)
        signal.pause()
    _, status = os.waitpid(child, 0)
    if os.WCOREDUMP(status):
        raise SystemExit
won = glob.glob("/tmp/*core*")


def solve(x):
    return x * x if won else None
