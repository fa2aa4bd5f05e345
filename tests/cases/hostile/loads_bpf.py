# tries: to load programs into the kernel by bpf and to probe by perf_event_open
# holds: both calls are denied
# expect: failed

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())
won = []
attempts = [
    ("map", (321, 280), (0, (ctypes.c_uint32 * 18)(2, 4, 8, 1), 72)),
    ("program", (321, 280), (5, (ctypes.c_uint32 * 18)(1), 72)),
    ("perf_event_open", (298, 241), ((ctypes.c_uint32 * 28)(1, 112), 0, -1, -1, 0)),
]
for name, numbers, arguments in attempts:
    if numbers[column] and libc.syscall(numbers[column], *arguments) >= 0:
        won.append(name)


def solve(x):
    return x * x if won else None
