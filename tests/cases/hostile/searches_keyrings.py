# tries: to read the session's kernel keyring
# holds: the keyring calls are denied
# expect: failed

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
keyctl = {"x86_64": 250, "aarch64": 219}[platform.machine()]
session = libc.syscall(keyctl, 0, -3, 0)


def solve(x):
    return x * x if session > 0 else None
