# tries: to lower the priority and the CPUs of every process of its user
# holds: only processes of its own jail are found
# expect: failed

import os

for pid in (int("@VICTIM@"), 1, os.getppid(), *range(2, 200)):
    for change in (
        lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
        lambda: os.sched_setaffinity(pid, {0}),
        lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19),
        lambda: os.setpriority(os.PRIO_USER, 0, 19),
    ):
        try:
            change()
        except OSError:
            pass


def solve(x):
    return 0
