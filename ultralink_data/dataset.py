"""A dataset: a folder of release files and a manifest; its fingerprint is its content."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from ultralink_data import atomic, release
from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.errors import DataError

MANIFEST = "manifest.json"


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


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a dataset is and how it was made.

    `recipe` is the call that made it (name and arguments as text), `parents` the
    fingerprints of the datasets it was made from, `dropped` how many rows fell out by
    reason. Token counts depend on a tokenizer and so stand with the packed form.
    """

    recipe: str
    parents: tuple[str, ...]
    code_version: str
    fingerprint: str
    counts: tuple[Count, ...]
    dropped: dict[str, int]
    files: tuple[FileEntry, ...]


def fingerprint(dialogues: Iterable[Dialogue]) -> str:
    """Hash of the content: neither time, path, row order nor file split changes it."""
    digest = hashlib.sha256()
    encoder = msgspec.json.Encoder()
    for dialogue in sorted(dialogues, key=lambda d: (d.language, d.kind, d.id)):
        digest.update(encoder.encode(dialogue) + b"\n")
    return digest.hexdigest()


def count(dialogues: Iterable[Dialogue]) -> tuple[Count, ...]:
    """Rows, turns and bytes by language and kind, sorted."""
    rows: Counter[tuple[str, Kind]] = Counter()
    turns: Counter[tuple[str, Kind]] = Counter()
    size: Counter[tuple[str, Kind]] = Counter()
    for d in dialogues:
        cell = (d.language, d.kind)
        rows[cell] += 1
        turns[cell] += len(d.turns)
        size[cell] += sum(len(turn.encode("utf-8")) for turn in d.turns)
    return tuple(
        Count(language=lang, kind=kind, rows=n, turns=turns[lang, kind], bytes=size[lang, kind])
        for (lang, kind), n in sorted(rows.items())
    )


def write(
    folder: Path,
    dialogues: Sequence[Dialogue],
    *,
    recipe: str,
    parents: Sequence[str] = (),
    dropped: dict[str, int] | None = None,
    code_version: str = "",
) -> Manifest:
    """Write a dataset folder, whole or not at all; rows are sorted by id within a file.

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
        )


def write_into(
    folder: Path,
    dialogues: Sequence[Dialogue],
    *,
    recipe: str,
    parents: Sequence[str] = (),
    dropped: dict[str, int] | None = None,
    code_version: str = "",
) -> Manifest:
    """As `write`, into a folder that the caller commits (a store's temporary folder)."""
    files: list[FileEntry] = []
    for (language, kind), rows in _by_cell(dialogues).items():
        name = release.file_name(language, kind)
        data, provenance = release.encode(rows)
        for target, content in ((name, data), (_provenance_name(name), provenance)):
            (folder / target).write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            files.append(FileEntry(name=target, rows=len(rows), sha256=digest))
    manifest = Manifest(
        recipe=recipe,
        parents=tuple(parents),
        code_version=code_version,
        fingerprint=fingerprint(dialogues),
        counts=count(dialogues),
        dropped=dropped or {},
        files=tuple(files),
    )
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (folder / MANIFEST).write_bytes(text + b"\n")
    return manifest


def _provenance_name(name: str) -> str:
    return name.removesuffix(".jsonl") + ".provenance.jsonl"


def _by_cell(dialogues: Sequence[Dialogue]) -> dict[tuple[str, Kind], list[Dialogue]]:
    cells: dict[tuple[str, Kind], list[Dialogue]] = {}
    seen: set[tuple[str, Kind, str]] = set()
    for d in sorted(dialogues, key=lambda d: (d.language, KINDS.index(d.kind), d.id)):
        if (d.language, d.kind, d.id) in seen:
            raise DataError(
                f"id {d.id!r} occurs twice in {release.file_name(d.language, d.kind)}",
                hint="ids are unique within a language and kind; rename or drop one of the rows",
            )
        seen.add((d.language, d.kind, d.id))
        cells.setdefault((d.language, d.kind), []).append(d)
    return cells


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a dataset folder.

    Raises:
        DataError: no manifest, or one that is not valid (names the field).
    """
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise DataError(
            f"{folder} is not a dataset: cannot read {path}: {error.strerror}",
            hint="make one from release files with `ultralink-bench data convert FILES -o FOLDER`",
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}", hint="rebuild the dataset") from error


def release_files(folder: Path) -> list[Path]:
    """The `{language}_{kind}.jsonl` files of a folder, sorted, without provenance files."""
    paths = sorted(folder.glob("*.jsonl"))
    return [p for p in paths if not p.name.endswith((".provenance.jsonl", "rejected.jsonl"))]


def read(folder: Path, *, verify: bool = True) -> list[Dialogue]:
    """All dialogues of a dataset folder, sorted by language, kind and id.

    With `verify`, each file is checked against the manifest first.

    Raises:
        DataError: a bad manifest or row, a file whose hash is not the manifest's, or a release
            file that the manifest does not name.
    """
    manifest = read_manifest(folder)
    if verify:
        for entry in manifest.files:
            _check_file(folder / entry.name, entry)
        _check_names(folder, {entry.name for entry in manifest.files})
    return list(read_release(folder))


def read_release(folder: Path) -> Iterator[Dialogue]:
    """The dialogues of a folder of release files, manifest or not."""
    for path in release_files(folder):
        yield from release.read_file(path, *release.parse_file_name(path))


def _check_file(path: Path, entry: FileEntry) -> None:
    try:
        actual = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(
            f"{path}: the manifest names it, but {error.strerror}", hint="rebuild the dataset"
        ) from error
    if actual != entry.sha256:
        raise DataError(
            f"{path}: sha256 {actual[:12]} is not the manifest's {entry.sha256[:12]}",
            hint="the file was changed after the dataset was made: import it with "
            "`ultralink-bench data convert`, or rebuild",
        )


def _check_names(folder: Path, known: set[str]) -> None:
    for path in release_files(folder):
        if path.name not in known:
            raise DataError(
                f"{path}: is not in the manifest",
                hint="it was added after the dataset was made: import the folder's files with "
                "`ultralink-bench data convert`, or take it away",
            )


def require_language(counts: Sequence[Count], languages: Sequence[str], where: str) -> None:
    """Check that every language asked for has at least one row.

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
