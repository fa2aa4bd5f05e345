"""Resource limits that a jailed process puts on itself before it meets any text of a model.

Hard and soft limit are the same, so that they cannot be raised again: the process has no
capabilities. This file runs inside the jail, where only the standard library exists.
"""

import resource

_MIB = 1 << 20


def limit_process(
    *, cpu_seconds: int, memory_mb: int, file_mb: int, processes: int, open_files: int
) -> None:
    """Limit this process and its children; 0 processes leaves their number to others."""
    wanted = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_AS: memory_mb * _MIB,
        resource.RLIMIT_FSIZE: file_mb * _MIB,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if processes:
        wanted[resource.RLIMIT_NPROC] = processes
    for name, value in wanted.items():
        _, hard = resource.getrlimit(name)
        limit = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (limit, limit))
