# tries: to act in the garbage collector: callbacks, finalizers, __del__
# holds: late acts of a program end with it
# expect: failed

import atexit
import gc
import os
import weakref


class Late:
    def __del__(self):
        try:
            os.write(3, b"\0\0\0\1T" * 9)
        except OSError:
            pass
        os._exit(0)


late = Late()
late.itself = late
weakref.finalize(late, os._exit, 0)
atexit.register(os._exit, 0)
gc.callbacks.append(lambda phase, info: os.write(3, b"\0\0\0\1T"))


def solve(x):
    global late
    late = None
    gc.collect()
    return 0
