# tries: to write the memory of processes outside through /proc and by system calls
# holds: no process but its own can be written
# expect: failed

import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
write_number = {"x86_64": 311, "aarch64": 271}[platform.machine()]
kept = ctypes.create_string_buffer(64)


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


part = Part(ctypes.addressof(kept), 64)
won = []
for pid in {os.getppid(), int("@VICTIM@"), *range(2, 300)} - {0, 1, os.getpid()}:
    for name in ("mem", "clear_refs", "coredump_filter"):
        try:
            os.close(os.open(f"/proc/{pid}/{name}", os.O_RDWR if name == "mem" else os.O_WRONLY))
            won += [name] if name == "mem" else []
        except OSError:
            pass
    if libc.syscall(write_number, pid, ctypes.byref(part), 1, ctypes.byref(part), 1, 0) > 0:
        won.append("process_vm_writev")


def solve(x):
    return x * x if won else None
