# tries: to open host files by guessed file handles, as the shocker attack does
# holds: handles can be neither made nor opened
# expect: failed

import ctypes
import platform

libc = ctypes.CDLL(None, use_errno=True)
column = ["x86_64", "aarch64"].index(platform.machine())
won = []
import os

root = os.open("/", os.O_RDONLY)
handle = (ctypes.c_uint32 * 34)(128)
mount = ctypes.c_int()
made = libc.syscall([303, 264][column], -100, b"/", handle, ctypes.byref(mount), 0)
won += ["name_to_handle_at"] if made == 0 else []
for inode in (1, 2, 128, 256):
    guess = (ctypes.c_uint32 * 34)(8, 1, inode, 0)
    opened = libc.syscall([304, 265][column], root, guess, os.O_RDONLY)
    won += [inode] if opened >= 0 else []
won += ["fanotify"] if libc.syscall([300, 262][column], 0, 0) >= 0 else []


def solve(x):
    return x * x if won else None
