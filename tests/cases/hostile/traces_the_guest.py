# tries: to change the guest's local variables by trace and profile functions
# holds: nothing in its process decides
# expect: failed

import ctypes
import sys
import threading


def trace(frame, event, argument):
    for name in frame.f_locals:
        if name in ("outcome", "answer", "status", "verdict"):
            frame.f_locals[name] = ("passed", "")
    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return trace


threading.settrace(trace)
sys.setprofile(trace)
sys.settrace(trace)
frame = sys._getframe()
while frame is not None:
    frame.f_trace = trace
    frame = frame.f_back


def solve(x):
    return 0
