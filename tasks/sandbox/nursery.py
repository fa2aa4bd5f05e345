"""The warm worker: a jailed process that makes one inner jail after another by forking.

Starting bubblewrap and an interpreter costs tens of milliseconds; forking a running interpreter
costs one or two. For each program this process clones itself into new user, mount, pid, IPC, UTS
and control group namespaces. The child mounts an empty /tmp, /dev/shm and /proc, drops every
capability, sets its limits, loads the system call filter, and only then reads the program's text
(`guest`): the program is the first process of its pid namespace, so all others in it end with it.
No code of the program ever runs in this process, which the program cannot see.

The host sends commands over `control`: `START` with the program's socket starts a program; then
`END` kills it, and `WAIT` first gives it a moment to end by itself. The answer to either is one
byte: its exit status, as in a shell.

It runs inside the outer jail, where only the standard library exists. The system calls are made
through `ctypes`: Python has them only since 3.12, or not at all.
"""

import ctypes
import os
import signal
import socket
import sys
import time
from typing import Final, NoReturn, cast

from tasks.sandbox.codec import loads
from tasks.sandbox.frames import read_frame
from tasks.sandbox.guest import LINK_FD, serve
from tasks.sandbox.rlimits import limit_process, reset_signals, warm_up

READY: Final = b"R"
START: Final = b"S"
END: Final = b"E"
WAIT: Final = b"W"

_WAIT_SECONDS: Final = 0.2
_REQUEST_LIMIT: Final = 1 << 20
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID. The network namespace of the outer jail
# stays: it has no device, and no other program is alive in it.
_NAMESPACES: Final = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18
_PR_SET_SECCOMP, _PR_CAPBSET_DROP = 22, 24
_PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 38, 2
# struct __user_cap_header_struct of version 3 for this process; two empty sets of data.
_CAP_HEADER: Final = (ctypes.c_uint32 * 2)(0x20080522, 0)
_NO_CAPABILITIES: Final = (ctypes.c_uint32 * 6)()
_INODES_PER_MB: Final = 256
_CLONE: Final = {"x86_64": 56, "aarch64": 220}.get(os.uname().machine, -1)
_libc = ctypes.CDLL(None, use_errno=True)
_python = ctypes.PyDLL(None, use_errno=True)  # holds the interpreter's lock, as a fork must


class _Filter(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("program", ctypes.c_char_p)]


def main(control: int) -> None:
    """Make one inner jail after another until the host closes the connection."""
    settings = cast(dict[str, object], loads(read_frame(control, _REQUEST_LIMIT)))
    sys.path += cast(list[str], settings["paths"])
    identity = os.getuid(), os.getgid()
    channel = socket.socket(fileno=control)
    os.set_inheritable(control, False)
    reset_signals()
    warm_up(cast(list[str], settings["modules"]))
    os.write(control, READY)
    while True:
        word, links, _, _ = socket.recv_fds(channel, 1, 1)
        if not word:
            return
        if word != START or len(links) != 1:
            sys.exit(f"unexpected {word!r} with {len(links)} descriptors")
        first = _fork_into_namespaces()
        if first == 0:
            try:
                _be_first(links[0], settings, identity)
            finally:
                os._exit(1)
        os.close(links[0])
        os.write(control, bytes([_keep(first, control)]))


def _fork_into_namespaces() -> int:
    """`os.fork` and `unshare` in one system call: the child is the first of its pid namespace."""
    _python.PyOS_BeforeFork()
    pid: int = _python.syscall(_CLONE, _NAMESPACES | signal.SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        _python.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    _python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid


def _keep(first: int, control: int) -> int:
    """Wait for the host's command, then for the end of the inner jail; return its status."""
    word = os.read(control, 1)
    deadline = time.monotonic() + (_WAIT_SECONDS if word == WAIT else 0.0)
    while word == WAIT and time.monotonic() < deadline:
        ended, status = os.waitpid(first, os.WNOHANG)
        if ended:
            return _as_shell(status)
        time.sleep(0.002)
    os.kill(first, signal.SIGKILL)
    return _as_shell(os.waitpid(first, 0)[1])


def _be_first(link: int, settings: dict[str, object], identity: tuple[int, int]) -> NoReturn:
    """As the first process of the inner jail: set it up, lock it down, run the program."""
    os.setsid()  # or `kill(0)` would reach the nursery: a group may span pid namespaces
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{identity[0]} {identity[0]} 1")
    _write("/proc/self/gid_map", f"{identity[1]} {identity[1]} 1")
    if link != LINK_FD:
        os.dup2(link, LINK_FD, inheritable=False)
    os.closerange(LINK_FD + 1, 1 << 16)
    _furnish(cast(int, settings["tmpfs_mb"]))
    os.chdir("/tmp")
    _give_up_capabilities()
    limit_process(**cast(dict[str, int], settings["limits"]))
    _load_filter(cast(bytes, settings["filter"]))
    os.dup2(1, 2)
    serve(cast(int, settings["answer_bytes"]))
    os._exit(0)


def _furnish(tmpfs_mb: int) -> None:
    """Mount empty file systems over writable places, and a /proc of this pid namespace only."""
    _check(_libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None), "mount / private")
    # Empty files use kernel memory, which only some control groups count.
    options = f"size={tmpfs_mb}m,nr_inodes={tmpfs_mb * _INODES_PER_MB},mode=1777".encode()
    for place in (b"/tmp", b"/dev/shm"):
        _check(_libc.mount(b"tmpfs", place, b"tmpfs", _MS_NOSUID | _MS_NODEV, options), place)
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    _check(_libc.mount(b"proc", b"/proc", b"proc", flags, None), "mount /proc")


def _give_up_capabilities() -> None:
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1  # up to the first number that this kernel does not know
    _check(_libc.capset(_CAP_HEADER, _NO_CAPABILITIES), "capset")


def _load_filter(program: bytes) -> None:
    loaded = _Filter(len(program) // 8, program)
    done = _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(loaded), 0, 0)
    _check(done, "seccomp")


def _check(result: int, what: str | bytes) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what!r}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _as_shell(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
