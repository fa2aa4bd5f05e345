"""Input and output of the sandbox: programs, limits, results."""

import enum
import math
from typing import Final

import msgspec

DETAIL_LIMIT: Final = 500
OWN_PROCESSES: Final = 2
"""Processes of a warm worker that count with the program's: bubblewrap's first process and the
nursery. (Without warm workers there is only the first.)
"""


class ProgramOutcome(enum.Enum):
    """How one program ended.

    `ERROR` means that the sandbox itself failed before the program started, so the program is not
    graded. Nothing that a running program does can cause it.
    """

    PASSED = "passed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    ERROR = "error"


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program and the test that judges it.

    `source` is the prompt and its completion; `test` defines `check(candidate)`; `entry_point`
    names the function of `source` that is passed to `check`.
    """

    source: str
    test: str
    entry_point: str

    def __post_init__(self) -> None:
        if not self.entry_point.isidentifier():
            raise ValueError(f"entry_point must be a Python name, got {self.entry_point!r}")


class ProgramResult(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one program and, in at most `DETAIL_LIMIT` characters, why."""

    outcome: ProgramOutcome
    detail: str = ""

    def __post_init__(self) -> None:
        if len(self.detail) > DETAIL_LIMIT:
            raise ValueError(f"detail has {len(self.detail)} characters, limit {DETAIL_LIMIT}")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one program may use. Every limit is per program."""

    wall_seconds: float = 3.0
    """From the moment the program's text is handed over until `check` has returned."""
    cpu_seconds: int = 10
    """CPU seconds of one process (RLIMIT_CPU); `wall_seconds` bounds all of them together."""
    memory_mb: int = 1024
    """MiB of address space of one process (RLIMIT_AS), and of memory of all processes together."""
    tmpfs_mb: int = 64
    """MiB of each of the two writable file systems, /tmp and /dev/shm."""
    file_mb: int = 32
    """MiB of one file (RLIMIT_FSIZE)."""
    processes: int = 64
    """Processes and threads together."""
    open_files: int = 256
    """Open file descriptors of one process (RLIMIT_NOFILE)."""
    answer_kb: int = 16 * 1024
    """KiB of one value returned by a call; printed output is discarded unread."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.wall_seconds) and self.wall_seconds > 0):
            raise ValueError(f"wall_seconds must be finite and > 0, got {self.wall_seconds}")
        floors = {"cpu_seconds": 1, "memory_mb": 64, "tmpfs_mb": 1, "file_mb": 1}
        floors |= {"processes": 4, "open_files": 16, "answer_kb": 1}
        for name, floor in floors.items():
            value = getattr(self, name)
            if value < floor:
                raise ValueError(f"{name} must be >= {floor}, got {value}")


def shorten(text: str) -> str:
    """`text` for `ProgramResult.detail`: cut to the limit, and without lone surrogates."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= DETAIL_LIMIT else text[: DETAIL_LIMIT - 3] + "..."
