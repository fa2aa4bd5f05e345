# tries: to reboot, load modules and kernels, swap, set clocks and names
# holds: none of it is allowed
# expect: failed

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())
won = []
attempts = [
    ("reboot", (169, 142), (0xFEE1DEAD, 672274793, 0)),
    ("init_module", (175, 105), (0, 0, b"")),
    ("finit_module", (313, 273), (0, b"", 0)),
    ("delete_module", (176, 106), (b"loop", 2048)),
    ("kexec_load", (246, 104), (0, 0, 0, 0)),
    ("kexec_file_load", (320, 294), (0, 0, 1, b"", 0)),
    ("swapon", (167, 224), (b"/tmp/swap", 0)),
    ("acct", (163, 89), (b"/tmp/acct",)),
    ("syslog", (103, 116), (3, ctypes.create_string_buffer(99), 99)),
    ("settimeofday", (164, 170), ((ctypes.c_int64 * 2)(1, 0), None)),
    ("clock_settime", (227, 112), (0, (ctypes.c_int64 * 2)(1, 0))),
    ("sethostname", (170, 161), (b"taken", 5)),
    ("setdomainname", (171, 162), (b"taken", 5)),
    ("quotactl", (179, 60), (0x800002 << 8, b"/dev/vda", 0, ctypes.create_string_buffer(99))),
]
for name, numbers, arguments in attempts:
    if numbers[column] and libc.syscall(numbers[column], *arguments) >= 0:
        won.append(name)


def solve(x):
    return x * x if won else None
