"""The look from outside that stands in where no control group can be made.

It walks the processes below a jail's first process, through the kernel's list of children, and
adds up threads and private memory. It sees only what lives at that moment, so it is a weaker
limit than a control group: something that grows and shrinks between two looks escapes it.
"""

import os
from pathlib import Path
from typing import NamedTuple

from tasks.sandbox.program import OWN_PROCESSES, Limits


class Usage(NamedTuple):
    """What the processes of a jail use together."""

    tasks: int
    memory_mb: float


def usage(pid: int, at_most: int) -> Usage:
    """Count `pid` and its descendants, stopping soon after `at_most` threads were seen."""
    page_mb = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
    tasks, pages, waiting = 0, 0, [str(pid)]
    while waiting and tasks <= at_most:
        folder = Path("/proc", waiting.pop())
        try:
            resident, shared = (folder / "statm").read_text().split()[1:3]
            pages += int(resident) - int(shared)
            for thread in (folder / "task").iterdir():
                tasks += 1
                waiting += (thread / "children").read_text().split()
        except OSError:
            # It ended while we looked.
            continue
    return Usage(tasks, pages * page_mb)


def excess(pid: int, limits: Limits) -> str | None:
    """What the jail uses too much of, or None."""
    used = usage(pid, limits.processes + OWN_PROCESSES)
    if used.tasks > limits.processes + OWN_PROCESSES:
        return f"more than {limits.processes} processes"
    if used.memory_mb > limits.memory_mb:
        return f"more than {limits.memory_mb} MB of memory"
    return None
