# tries: to push keys into the terminal of the harness by TIOCSTI
# holds: there is no terminal
# expect: failed

import fcntl
import os
import termios

won = []
targets = [0, 1, 2]
for path in ("/dev/tty", "/dev/console", "/dev/ptmx", "/dev/tty0", "/dev/pts/0", "/dev/vcs"):
    try:
        targets.append(os.open(path, os.O_RDWR | os.O_NOCTTY))
        won.append(path)
    except OSError:
        pass
for target in targets:
    for request, argument in ((termios.TIOCSCTTY, 1), (termios.TIOCSTI, b"x"), (0x541C, b"\x02")):
        try:
            fcntl.ioctl(target, request, argument)
            won.append(request)
        except OSError:
            pass


def solve(x):
    return x * x if won else None
