# tries: to exec another interpreter that answers in its place
# holds: its socket closes on exec, so that this is an end
# expect: failed

import os
import sys

code = "import os\nfor fd in range(3, 99):\n    try: os.write(fd, b'\\0\\0\\0\\1T')\n    except OSError: pass"


def solve(x):
    os.execv("/proc/self/exe", ["python", "-I", "-S", "-c", code])
