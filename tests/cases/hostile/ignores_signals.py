# tries: to block every signal and spin
# holds: the end comes by SIGKILL from outside
# expect: timeout

import signal

for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True:
    pass


def solve(x):
    return x * x
