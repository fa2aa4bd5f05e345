# tries: nothing: it counts by timers and signal handlers
# holds: it passes
# expect: passed

import signal

rang = []
signal.signal(signal.SIGALRM, lambda *_: rang.append(1))


def solve(x):
    rang.clear()
    while len(rang) < x:
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        signal.pause()
    return len(rang) * x
