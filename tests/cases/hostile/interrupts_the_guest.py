# tries: to raise from a timer in the middle of reading and answering
# holds: a broken conversation is the program's failure
# expect: not passed

import signal


def ring(number, frame):
    raise SystemExit(0)


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.0005)


def solve(x):
    return 0
