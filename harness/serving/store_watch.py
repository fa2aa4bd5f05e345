"""Whether a store has changed: the names, sizes and times of its records."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from leaderboard.collection import candidate_files
from ultralink_data.errors import BenchError, DataError

Mark: TypeAlias = frozenset[tuple[str, int, int]]
"""Name, size and time of change (in ns) of every file that may be a record."""

EVERY: Final = 1.0
"""Seconds between two looks at the store."""

_SHARE: Final = 20
"""Looking takes at most this part of the time, however large the store."""

_LONGEST: Final = 10
"""So many looks in a row may find something new before what there is is built all the same."""


def mark_of(folder: Path) -> Mark:
    """What a store looks like now; files and folders that vanish meanwhile are left out."""
    found = set()
    with suppress(OSError):  # the store itself is gone: who builds from it says so
        for path in candidate_files(folder):
            with suppress(OSError):
                known = path.stat()
                found.add((str(path), known.st_size, known.st_mtime_ns))
    return frozenset(found)


def watch(
    folder: Path,
    known: Mark,
    rebuild: Callable[[], None],
    failed: Callable[[BenchError], None],
    *,
    rest: Callable[[float], None] = time.sleep,
) -> None:
    """Build again whenever the store has changed and is at rest; ends with an interrupt only.

    A build that fails is told to `failed`, and tried again when the store has changed once more.

    Args:
        folder: the store.
        known: what it looked like before it was read for the pages that stand.
        rebuild: makes new pages.
        failed: is told why that could not be done.
        rest: waits some seconds.
    """
    while True:
        took = _Timed(folder)
        rest(max(EVERY, _SHARE * took.seconds))
        if took.mark == known:
            continue
        for _ in range(_LONGEST):  # a run writes its records one after the other
            after = mark_of(folder)
            if after == took.mark:
                break
            took.mark = after
            rest(EVERY)
        known = took.mark
        try:
            rebuild()
        except BenchError as error:
            failed(error)
        except OSError as error:
            text = f"cannot read {error.filename or folder}: {error.strerror or error}"
            failed(DataError(text, hint="see whether the store is still there"))


class _Timed:
    """A look at the store, and how many seconds it took."""

    def __init__(self, folder: Path) -> None:
        start = time.monotonic()
        self.mark = mark_of(folder)
        self.seconds = time.monotonic() - start
