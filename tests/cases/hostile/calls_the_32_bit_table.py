# tries: to make system calls by the 32 bit and x32 numbers, past the filter
# holds: another architecture's call ends the process
# expect: failed

import ctypes
import mmap
import platform

libc = ctypes.CDLL(None, use_errno=True)
won = []
if platform.machine() == "x86_64":
    if libc.syscall(0x40000000 | 39) > 0:
        won.append("x32")
    code = bytes.fromhex("b814000000 cd80 c3")  # mov eax, getpid; int 0x80; ret
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    at = ctypes.addressof(ctypes.c_char.from_buffer(page))
    if ctypes.CFUNCTYPE(ctypes.c_int)(at)() > 0:
        won.append("int 0x80")


def solve(x):
    return x * x if won else None
