# tries: to run before all others: nice, real time, I/O class, locked memory
# holds: priorities only fall, nothing is locked
# expect: failed

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
ioprio_set = {"x86_64": 251, "aarch64": 30}[platform.machine()]
won = []
for kind, who in ((os.PRIO_PROCESS, 0), (os.PRIO_PGRP, 0), (os.PRIO_USER, 0)):
    try:
        os.setpriority(kind, who, -20)
        won.append("nice")
    except OSError:
        pass
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    try:
        os.sched_setscheduler(0, policy, os.sched_param(50))
        won.append("real time")
    except OSError:
        pass
won += ["I/O class"] if libc.syscall(ioprio_set, 1, 0, 1 << 13) == 0 else []
won += ["mlockall"] if libc.mlockall(3) == 0 else []
try:
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("-1000")
    won.append("oom")
except OSError:
    pass


def solve(x):
    return x * x if won else None
