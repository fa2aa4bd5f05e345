# tries: to raise capabilities by capset, ambient sets and securebits
# holds: the bounding set is empty
# expect: failed

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
won = []
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
if libc.capset(header, (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)) == 0:
    won.append("capset")
for capability in range(41):
    if libc.prctl(23, capability, 0, 0, 0) == 1:
        won.append(f"bounding {capability}")
    if libc.prctl(47, 2, capability, 0, 0) == 0:
        won.append(f"ambient {capability}")
if libc.prctl(28, 1, 0, 0, 0) == 0:
    won.append("securebits")
if libc.prctl(38, 0, 0, 0, 0) == 0 or libc.prctl(39, 0, 0, 0, 0) != 1:
    won.append("new privileges")
if libc.prctl(22, 0, 0, 0, 0) == 0:
    won.append("seccomp off")


def solve(x):
    return x * x if won else None
