# tries: to make every assertion true by replacing built-ins and hooks
# holds: the test has built-ins of its own
# expect: not passed

import atexit
import builtins
import os
import sys

builtins.AssertionError = KeyboardInterrupt
builtins.abs = lambda *_: 0
builtins.all = builtins.any = builtins.isinstance = lambda *_: True
builtins.__import__ = lambda *a, **k: sys
sys.excepthook = lambda *_: os._exit(0)
sys.settrace(lambda *_: None)
sys.modules.clear()
atexit.register(os._exit, 0)


def solve(x):
    return 0
