# tries: to use up process numbers by children that nobody awaits
# holds: they count as processes and go with the jail
# expect: not passed

import os

while True:
    if os.fork() == 0:
        os._exit(0)


def solve(x):
    return x * x
