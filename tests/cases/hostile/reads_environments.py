# tries: to find a secret in any environment or command line
# holds: the environment is empty and no process of the host is seen
# expect: failed

import glob
import os

found = "@SECRET@" in os.environ.values()
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        with open(path, "rb") as file:
            found = found or b"@SECRET@"[1:] in file.read() and path.endswith("environ")
    except OSError:
        pass
found = found or len(glob.glob("/proc/[0-9]*")) > 8


def solve(x):
    return x * x if found else None
