# tries: to leave semaphores, message queues and shared memory behind
# holds: all of it is the jail's own and ends with it
# expect: failed

import ctypes
import mmap
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
for key in (0x5EC2E7, 1, 2):
    libc.shmget(key, 4096, 0o1666)
    libc.semget(key, 4, 0o1666)
    libc.msgget(key, 0o1666)
mq_open = {"x86_64": 240, "aarch64": 180}[platform.machine()]
libc.syscall(mq_open, b"planted", os.O_CREAT | os.O_RDWR, 0o666, None)
with open("/dev/shm/planted", "wb") as file:
    file.write(b"x" * 4096)


def solve(x):
    return 0
