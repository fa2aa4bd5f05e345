"""What a jailed process does to itself before it meets any text of a model: limits, and warmth.

Hard and soft limit are the same, so that they cannot be raised again: the process has no
capabilities. This file runs inside the jail, where only the standard library exists.
"""

import contextlib
import gc
import importlib
import resource
import signal

_MIB = 1 << 20
_USUAL = (
    *("collections", "functools", "heapq", "itertools"),
    *("math", "operator", "re", "typing"),
)
"""Modules that programs for such problems import; to load them costs more than a fork."""


def limit_process(
    *, cpu_seconds: int, memory_mb: int, file_mb: int, processes: int, open_files: int
) -> None:
    """Limit this process and its children; 0 processes leaves their number to others.

    The limit of a core file is 1 byte: nothing is written, as with 0, but of all limits it is
    the one at which the kernel also leaves a core handler of the host (systemd-coredump, apport)
    alone. Where the system call filter is in force already, it has been set, or cannot be.
    """
    wanted = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory_mb * _MIB,
        resource.RLIMIT_FSIZE: file_mb * _MIB,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if processes:
        wanted[resource.RLIMIT_NPROC] = processes
    for name, value in wanted.items():
        _, hard = resource.getrlimit(name)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (limit, limit))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (1, 1))


def reset_signals() -> None:
    """As in a fresh session: nothing blocked, and nothing ignored but what Python itself ignores.

    Both are inherited: started in a shell's background, programs would not die of SIGQUIT.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
        if signal.getsignal(number) == signal.SIG_IGN:
            usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, usual)


def warm_up() -> None:
    """Load what forks of this process will want, and leave its memory shared with them.

    A fork has a copy of its own: what a program does to a module, no other sees.
    """
    for name in _USUAL:
        importlib.import_module(name)
    # A collection in a fork would write to every object, and so copy every page of memory.
    gc.collect()
    gc.freeze()
