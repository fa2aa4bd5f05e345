"""The look from outside that stands in where no control group can be made.

It walks the processes below a jail's first process, through the kernel's list of children, and
adds up threads and memory that is not a file's. It sees only what lives at that moment, so it is
a weaker limit than a control group: what grows and shrinks between two looks escapes it.
"""

import contextlib
from pathlib import Path
from typing import NamedTuple

from tasks.sandbox.program import OWN_PROCESSES, Limits

_NOT_OF_A_FILE = (b"RssAnon:", b"RssShmem:", b"VmSwap:")


class ProcessUsage(NamedTuple):
    """What the processes of a jail use together."""

    tasks: int
    memory_mb: float


def usage(pid: int, at_most: int, memory_mb: float) -> ProcessUsage:
    """Count `pid` and its descendants, stopping soon after `at_most` threads were seen.

    Pages that several processes share are counted in each; only where that comes to more than
    `memory_mb` are they shared out, which takes the kernel longer.
    """
    tasks, used, waiting = 0, 0.0, [str(pid)]
    folders: list[Path] = []
    while waiting and tasks <= at_most:
        folder = Path("/proc", waiting.pop())
        try:
            used += _megabytes(folder / "status", _NOT_OF_A_FILE)
            folders.append(folder)
            for thread in (folder / "task").iterdir():
                tasks += 1
                waiting += (thread / "children").read_text().split()
        except OSError:
            # It ended while we looked.
            continue
    if used > memory_mb:
        used = sum(_own_share(folder) for folder in folders)
    return ProcessUsage(tasks, used)


def _own_share(folder: Path) -> float:
    """Megabytes of one process, shared pages shared out; all of them where that is not shown."""
    for name, fields in (
        ("smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")),
        ("status", _NOT_OF_A_FILE),
    ):
        with contextlib.suppress(OSError):
            return _megabytes(folder / name, fields)
    return 0.0  # it ended while we looked


def _megabytes(path: Path, fields: tuple[bytes, ...]) -> float:
    """The sum of lines of the form "Name:  123 kB"."""
    lines = path.read_bytes().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(fields)) / 1024


def excess(pid: int, limits: Limits) -> str | None:
    """What the jail uses too much of, or None."""
    used = usage(pid, limits.processes + OWN_PROCESSES, limits.memory_mb)
    if used.tasks > limits.processes + OWN_PROCESSES:
        return f"more than {limits.processes} processes"
    if used.memory_mb > limits.memory_mb:
        return f"more than {limits.memory_mb} MB of memory"
    return None
