# tries: to raise its resource limits, and those of its parents
# holds: hard limits stay
# expect: failed

import os
import resource

won = []
for name in (n for n in dir(resource) if n.startswith("RLIMIT_")):
    number = getattr(resource, name)
    _, hard = resource.getrlimit(number)
    if hard == resource.RLIM_INFINITY:
        continue
    try:
        resource.setrlimit(number, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        won.append(name)
    except (OSError, ValueError):
        pass
    for pid in (1, os.getppid(), int("@VICTIM@")):
        try:
            _, foreign = resource.prlimit(pid, number)
            if foreign != resource.RLIM_INFINITY:
                resource.prlimit(pid, number, (foreign + 1, foreign + 1))
                won.append((pid, name))
        except (OSError, ValueError):
            pass
for name in ("RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_MEMLOCK"):
    if resource.getrlimit(getattr(resource, name))[1] == resource.RLIM_INFINITY:
        won.append(name)


def solve(x):
    return x * x if won else None
