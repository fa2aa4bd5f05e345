"""Rows of any form of dataset; lines that cannot be rows are reported and skipped.

Everywhere else a bad row stops the work. Here bad rows are what we look for: every line becomes a
dialogue or a flaw with file, line and reason.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Literal

import msgspec

from ultralink_data.dialogue import KINDS, Dialogue, Kind, Provenance
from ultralink_data.errors import DataError
from ultralink_data.store import dataset, json_rows, release, unread_rows
from ultralink_data.store.byte_order_mark import unmarked
from ultralink_data.text.units import normalise

FlawReason = Literal[
    "unreadable", "no_kind", "no_id", "no_turns", "odd_turns", "empty_turn", "repeated_id", "echo"
]
RowPlace = tuple[str, str, str]
"""Language, kind and id of a row."""

_FIRST: Final = 1000
"""Lines of which one must say language and kind where the file's name does not."""


class Flaw(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line that is not a valid row, or whose answer repeats its question (`echo`).

    `file` is relative to the checked path, `line` counts from 1.
    """

    file: str
    line: int
    reason: FlawReason
    id: str
    detail: str


class _RowLine(msgspec.Struct, frozen=True, kw_only=True):
    """A row of either form; no field is required."""

    id: str = ""
    data: tuple[str, ...] | None = None
    turns: tuple[str, ...] | None = None
    language: str | None = None
    kind: str | None = None
    provenance: Provenance | None = None
    system: str = ""

    @property
    def cell(self) -> tuple[str, Kind] | None:
        """Language and kind, where the row says both."""
        if self.language is None or self.kind not in KINDS:
            return None
        return self.language, release.as_kind(self.kind)


class _ProvenanceLine(msgspec.Struct, frozen=True, kw_only=True):
    """The provenance of one row."""

    id: str
    provenance: Provenance


def data_files(path: Path) -> list[Path]:
    """The files of a dataset, a folder of release files or stage outputs, or one file.

    Raises:
        DataError: nothing is there, rows in a form that is not read, or a dataset whose files do
            not match its manifest.
    """
    if not path.exists():
        raise DataError(f"cannot read {path}: no such file or folder", hint="check the path")
    if path.is_file():
        return [path]
    if (path / dataset.MANIFEST).is_file():
        dataset.check(path)
    unread_rows.refuse(path)
    files = dataset.release_files(path)
    if not files:
        raise DataError(f"{path} has no .jsonl file", hint="name a dataset or a stage's output")
    return files


def read(path: Path) -> Iterator[Dialogue | Flaw]:
    """The rows and flaws of all files, in order.

    The hashes of the ids seen are kept: 100 bytes a row at most.

    Raises:
        DataError: a file that cannot be read, whose language and kind follow from neither its
            name nor its rows, or whose name no report can hold.
    """
    seen: set[int] = set()
    for file, name in _named_files(path):
        yield from _read_file(file, name, seen)


def places(path: Path, rows: Collection[RowPlace]) -> dict[RowPlace, tuple[str, int]]:
    """File (relative to `path`) and line of rows named by language, kind and id, if they are there.

    Raises:
        DataError: see `read`.
    """
    found: dict[RowPlace, tuple[str, int]] = {}
    for file, name in _named_files(path):
        of_name = _cell_of_name(file)
        for number, row in _lines(file):
            cell = None if isinstance(row, str) else row.cell or of_name
            if cell is not None and not isinstance(row, str) and (*cell, row.id) in rows:
                found.setdefault((*cell, row.id), (name, number))
    return found


def _named_files(path: Path) -> Iterator[tuple[Path, str]]:
    """The files of a dataset, each with its name as seen from there."""
    for file in data_files(path):
        name = file.name if path.is_file() else file.relative_to(path).as_posix()
        if name != name.encode("utf-8", "ignore").decode():
            shown = name.encode("utf-8", "backslashreplace").decode()
            raise DataError(f"{path}: the name {shown} is no UTF-8", hint="rename the file")
        yield file, name


def _read_file(path: Path, name: str, seen: set[int]) -> Iterator[Dialogue | Flaw]:
    of_name = _cell_of_name(path)
    provenance = _LooseProvenance(release.provenance_path(path))
    for number, row in _lines(path):
        if isinstance(row, str):
            yield Flaw(file=name, line=number, reason="unreadable", id="", detail=row)
            continue
        cell = row.cell or of_name
        if cell is None:
            yield Flaw(file=name, line=number, reason="no_kind", id=row.id, detail=_no_kind(row))
            continue
        yield from _judged(row, cell, name, number, provenance, seen)


def _lines(path: Path) -> Iterator[tuple[int, _RowLine | str]]:
    """Every line with its number, decoded or with an error; blank lines at the end are skipped."""
    decoder = msgspec.json.Decoder(_RowLine)
    blank: list[int] = []
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(unmarked(lines), 1):
                if not line.strip():
                    blank.append(number)
                    continue
                yield from ((passed, "the line is empty") for passed in blank)
                blank.clear()
                try:
                    line.decode("utf-8")
                    row: _RowLine | str = json_rows.decode(decoder, line)
                except (UnicodeDecodeError, msgspec.DecodeError) as error:
                    row = json_rows.explained(str(error))
                yield number, row
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error


def _cell_of_name(path: Path) -> tuple[str, Kind] | None:
    """Language and kind as the file's name says, None for a stage's output, whose rows say them.

    Raises:
        DataError: neither the name nor any row says them.
    """
    try:
        return release.parse_file_name(path)
    except DataError:
        rows = [row for _, row in islice(_lines(path), _FIRST) if isinstance(row, _RowLine)]
        if rows and not any(row.cell for row in rows):
            raise
        return None


def _no_kind(row: _RowLine) -> str:
    missing = "no language" if row.language is None else f"kind {row.kind!r}"
    return f"{missing}; the file's name says neither"


def _judged(
    row: _RowLine,
    cell: tuple[str, Kind],
    name: str,
    number: int,
    provenance: "_LooseProvenance",
    seen: set[int],
) -> Iterator[Dialogue | Flaw]:
    """The row, or what is wrong with it."""

    def flaw(reason: FlawReason, detail: str) -> Flaw:
        return Flaw(file=name, line=number, reason=reason, id=row.id, detail=detail)

    language, kind = cell
    turns = row.turns if row.turns is not None else row.data or ()
    source = row.provenance or provenance.of(row.id)
    key = hash((language, kind, row.id))
    empty = next((place for place, turn in enumerate(turns) if not turn.strip()), None)
    if not row.id.strip():
        yield flaw("no_id", "the id is empty")
    elif key in seen:
        yield flaw("repeated_id", f"id {row.id!r} occurs twice")
    elif not turns:
        yield flaw("no_turns", "no turns")
    elif empty is not None:
        yield flaw("empty_turn", f"turn {empty} is empty")
    elif len(turns) % 2:
        yield flaw("odd_turns", f"{len(turns)} turns; questions and answers come in pairs")
    elif (echo := _echo(turns)) is not None:
        yield flaw("echo", f"turn {echo} repeats the one before")
    else:
        seen.add(key)
        yield Dialogue(
            id=row.id,
            language=language,
            kind=kind,
            turns=turns,
            provenance=source or Provenance(source_id=row.id),
            system=row.system,
        )


def _echo(turns: tuple[str, ...]) -> int | None:
    """The place of an answer that repeats its question, None if there is none."""
    for place in range(1, len(turns), 2):
        asked, said = turns[place - 1 : place + 1]
        if _words(_first(asked)) == _words(_first(said)) and _words(asked) == _words(said):
            return place
    return None


def _words(text: str) -> list[str]:
    return normalise(text).split()


def _first(text: str) -> str:
    """What stands before the first blank: no form of Unicode joins text across a blank."""
    return text.split(None, 1)[0]


class _LooseProvenance:
    """A provenance file read beside its rows; where the orders differ, whole."""

    def __init__(self, path: Path) -> None:
        self._lines = iter(release.decode_lines(path, _ProvenanceLine) if path.exists() else ())
        self._known: dict[str, Provenance] = {}

    def of(self, name: str) -> Provenance | None:
        """The provenance of the row with this id."""
        found = self._known.pop(name, None)
        if found is not None:
            return found
        for _, line in self._lines:
            if line.id == name:
                return line.provenance
            self._known[line.id] = line.provenance
        return None
