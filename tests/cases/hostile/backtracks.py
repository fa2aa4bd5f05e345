# tries: to hold the interpreter in a regular expression without end
# holds: the clock runs outside of the program's process
# expect: timeout

import re
import signal

signal.alarm(1)
signal.signal(signal.SIGALRM, lambda *_: None)


def solve(x):
    return len(re.match(r"(a+)+$", "a" * 60 + "b").group())
