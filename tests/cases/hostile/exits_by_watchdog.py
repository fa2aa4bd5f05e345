# tries: to end with status 0 or 1 by faulthandler's own thread
# holds: an early end is not a pass
# expect: failed

import faulthandler
import time

faulthandler.enable(file=open("/dev/null", "w"))
faulthandler.dump_traceback_later(0.05, exit=True, file=open("/dev/null", "w"))


def solve(x):
    time.sleep(30)
