# tries: to spoil loaded modules, types and small objects for the next program
# holds: each program runs in a fresh copy of the interpreter
# expect: failed

import builtins
import collections
import ctypes
import json
import math
import os
import random
import re
import signal
import sys
import time

math.sqrt = json.dumps = re.match = lambda *a, **k: None
collections.OrderedDict = dict
random.seed(1)
os.umask(0o777)
os.environ.clear()
os.putenv("LD_PRELOAD", "/tmp/planted.so")
time.tzset()
sys.setrecursionlimit(60)
sys.set_int_max_str_digits(640)
sys.setswitchinterval(100)
sys.path[:] = ["/tmp"]
sys.modules["heapq"] = None
builtins.sum = builtins.sorted = builtins.len = lambda *a, **k: 0
signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def solve(x):
    return 0
