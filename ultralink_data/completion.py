"""Whether work is done: one check for everything that writes files and then a marker.

Everything that decides the output is known before the work and hashed into a key (`key_of`). The
files come first and the marker last; it holds the key, and the name and SHA-256 of each file.
`look` then returns one of four states:

    absent    there is no marker: nothing was made, or what was being made was killed
    damaged   the marker cannot be read, or a file is not the one that it names
    other     whole or not, it was made from something else: another key
    done      the marker has this key and every file is whole

The caller decides what follows: make it, make it again, or refuse (`taken`). The store's
`artefact.json`, a building stage's `NAME.manifest.json`, a dataset's `manifest.json` and a build's
`built.json` are such markers. Each is `sealed` by a hash of its other fields, which shows edits.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Generic, Literal, NamedTuple, Protocol, TypeVar

import msgspec

from ultralink_data.errors import ConfigError

UNSEALED: Final = "is not what was stored (its seal differs)"
"""What is wrong with a marker that was edited, in words that follow its path."""

_PART: Final = 1 << 20
"""Bytes hashed at a time."""


class FileMark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a marker says about one file; the name is relative to the marker's folder.

    `bytes` is None if the marker does not give the size.
    """

    name: str
    sha256: str
    bytes: int | None = None


class CompletionMarker(Protocol):
    """The fields that every marker has."""

    @property
    def key(self) -> str:
        """Hash of everything that decides the output."""

    @property
    def marks(self) -> Iterable[FileMark]:
        """Its files."""


M = TypeVar("M", bound=CompletionMarker)
S = TypeVar("S", bound=msgspec.Struct)


class FileFault(NamedTuple):
    """A file that does not match its marker: `detail` says how, in words that follow the path."""

    path: Path
    kind: Literal["unreadable", "changed", "added"]
    detail: str

    def __str__(self) -> str:
        return f"{self.path} {self.detail}"


@dataclass(frozen=True)
class Found(Generic[M]):
    """What `look` found: the marker if it can be read, the fault if something is damaged."""

    state: Literal["absent", "damaged", "other", "done"]
    path: Path
    marker: M | None = None
    fault: FileFault | None = None

    @property
    def done(self) -> M | None:
        """The marker if the work is done and complete, else None."""
        return self.marker if self.state == "done" else None


def key_of(*parts: Any) -> str:
    """A key: SHA-256 of `parts` as JSON, in hexadecimal; the order of dict keys does not matter."""
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


def marker_text(marker: msgspec.Struct) -> bytes:
    """The text of a marker file: indented JSON with a final newline."""
    return msgspec.json.format(msgspec.json.encode(marker), indent=2) + b"\n"


def sealed(marker: S) -> S:
    """`marker` with the hash of its other fields in its field `seal`."""
    plain = msgspec.structs.replace(marker, seal="")
    text = msgspec.json.encode(plain, order="deterministic")
    return msgspec.structs.replace(marker, seal=hashlib.sha256(text).hexdigest())


def seal_holds(marker: Any) -> bool:
    """Whether a marker is as it was sealed; one that never was, as those of old, passes."""
    return not getattr(marker, "seal", "") or marker == sealed(marker)


def look(
    path: Path,
    kind: type[M],
    key: str,
    *,
    owned: Callable[[], Iterable[Path]] = tuple,
    intact: Callable[[M], bool] = seal_holds,
    hashed: Callable[[M], bool] = lambda marker: True,
) -> Found[M]:
    """Whether the work of the marker at `path` is done and has this `key`.

    `owned` lists files that must be in the marker; `intact` checks the seal of the marker itself;
    `hashed` says whether files are hashed or, if they are too large to read each time, only their
    sizes compared.
    """
    marker = read_marker(path, kind, intact)
    if marker is None:
        return Found("absent", path)
    if isinstance(marker, FileFault):
        return Found("damaged", path, fault=marker)
    if marker.key != key:
        return Found("other", path, marker)
    fault = first_fault(path, marker.marks, owned(), hashed=hashed(marker))
    return Found("done" if fault is None else "damaged", path, marker, fault)


def read_marker(
    path: Path, kind: type[M], intact: Callable[[M], bool] = seal_holds
) -> M | FileFault | None:
    """The marker at `path`, without checking its files; None if there is none."""
    try:
        marker = msgspec.json.decode(path.read_bytes(), type=kind)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        return FileFault(path, "unreadable", f"is unreadable ({error})")
    if not intact(marker):
        return FileFault(path, "changed", UNSEALED)
    return marker


def first_fault(
    marker: Path, marks: Iterable[FileMark], owned: Iterable[Path] = (), *, hashed: bool = True
) -> FileFault | None:
    """The first file beside `marker` that does not match its mark, or is `owned` but unmarked."""
    known = {marker}
    for mark in marks:
        path = marker.parent / mark.name
        fault = file_fault(path, mark, hashed=hashed)
        if fault is not None:
            return fault
        known.add(path)
    for path in owned:
        if path not in known:
            return FileFault(path, "added", f"is not in {marker.name}: it was added later")
    return None


def mark_file(path: Path, folder: Path) -> FileMark:
    """The mark of a file in its current state, named relative to `folder`.

    Raises:
        OSError: it cannot be read.
    """
    return FileMark(
        name=path.relative_to(folder).as_posix(),
        sha256=hash_file(path),
        bytes=path.stat().st_size,
    )


def file_fault(path: Path, mark: FileMark, *, hashed: bool = True) -> FileFault | None:
    """What is wrong with the file at `path`; None if it is the one that was marked."""
    try:
        size = path.stat().st_size
        if mark.bytes is not None and size != mark.bytes:
            detail = f"is not what was stored: {size:,} bytes instead of {mark.bytes:,}"
            return FileFault(path, "changed", detail)
        if hashed and (found := hash_file(path)) != mark.sha256:
            detail = f"is not what was stored: sha256 {found[:12]} instead of {mark.sha256[:12]}"
            return FileFault(path, "changed", detail)
    except OSError as error:
        return FileFault(path, "unreadable", f"cannot be read ({error.strerror or error})")
    return None


def hash_file(path: Path, advance: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file, read in pieces; `advance` is called with the bytes of each.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while part := file.read(_PART):
            digest.update(part)
            if advance is not None:
                advance(len(part))
    return digest.hexdigest()


def differing(made: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Names of the parts of two keys that differ; `packages` (versions by name) one by one."""
    found = [name for name in wanted if name != "packages" and made[name] != wanted[name]]
    before, after = made["packages"], wanted["packages"]
    return found + [
        f"{name} {before.get(name, 'of unknown version')} (now {after.get(name, 'not used')})"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def taken(
    out: Path, found: Found[M], *, hint: str, others: Sequence[str] = (), by: str = ""
) -> ConfigError:
    """The error for an `out` that exists but is not what was asked for.

    `by` is what made it, `others` what differed then (see `differing`).
    """
    if found.state == "other":
        why = " ".join(["made", *([f"by `{by}`"] if by else []), *_with(others)])
    elif found.state == "damaged":
        why = f"but {found.fault}"
    else:
        why = f"and no {found.path.name} says what made it"
    return ConfigError(f"{out} exists already, {why}", hint=hint)


def _with(others: Sequence[str]) -> list[str]:
    """Words that follow "made": `with other input, settings and code`."""
    if not others:
        return []
    *first, last = others
    return ["with other", f"{', '.join(first)} and {last}" if first else last]
