# tries: to start threads without end
# holds: threads count as processes; none survives
# expect: not passed

import threading
import time

while True:
    try:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    except RuntimeError:
        pass


def solve(x):
    return x * x
