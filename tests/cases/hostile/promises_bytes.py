# tries: to announce an answer of 16 MB and to send nothing
# holds: the clock does not wait for it
# expect: timeout

import os
import time


def solve(x):
    os.write(3, (16 << 20).to_bytes(4, "big"))
    time.sleep(60)
