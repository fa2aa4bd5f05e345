"""Which data files are read while code runs: what a stage reads must be in its key.

Python reports each `open`, and so do the libraries that use it; what reads files in other ways
(Arrow, a subprocess, C code of its own) is not seen.
"""

import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from harness.engine.source_hash import ROOT, ROW_ROOMS

_CODE = (".py", ".pyc", ".so", ".pth")
"""Code that is imported; its text, or its package's version, is in the key."""
_SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64", "/opt")


class Reads:
    """The files that were opened, as absolute paths; those that were written are told apart."""

    def __init__(self) -> None:
        self._read: set[str] = set()
        self._written: set[str] = set()

    def note(self, path: str, *, writes: bool) -> None:
        """A file was opened; one that is read before it is written counts as read."""
        if not writes:
            self._read |= {path} - self._written
        elif path not in self._read:
            self._written.add(path)

    def besides(self, known: Iterable[Path]) -> list[Path]:
        """Data files that were read, except those of `known`, which may be folders, and below."""
        allowed = [*(Path(os.path.realpath(path)) for path in known), *_own_places()]
        return [
            path
            for path in self.data_files()
            if not any(path.is_relative_to(place) for place in allowed)
        ]

    def data_files(self) -> list[Path]:
        """All data files that were read and are still there, links resolved."""
        found = {Path(os.path.realpath(path)) for path in self._read}
        return sorted(path for path in found if path.suffix not in _CODE and path.is_file())

    def any_below(self, folders: Iterable[Path]) -> bool:
        """Whether a file was read in one of these folders, by its path or by the folder's own."""
        paths = {form(place) for place in folders for form in (os.path.abspath, os.path.realpath)}
        starts = tuple(os.path.join(path, "") for path in paths)
        return any(path.startswith(starts) for path in self._read)

    def __or__(self, other: "Reads") -> "Reads":
        """Both together."""
        both = Reads()
        both._read = self._read | other._read
        both._written = self._written | other._written
        return both


@contextmanager
def watched_reads(reads: Reads | None = None) -> Iterator[Reads]:
    """The files that are opened in the block, by any thread of this process; added to `reads`."""
    _listen()
    reads = Reads() if reads is None else reads
    _watching.append(reads)
    try:
        yield reads
    finally:
        _watching.remove(reads)


_watching: list[Reads] = []


@cache
def _listen() -> None:
    """Ask Python to report what is opened; this cannot be undone, so it is done once."""
    sys.addaudithook(_heard)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching or event not in ("open", "sqlite3.connect"):
        return
    name = arguments[0]
    if not isinstance(name, str | bytes | os.PathLike):
        return  # a file descriptor: its file was opened before
    path = os.path.abspath(os.fsdecode(name))
    # A database that is not there yet is a new one.
    new = event != "open" and not os.path.exists(path)
    writes = new or (event == "open" and _writes(arguments[1], arguments[2]))
    for reads in _watching:
        reads.note(path, writes=writes)


def _writes(mode: str | None, flags: int) -> bool:
    """Whether a file is opened for writing, and what it holds is not read."""
    if isinstance(mode, str):
        return mode[:1] in ("w", "x", "a")
    return bool(flags & (os.O_TRUNC | os.O_EXCL)) or flags & os.O_ACCMODE == os.O_WRONLY


@cache
def _own_places() -> tuple[Path, ...]:
    """Folders of the system, of installed packages and of this project's code."""
    cached = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    names = (
        *_SYSTEM,
        *sysconfig.get_paths().values(),
        *{sys.prefix, sys.base_prefix},
        *site.getsitepackages(),
        site.getusersitepackages(),
        *(os.path.join(ROOT, room) for room in ROW_ROOMS),
        os.path.join(cached, "ultralink-bench"),
    )
    return tuple(Path(os.path.realpath(name)) for name in names)
