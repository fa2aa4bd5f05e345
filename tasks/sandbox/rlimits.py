"""What a jailed process does before it reads any text of a model: set limits, warm up.

Hard and soft limits are equal, so they cannot be raised again: the process has no capabilities.
This file runs inside the jail, where only the standard library exists.
"""

import contextlib
import gc
import importlib
import resource
import signal
from collections.abc import Sequence

_MIB = 1 << 20
_USUAL = (
    *("collections", "functools", "heapq", "itertools"),
    *("math", "operator", "re", "typing"),
)
"""Modules that programs for such problems often import; loading them costs more than a fork."""


def limit_process(
    *, cpu_seconds: int, memory_mb: int, file_mb: int, processes: int, open_files: int
) -> None:
    """Limit this process and its children; with 0 `processes` their number is not limited here.

    The limit of a core file is 1 byte: nothing is written, as with 0, but only at 1 does the kernel
    also skip a core handler of the host (systemd-coredump, apport). If the system call filter is
    already in force, this limit has been set, or cannot be.
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
    """Reset signals as in a fresh session: none blocked, none ignored but by Python itself.

    Both are inherited: started in a shell's background, programs would survive SIGQUIT.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in signal.valid_signals() - {signal.SIGPIPE, signal.SIGXFSZ}:
        if signal.getsignal(number) == signal.SIG_IGN:
            usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, usual)


def warm_up(packages: Sequence[str] = ()) -> None:
    """Load modules that forks of this process will use, and keep the memory shared with them.

    Each fork has its own copy, so a program's changes to a module stay invisible to others. Loading
    some packages takes seconds, which would count as the program's; one that cannot be loaded says
    so where a program imports it.
    """
    for name in _USUAL:
        importlib.import_module(name)
    for name in packages:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    # A garbage collection in a fork would write to every object and so copy every page.
    gc.collect()
    gc.freeze()
