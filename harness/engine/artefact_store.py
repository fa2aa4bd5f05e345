"""The content-addressed store below `runs/`: an artefact is complete or absent.

    runs/{datasets,models,evals}/<key>/    the artefact, with `artefact.json`, its marker
    runs/work/<key>/                       what a stage in progress or killed has so far
    runs/locks/<key>                       held while a stage makes this artefact

The key is a hash of everything the output depends on, known before the stage runs; the marker
records the hash of every file and the fingerprint of the content, which keys of later stages use,
and is sealed by a hash of itself. A file that does not match its marker, is missing or was added is
detected at look-up and named, and the artefact is made again.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from ultralink_data.about_files import is_about
from ultralink_data.atomic import disk_errors, recover_directory, replace_directory
from ultralink_data.completion import (
    FileFault,
    FileMark,
    hash_file,
    key_of,
    look,
    marker_text,
    read_marker,
    sealed,
)
from ultralink_data.errors import PrerequisiteError

MARKER = "artefact.json"
Shelf = Literal["datasets", "models", "evals"]
SHELVES: tuple[Shelf, ...] = get_args(Shelf)

ANSWERS = "answers"
"""The folder of kept answers, one below it for each model and code; see `tasks.models`."""

FULL_HASH_BYTES = 1 << 30
"""Artefacts up to this size are hashed at every look-up; larger ones have their sizes checked,
and their hashes by `ultralink-bench store verify`."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of an artefact: path relative to it, bytes, hash."""

    name: str
    size: int
    sha256: str


class Circumstances(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When, where and with what an artefact was made; not part of any key or fingerprint.

    `packages` lists all installed packages; those that decide the output are in the marker.
    """

    started: str
    wall_seconds: float
    command: tuple[str, ...]
    packages: dict[str, str]
    git_commit: str | None
    git_dirty: bool | None
    machine: str
    processor: str
    cores: int
    memory_gib: float
    accelerator: str | None


class Marker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The completion marker: what was hashed into the key, and the output.

    `packages` are the versions that decide the output; markers from before keys included them have
    none. `seal` is a hash of all other fields, set by `commit`.
    """

    key: str
    stage: str
    source: str
    packages: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    config: Any
    inputs: dict[str, str]
    seed: int | None
    fingerprint: str
    files: tuple[StoredFile, ...]
    circumstances: Circumstances
    seal: str = ""

    @property
    def marks(self) -> Iterator[FileMark]:
        """Its files, in the form that `ultralink_data.completion` checks."""
        return (FileMark(name=f.name, sha256=f.sha256, bytes=f.size) for f in self.files)


def artefact_key(
    stage: str,
    source: str,
    packages: dict[str, str],
    config: Any,
    inputs: dict[str, str],
    seed: int | None,
) -> str:
    """The key of the artefact that `stage` makes: 32 hexadecimal digits.

    `source` is the hash of the stage's code, `packages` the versions that decide its output,
    `config` its resolved configuration as plain JSON types, `inputs` content fingerprints by name.
    """
    content = {
        "stage": stage,
        "source": source,
        "packages": packages,
        "config": config,
        "inputs": inputs,
        "seed": seed,
    }
    return key_of(content)[:32]


class Store:
    """The store in folder `root`, which need not exist yet."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, shelf: Shelf, key: str) -> Path:
        """Where the artefact is or would be."""
        return self.root / shelf / key

    def work(self, key: str) -> Path:
        """The scratch folder of a stage; created if absent, kept when the stage is killed."""
        path = self.root / "work" / key
        with disk_errors(path):
            path.mkdir(parents=True, exist_ok=True)
        return path

    def answers(self, inputs: dict[str, str], code: msgspec.Struct) -> Path:
        """Where a model's answers are kept; `inputs` are fingerprints, `code` makes the answers."""
        return self.root / ANSWERS / key_of(inputs, code)[:32]

    def find(self, shelf: Shelf, key: str) -> Marker | None:
        """The marker of a complete artefact, or None if there is none.

        Scratch beside a complete artefact is removed: its maker was killed right after the commit.

        Raises:
            DamagedArtefact: it exists, but a file does not match its marker.
        """
        folder = self.path(shelf, key)
        recover_directory(folder)
        if not folder.is_dir():
            return None
        marker = self.check(shelf, key)
        self._remove_work(key)
        return marker

    def check(self, shelf: Shelf, key: str, *, full: bool | None = None) -> Marker:
        """Check an artefact and return its marker.

        If `full` is true, every file is hashed; if false, only sizes are compared; if None, it
        depends on the size of the artefact (`FULL_HASH_BYTES`).

        Raises:
            DamagedArtefact: names the first file that does not match or does not belong.
        """
        folder = self.path(shelf, key)
        found = look(
            folder / MARKER,
            Marker,
            key,
            owned=lambda: sorted(path for path in folder.rglob("*") if not path.is_dir()),
            intact=_is_sealed,
            hashed=_is_small if full is None else lambda marker: full,
        )
        if found.done is None:
            raise _damaged(found.path, found.fault)
        return found.done

    @contextmanager
    def lock(self, key: str, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the key's lock; wait while another process holds it.

        The kernel drops the lock when its holder dies, however it dies.
        """
        path = self.root / "locks" / key
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if on_wait:
                    on_wait()
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def building(self, shelf: Shelf, key: str) -> Iterator[Path]:
        """A temporary folder beside the final place; removed if the block fails.

        The caller holds the key's lock, so leftovers of a killed process for this key are removed
        first.
        """
        parent = self.root / shelf
        with disk_errors(parent):
            parent.mkdir(parents=True, exist_ok=True)
            for left_over in parent.glob(f".*{key}.*"):
                shutil.rmtree(left_over, ignore_errors=True)
            temporary = Path(tempfile.mkdtemp(dir=parent, prefix=f".{key}."))
            try:
                yield temporary
            finally:
                shutil.rmtree(temporary, ignore_errors=True)

    def commit(self, shelf: Shelf, temporary: Path, marker: Marker) -> None:
        """Give the folder made by `building` its marker and its final name, atomically."""
        with disk_errors(self.path(shelf, marker.key)):
            (temporary / MARKER).write_bytes(marker_text(sealed(marker)))
            temporary.chmod(0o755)
            replace_directory(temporary, self.path(shelf, marker.key))
        self._remove_work(marker.key)

    def _remove_work(self, key: str) -> None:
        shutil.rmtree(self.root / "work" / key, ignore_errors=True)

    def discard(self, shelf: Shelf, key: str) -> None:
        """Remove a damaged artefact."""
        shutil.rmtree(self.path(shelf, key), ignore_errors=True)

    def all_keys(self) -> list[tuple[Shelf, str]]:
        """All artefacts, whole or damaged, by shelf and key."""
        return [
            (shelf, folder.name)
            for shelf in SHELVES
            if os.path.lexists(self.root / shelf)
            for folder in sorted((self.root / shelf).iterdir())  # `glob` hides what is unreadable
            if folder.is_dir() and not folder.name.startswith(".")
        ]

    def marker(self, shelf: Shelf, key: str) -> Marker:
        """The marker of an artefact, without checking its files.

        Raises:
            DamagedArtefact: it is missing, unreadable or not what was stored.
        """
        path = self.path(shelf, key) / MARKER
        marker = read_marker(path, Marker, _is_sealed)
        if not isinstance(marker, Marker) or marker.key != key:
            raise _damaged(path, marker if isinstance(marker, FileFault) else None)
        return marker

    def is_locked(self, key: str) -> bool:
        """Whether a process is making this artefact right now."""
        path = self.root / "locks" / key
        if not path.exists():
            return False
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


class DamagedArtefact(PrerequisiteError):
    """An artefact whose files do not match its marker."""


_REBUILD = "`ultralink-bench run` makes it again; `ultralink-bench store gc` removes it"


def _damaged(marker: Path, fault: FileFault | None) -> DamagedArtefact:
    """The error for a fault; without a fault, the marker is missing or has another key."""
    there = "is not what was stored (its key differs)" if marker.exists() else "is missing"
    return DamagedArtefact(f"damaged artefact: {fault or f'{marker} {there}'}", hint=_REBUILD)


def _is_sealed(marker: Marker) -> bool:
    return marker == sealed(marker)


def _is_small(marker: Marker) -> bool:
    return sum(file.size for file in marker.files) <= FULL_HASH_BYTES


def list_files(folder: Path) -> tuple[StoredFile, ...]:
    """Every file of an artefact folder except the marker, sorted by name."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / MARKER)
    return tuple(stored_file(path, folder) for path in paths)


def stored_file(path: Path, folder: Path) -> StoredFile:
    """A file of an artefact's folder, hashed."""
    name = path.relative_to(folder).as_posix()
    return StoredFile(name=name, size=path.stat().st_size, sha256=hash_file(path))


def content_fingerprint(files: tuple[StoredFile, ...]) -> str:
    """Hash of names and contents; files about the content (`about_files`) do not count."""
    digest = hashlib.sha256()
    for file in files:
        if not is_about(file.name):
            digest.update(f"{file.name}\0{file.sha256}\n".encode())
    return digest.hexdigest()
