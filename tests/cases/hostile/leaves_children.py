# tries: to leave detached children behind and to answer wrongly
# holds: all processes end with the jail
# expect: failed

import os
import signal
import time

for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)


def solve(x):
    return 0
