"""UltraLink's release form: `{"id": ..., "data": [q1, a1, q2, a2, ...]}` a line.

A row with a system turn has it in `system`, a field of ours. Files are named
`{language}_{kind}.jsonl`. The release form has no room for provenance, so it is
kept in files of the same name in the folder `provenance`; both directions round-trip. Earlier
versions wrote it beside them, as `{language}_{kind}.provenance.jsonl`, which is read too. Source:
OpenBMB/UltraLink README, commit 6f967d8.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ultralink_data.dialogue import KINDS, Dialogue, Kind, Provenance, check_turns
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.store import json_rows
from ultralink_data.store.byte_order_mark import unmarked

T = TypeVar("T")

PROVENANCE = "provenance"
_BESIDE = ".provenance.jsonl"


class ReleaseRow(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One line of a released file."""

    id: str
    data: tuple[str, ...]
    system: str = ""

    def __post_init__(self) -> None:
        """Check that the turns are question and answer pairs."""
        check_turns(self.data, "data")
        if not self.id.strip():
            raise ValueError("field `id` is empty")


class ProvenanceRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The provenance of the row with the same id."""

    id: str
    provenance: Provenance


def decode_lines(path: Path, row_type: type[T], *, once: bool = False) -> Iterator[tuple[int, T]]:
    """Line number (from 1) and decoded row of each line of a JSONL file.

    `once` also refuses an object that gives a key twice, of which the last would count: it takes
    longer, and is for files of verdicts and answers, where either value could be meant.

    Raises:
        DataError: naming file, line and field, for text that is not UTF-8, broken JSON, an unknown
            or missing field, a wrong type, or a value that the row type rejects.
    """
    decoder = msgspec.json.Decoder(row_type)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(unmarked(file), 1):
                if not line.strip():
                    raise _line_error(path, number, "the line is empty")
                row = _decode(decoder, line, path, number)
                if once and (key := repeated_key(line)) is not None:
                    raise _line_error(path, number, f"field `{key}` is given twice")
                yield number, row
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error


def _decode(decoder: msgspec.json.Decoder[T], line: bytes, path: Path, number: int) -> T:
    try:
        line.decode("utf-8")
        return json_rows.decode(decoder, line)
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8 (0x{line[error.start]:02x})"
        raise _line_error(path, number, what) from error
    except msgspec.DecodeError as error:
        problem = str(error)
        if json_rows.is_number_for_text(problem):
            where = f"{path}:{number}: {_name_field(problem)}"
            raise DataError(where, hint=f"{json_rows.CAUSE}; {json_rows.CURE}") from error
        other = "" if number > 1 else _other_kind(decoder.type, problem)
        raise _line_error(path, number, _name_field(problem), other) from error


@contextmanager
def at_line(path: Path, number: int) -> Iterator[None]:
    """What is wrong with a row inside the block names its file and line.

    Raises:
        DataError: for each ConfigError or DataError.
    """
    try:
        yield
    except (ConfigError, DataError) as error:
        raise DataError(f"{path}:{number}: {error.message}", hint=error.hint) from error


def _other_kind(row_type: Any, problem: str) -> str:
    """Which fields rows have, where the first row has others: the file may be another one."""
    if not problem.startswith(("Object contains unknown field", "Object missing required field")):
        return ""
    needed = [one.encode_name for one in msgspec.structs.fields(row_type) if one.required]
    return f"a file of another kind? Rows here have {', '.join(needed)}. Else "


class _RepeatedKeyError(Exception):
    """An object gives the key `args[0]` twice."""


def repeated_key(text: str | bytes) -> str | None:
    """A key that an object in this JSON text gives twice; None if there is none.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        json.loads(text, object_pairs_hook=_keys_once)
    except _RepeatedKeyError as found:
        return str(found.args[0])
    return None


def _keys_once(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise _RepeatedKeyError(key)
        seen.add(key)


def _name_field(text: str) -> str:
    """msgspec says "... - at `$.data[2]`"; say it as a field of the row."""
    return text.replace("at `$.", "at field `")


def _line_error(path: Path, number: int, what: str, before: str = "") -> DataError:
    return DataError(
        f"{path}:{number}: {what}", hint=f"{before}fix or delete that line; nothing was written"
    )


def is_release_name(name: str) -> bool:
    """Whether a `.jsonl` file of a dataset holds rows, by its name within the folder."""
    return "/" not in name and not name.endswith((_BESIDE, "rejected.jsonl"))


def provenance_path(path: Path) -> Path:
    """Where the provenance of a release file is kept; where an earlier version wrote it, there."""
    beside = path.with_suffix(_BESIDE)
    return beside if beside.exists() else path.parent / PROVENANCE / path.name


def file_name(language: str, kind: str) -> str:
    """The release file of a language and kind."""
    return f"{language}_{kind}.jsonl"


def parse_file_name(path: Path) -> tuple[str, Kind]:
    """Language and kind from a release file's name.

    Raises:
        DataError: the name is not `{language}_{kind}.jsonl`.
    """
    language, _, kind = path.name.removesuffix(".jsonl").partition("_")
    if not language or kind not in KINDS or path.suffix != ".jsonl":
        raise DataError(
            f"{path}: not named {{language}}_{{kind}}.jsonl",
            hint=f"name it like en_math.jsonl; kinds: {', '.join(KINDS)}",
        )
    return language, kind


def read_file(path: Path, language: str, kind: Kind) -> Iterator[Dialogue]:
    """The dialogues of one release file, in file order.

    Without a file of provenance each row is its own source (`source_id` = id).

    Raises:
        DataError: a bad line, a repeated id, no row, or provenance of an unknown row.
    """
    provenance = _Provenance(provenance_path(path))
    seen: dict[str, int] = {}
    for number, row in decode_lines(path, ReleaseRow):
        if row.id in seen:
            raise _line_error(path, number, f"id {row.id!r} stands already in line {seen[row.id]}")
        seen[row.id] = number
        source = provenance.take(row.id) or Provenance(source_id=row.id)
        yield Dialogue(
            id=row.id,
            language=language,
            kind=kind,
            turns=row.data,
            provenance=source,
            system=row.system,
        )
    if not seen:
        raise DataError(f"{path} has no row", hint="remove the file, or add rows to it")
    for unknown in provenance.rest():
        raise DataError(
            f"{path}: provenance of {unknown!r}, which is not a row of the file",
            hint="the file was edited by hand; write it again with `ultralink-bench data convert`",
        )


class _Provenance:
    """A provenance file, read along with its rows; entries ahead of them are buffered."""

    def __init__(self, path: Path) -> None:
        self._rows = decode_lines(path, ProvenanceRow) if path.exists() else iter(())
        self._ahead: dict[str, Provenance] = {}

    def take(self, name: str) -> Provenance | None:
        """The provenance of the row with this id."""
        while name not in self._ahead:
            found = next(self._rows, None)
            if found is None:
                return None
            self._ahead[found[1].id] = found[1].provenance
        return self._ahead.pop(name)

    def rest(self) -> Iterator[str]:
        """Ids that no row has asked for."""
        yield from self._ahead
        yield from (row.id for _, row in self._rows)


def encode(dialogues: Iterable[Dialogue]) -> tuple[bytes, bytes]:
    """The release file and its provenance file as bytes, rows in the given order."""
    encoder = msgspec.json.Encoder()
    rows, provenance = [], []
    for d in dialogues:
        rows.append(encoder.encode(ReleaseRow(id=d.id, data=d.turns, system=d.system)))
        provenance.append(encoder.encode(ProvenanceRow(id=d.id, provenance=d.provenance)))
    return _lines(rows), _lines(provenance)


def _lines(rows: list[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)


def as_kind(name: str) -> Kind:
    """`name` as a dialogue kind.

    Raises:
        DataError: not one of the four kinds.
    """
    if name not in KINDS:
        raise DataError(f"unknown kind {name!r}", hint=f"known: {', '.join(KINDS)}")
    return name
