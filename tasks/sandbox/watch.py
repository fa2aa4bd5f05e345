"""Measure a jail from outside, for machines where no control group can be made.

It walks the processes below a jail's first process, through the kernel's list of children, and adds
up threads and memory not backed by files. It sees only the moment, so it is a weaker limit than a
control group: usage that grows and shrinks between two measurements escapes it.
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

    Pages that processes share are counted in each; only if the sum exceeds `memory_mb` are they
    divided among them, which takes the kernel longer.
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
            # It ended during the measurement.
            continue
    if used > memory_mb:
        used = sum(_own_share(folder) for folder in folders)
    return ProcessUsage(tasks, used)


def _own_share(folder: Path) -> float:
    """Megabytes of one process, with shared pages divided if the kernel reports that."""
    for name, fields in (
        ("smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:", b"SwapPss:")),
        ("status", _NOT_OF_A_FILE),
    ):
        with contextlib.suppress(OSError):
            return _megabytes(folder / name, fields)
    return 0.0  # it ended during the measurement


def _megabytes(path: Path, fields: tuple[bytes, ...]) -> float:
    """The sum of lines of the form "Name:  123 kB"."""
    lines = path.read_bytes().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(fields)) / 1024


def excess(pid: int, limits: Limits) -> str | None:
    """The limit that the jail exceeds, in words, or None."""
    used = usage(pid, limits.processes + OWN_PROCESSES, limits.memory_mb)
    if used.tasks > limits.processes + OWN_PROCESSES:
        return f"more than {limits.processes} processes"
    if used.memory_mb > limits.memory_mb:
        return f"more than {limits.memory_mb} MB of memory"
    return None
