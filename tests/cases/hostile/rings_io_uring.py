# tries: to make system calls through io_uring, past the filter
# holds: the ring cannot be made
# expect: failed

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())
won = []
attempts = [
    ("io_uring_setup", (425, 425), (8, ctypes.create_string_buffer(120))),
    ("io_uring_enter", (426, 426), (3, 0, 0, 0, 0, 0)),
    ("io_uring_register", (427, 427), (3, 0, 0, 0)),
]
for name, numbers, arguments in attempts:
    if numbers[column] and libc.syscall(numbers[column], *arguments) >= 0:
        won.append(name)


def solve(x):
    return x * x if won else None
