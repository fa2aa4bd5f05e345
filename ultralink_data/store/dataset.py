"""A dataset: a folder of release files and a manifest; its fingerprint is its content.

`README.md` lets `datasets` load it; nothing else reads it, and its owner may change it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from ultralink_data import atomic
from ultralink_data.completion import (
    UNSEALED,
    FileMark,
    Found,
    first_fault,
    key_of,
    look,
    marker_text,
    seal_holds,
    sealed,
)
from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.errors import DataError
from ultralink_data.stage.outcome import StageManifest
from ultralink_data.store import release, unread_rows
from ultralink_data.store.front_matter import README, short_card
from ultralink_data.store.sort import in_order, row_key

MANIFEST = "manifest.json"
_HINTS = {
    "unreadable": "the manifest names it: rebuild the dataset",
    "changed": "the file was changed after the dataset was made: import it with "
    "`ultralink-bench data convert`, or rebuild",
    "edited": "put the manifest back as it was, or import the release files with "
    "`ultralink-bench data convert`",
    "added": "import the folder's files with `ultralink-bench data convert`, or take it away",
}
"""What to do about a file that is not as the manifest says, by the kind of fault."""
_CHUNK = 1000
"""Rows that are encoded and written at a time."""


class FileEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a dataset: rows (0 for a provenance file counts as its rows) and its hash."""

    name: str
    rows: int
    sha256: str


class Count(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows, turns and UTF-8 bytes of one language and kind."""

    language: str
    kind: Kind
    rows: int
    turns: int
    bytes: int


class Manifest(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What a dataset is and how it was made.

    `packages` are the versions of packages that decided the rows, where `code_version` is given.
    `recipe` is the call that made it (name and arguments as text), `parents` the fingerprints of
    the datasets and the sha256 of other files it was made from, `dropped` the number of rejected
    rows by reason. `stages` are the manifests of the building stages whose rows it holds, earlier
    ones first. Token counts depend on a tokenizer and so are kept with the packed form. `seal` is a
    hash of all other fields; datasets of old have none.
    """

    recipe: str
    parents: tuple[str, ...]
    code_version: str
    fingerprint: str
    counts: tuple[Count, ...]
    dropped: dict[str, int]
    files: tuple[FileEntry, ...]
    stages: tuple[StageManifest, ...] = ()
    packages: dict[str, str] = {}
    seal: str = ""

    @property
    def parts(self) -> dict[str, Any]:
        """What its key is made of, as errors call it."""
        return dataset_parts(self.recipe, self.parents, self.code_version, self.packages)

    @property
    def key(self) -> str:
        """Of what was known before it was made."""
        return key_of(self.parts)

    @property
    def release_names(self) -> tuple[str, ...]:
        """The names of its release files, without those of provenance."""
        return tuple(file.name for file in self.files if release.is_release_name(file.name))

    @property
    def marks(self) -> Iterator[FileMark]:
        """Its files as `ultralink_data.completion` checks them."""
        return (FileMark(name=file.name, sha256=file.sha256) for file in self.files)


def dataset_parts(
    recipe: str, parents: Sequence[str], code_version: str, packages: dict[str, str]
) -> dict[str, Any]:
    """What the key of a dataset is made of, by names for errors."""
    return {
        "call": recipe,
        "content of its files": tuple(parents),
        "code": code_version,
        "packages": packages,
    }


def fingerprint(dialogues: Iterable[Dialogue]) -> str:
    """Hash of the content: neither time, path, row order nor file split changes it."""
    digest = hashlib.sha256()
    encoder = msgspec.json.Encoder()
    for dialogue in sorted(dialogues, key=row_key):
        digest.update(encoder.encode(dialogue) + b"\n")
    return digest.hexdigest()


class _Counter:
    """Rows, turns and bytes of one language and kind so far."""

    def __init__(self) -> None:
        self.rows = self.turns = self.bytes = 0

    def add(self, dialogue: Dialogue) -> None:
        self.rows += 1
        self.turns += len(dialogue.turns)
        self.bytes += sum(len(turn.encode("utf-8")) for turn in dialogue.turns)

    def result(self, language: str, kind: Kind) -> Count:
        return Count(
            language=language, kind=kind, rows=self.rows, turns=self.turns, bytes=self.bytes
        )


def count(dialogues: Iterable[Dialogue]) -> tuple[Count, ...]:
    """Rows, turns and bytes by language and kind, sorted."""
    cells: dict[tuple[str, Kind], _Counter] = {}
    for dialogue in dialogues:
        cells.setdefault((dialogue.language, dialogue.kind), _Counter()).add(dialogue)
    return tuple(counter.result(*cell) for cell, counter in sorted(cells.items()))


def write(
    folder: Path,
    dialogues: Iterable[Dialogue],
    *,
    recipe: str,
    parents: Sequence[str] = (),
    dropped: dict[str, int] | None = None,
    code_version: str = "",
    packages: dict[str, str] | None = None,
    stages: Sequence[StageManifest] = (),
) -> Manifest:
    """Write a dataset folder, whole or not at all; rows are sorted by id within each file.

    Rows are consumed one by one and sorted on disk if they are many: memory stays bounded.

    Raises:
        DataError: an id occurs twice within a language and kind.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    with atomic.new_directory(folder) as temporary:
        return write_into(
            temporary,
            dialogues,
            recipe=recipe,
            parents=parents,
            dropped=dropped,
            code_version=code_version,
            packages=packages,
            stages=stages,
        )


def write_into(
    folder: Path,
    dialogues: Iterable[Dialogue],
    *,
    recipe: str,
    parents: Sequence[str] = (),
    dropped: dict[str, int] | None = None,
    code_version: str = "",
    packages: dict[str, str] | None = None,
    stages: Sequence[StageManifest] = (),
) -> Manifest:
    """Like `write`, into a folder that the caller commits (a store's temporary folder).

    `dropped` is looked at after the last row.
    """
    files: list[tuple[FileEntry, ...]] = []
    counts: list[Count] = []
    content = hashlib.sha256()
    (folder / release.PROVENANCE).mkdir(exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".sort.") as scratch:
        ordered = in_order(dialogues, Path(scratch))
        for (language, kind), rows in groupby(ordered, key=lambda d: (d.language, d.kind)):
            cell = _CellWriter(folder, language, kind)
            cell.write(rows, content)
            counts.append(cell.counter.result(language, kind))
            files.append(cell.entries())
    by_kind = sorted(zip(counts, files, strict=True), key=lambda x: _file_order(x[0]))
    manifest = sealed(
        Manifest(
            recipe=recipe,
            parents=tuple(parents),
            code_version=code_version,
            fingerprint=content.hexdigest(),
            counts=tuple(counts),
            dropped=dict(sorted((dropped or {}).items())),
            files=tuple(entry for _, entries in by_kind for entry in entries),
            stages=tuple(stages),
            packages=packages or {},
        )
    )
    (folder / README).write_text(short_card(manifest.counts, manifest.release_names), "utf-8")
    (folder / MANIFEST).write_bytes(marker_text(manifest))
    return manifest


def _file_order(cell: Count) -> tuple[str, int]:
    return cell.language, KINDS.index(cell.kind)


class _CellWriter:
    """The release file and the provenance file of one language and kind."""

    def __init__(self, folder: Path, language: str, kind: Kind) -> None:
        name = release.file_name(language, kind)
        self._folder = folder
        self._paths = (folder / name, release.provenance_path(folder / name))
        self._digests = (hashlib.sha256(), hashlib.sha256())
        self.counter = _Counter()

    def write(self, rows: Iterator[Dialogue], content: "hashlib._Hash") -> None:
        """Write sorted rows and add them to the hash of the dataset's content."""
        encoder = msgspec.json.Encoder()
        last = ""
        with self._paths[0].open("wb") as data, self._paths[1].open("wb") as provenance:
            while chunk := list(islice(rows, _CHUNK)):
                for row in chunk:
                    if row.id == last:
                        raise _twice(row)
                    last = row.id
                    content.update(encoder.encode(row) + b"\n")
                    self.counter.add(row)
                for file, digest, text in zip(
                    (data, provenance), self._digests, release.encode(chunk), strict=True
                ):
                    file.write(text)
                    digest.update(text)

    def entries(self) -> tuple[FileEntry, ...]:
        """The manifest's entries for the two files."""
        return tuple(
            FileEntry(
                name=path.relative_to(self._folder).as_posix(),
                rows=self.counter.rows,
                sha256=digest.hexdigest(),
            )
            for path, digest in zip(self._paths, self._digests, strict=True)
        )


def _twice(row: Dialogue) -> DataError:
    return DataError(
        f"id {row.id!r} occurs twice in {release.file_name(row.language, row.kind)}",
        hint="ids are unique within a language and kind; rename or drop one of the rows",
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a dataset folder.

    Raises:
        DataError: no manifest, an invalid one (names the field), or one that was edited.
    """
    path = folder / MANIFEST
    atomic.recover_directory(folder)
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise DataError(
            f"{folder} is not a dataset: cannot read {path}: {error.strerror}",
            hint="make one from release files with `ultralink-bench data convert FILES -o FOLDER`",
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}", hint="rebuild the dataset") from error
    if not seal_holds(manifest):
        raise DataError(f"{path} {UNSEALED}", hint=_HINTS["edited"])
    return manifest


def release_files(folder: Path) -> list[Path]:
    """The `{language}_{kind}.jsonl` files of a folder, sorted, without provenance files."""
    paths = sorted(folder.glob("*.jsonl"))
    return [path for path in paths if release.is_release_name(path.name)]


def read(folder: Path, *, verify: bool = True) -> list[Dialogue]:
    """All dialogues of a dataset folder; see `stream`."""
    return list(stream(folder, verify=verify))


def stream(folder: Path, *, verify: bool = True) -> Iterator[Dialogue]:
    """The dialogues of a dataset folder, one by one, file by file, sorted by id.

    With `verify`, each file is checked against the manifest before the first row.

    Raises:
        DataError: a bad manifest or row, a file whose hash does not match the manifest, or a
            release file that the manifest does not name.
    """
    if verify:
        check(folder)
    else:
        read_manifest(folder)
    yield from read_release(folder)


def check(folder: Path) -> Manifest:
    """The manifest of a dataset folder, after checking that its files match it byte for byte.

    Raises:
        DataError: a bad manifest, a file whose hash is not the manifest's, or a release file that
            the manifest does not name.
    """
    manifest = read_manifest(folder)
    fault = first_fault(folder / MANIFEST, manifest.marks, release_files(folder))
    if fault is not None:
        raise DataError(str(fault), hint=_HINTS[fault.kind])
    return manifest


def look_at(folder: Path, parts: dict[str, Any]) -> Found[Manifest]:
    """Whether the folder holds the dataset that is made of these `dataset_parts`, whole."""
    atomic.recover_directory(folder)
    return look(folder / MANIFEST, Manifest, key_of(parts), owned=lambda: release_files(folder))


def read_release(folder: Path) -> Iterator[Dialogue]:
    """The dialogues of a folder of release files, with or without a manifest.

    Raises:
        DataError: a bad row, or a file of rows in a form that is not read (`unread_rows`).
    """
    unread_rows.refuse(folder)
    for path in release_files(folder):
        yield from release.read_file(path, *release.parse_file_name(path))


def require_language(counts: Sequence[Count], languages: Sequence[str], where: str) -> None:
    """Check that every requested language has at least one row.

    Raises:
        DataError: naming the languages without a row.
    """
    present = {c.language for c in counts if c.rows}
    missing = [language for language in languages if language not in present]
    if missing:
        raise DataError(
            f"{where} has no row in {', '.join(missing)}",
            hint=f"it has {', '.join(sorted(present)) or 'no row at all'}; choose --languages "
            "among these or add the data",
        )
