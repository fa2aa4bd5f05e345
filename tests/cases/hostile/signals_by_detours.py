# tries: to signal host processes by pidfd, tgkill, queues and file owners
# holds: a host process has no number inside
# expect: failed

import ctypes
import fcntl
import os
import platform
import signal

libc = ctypes.CDLL(None, use_errno=True)
tgkill = {"x86_64": 234, "aarch64": 131}[platform.machine()]
victim = int("@VICTIM@")
won = []
if victim > 1000:
    try:
        os.kill(victim, 0)
        won.append("kill")
    except OSError:
        pass
    won += ["tgkill"] if libc.syscall(tgkill, victim, victim, signal.SIGKILL) == 0 else []
    won += ["sigqueue"] if libc.sigqueue(victim, signal.SIGKILL, 0) == 0 else []
    try:
        signal.pidfd_send_signal(os.pidfd_open(victim), signal.SIGKILL)
        won.append("pidfd")
    except OSError:
        pass
reader, writer = os.pipe()
for owner in (victim, -victim, 1):
    try:
        fcntl.fcntl(reader, 10, signal.SIGKILL)
        fcntl.fcntl(reader, fcntl.F_SETOWN, owner)
        fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
        os.write(writer, b"x")
    except OSError:
        pass


def solve(x):
    return x * x if won else None
