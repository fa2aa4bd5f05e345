# tries: to write anywhere but in the two temporary file systems
# holds: all else is read-only, the interpreter included
# expect: failed

import os
import sys

wrote = []
for folder in ("/", "/dev", "/usr", "/usr/lib", "/proc", "/proc/sys", sys.prefix, *sys.path):
    try:
        with open(os.path.join(folder, "planted"), "w") as file:
            file.write("x")
    except OSError:
        continue
    wrote.append(folder)
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/self/oom_score_adj"):
    try:
        with open(path, "w") as file:
            file.write("-1000" if path.endswith("adj") else "x")
    except OSError:
        continue
    wrote.append(path)


def solve(x):
    return x * x if wrote else None
