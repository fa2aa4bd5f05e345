"""Rows of a published file, streamed: JSONL, or one JSON array, which may be cut off.

Memory holds one row and some megabytes of the file, whatever its size.
"""

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from ultralink_data.errors import DataError
from ultralink_data.sources.kinds import Source, content_hash
from ultralink_data.store import json_rows

CUT = "cut_file"
"""The reject of the row in which a file ends."""

_CHUNK = 1 << 20
_LONGEST_ROW = 64 << 20
"""Characters; what goes on longer is no row but a broken file."""


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row as read: `data` is decoded, or None with the `reason` why not.

    `place` says where it stands (`line 3`, `row 3`).
    """

    id: str
    language: str = "en"
    place: str
    data: Any = None
    reason: str = ""
    detail: str = ""
    mended: tuple[str, ...] = ()


class _Text(msgspec.Struct, frozen=True):
    """The JSON text of one row, or what is wrong with it."""

    place: str
    value: Any = None
    reason: str = ""
    detail: str = ""


def read(path: Path, source: Source) -> Iterator[SourceRow]:
    """The rows of a file in its order.

    A row whose id was seen before is dropped if its content was too, and renamed if it differs.

    Raises:
        DataError: the file cannot be read, is not JSON, or its first row is not of this source.
    """
    seen: dict[str, list[str]] = {}
    first = True
    for text in _texts(path):
        if text.reason:
            row_id = f"{source.name}:{text.place.replace(' ', '-')}"
            yield SourceRow(id=row_id, place=text.place, reason=text.reason, detail=text.detail)
            continue
        value, mended = _whole_characters(text.value)
        data, problem = _decoded(value, source)
        if data is None and first:
            raise DataError(
                f"{path}: {text.place} is not a row of {source.name}: {problem}",
                hint="check --format, or the file",
            )
        first = False
        if data is None:
            row_id = f"{source.name}:{text.place.replace(' ', '-')}"
            yield SourceRow(id=row_id, place=text.place, reason="bad_row", detail=problem)
            continue
        yield _unique(source.row_id(data), data, text.place, seen, mended)


def _unique(
    row_id: str, data: Any, place: str, seen: dict[str, list[str]], mended: tuple[str, ...]
) -> SourceRow:
    content = content_hash(msgspec.json.encode(data).decode())
    before = seen.setdefault(row_id, [])
    if content in before:
        return SourceRow(id=row_id, place=place, reason="repeated_row", detail="the same row again")
    before.append(content)
    if len(before) == 1:
        return SourceRow(id=row_id, place=place, data=data, mended=mended)
    renamed = (*mended, "renamed_id")
    return SourceRow(id=f"{row_id}~{len(before)}", place=place, data=data, mended=renamed)


def _decoded(value: Any, source: Source) -> tuple[Any, str]:
    """The row in the first of the source's forms that fits, or None and why it fits none."""
    problems = []
    for row_type in source.row_types:
        try:
            return json_rows.convert(value, row_type), ""
        except msgspec.ValidationError as error:
            problems.append(json_rows.explained(str(error)))
    return None, "; ".join(dict.fromkeys(problems))


def _whole_characters(value: Any) -> tuple[Any, tuple[str, ...]]:
    """The value without halves of characters, which JSON can write and UTF-8 cannot."""
    try:
        msgspec.json.encode(value)
        return value, ()
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=False)
        return json.loads(text.encode(errors="ignore")), ("broken_characters",)


def _texts(path: Path) -> Iterator[_Text]:
    try:
        with path.open("rb") as file:
            start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if start not in (b"[", b"{"):
            raise DataError(f"{path} is neither a JSON array nor JSON Lines", hint="check the file")
        yield from _array(path) if start == b"[" else _lines(path)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error


def _lines(path: Path) -> Iterator[_Text]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            place = f"line {number}"
            if not line.strip():
                yield _Text(place, reason="bad_row", detail="the line is empty")
                continue
            try:
                yield _Text(place, json.loads(line.decode("utf-8-sig")))
            except (ValueError, RecursionError) as error:  # no JSON, nested too deeply, or no UTF-8
                cut = not line.endswith(b"\n")
                yield _Text(place, reason=CUT if cut else "bad_row", detail=str(error))


def _array(path: Path) -> Iterator[_Text]:
    """The rows of a JSON array; if the file ends within one, that row is `cut_file`."""
    decoder = json.JSONDecoder()
    with path.open("rb") as file:
        pieces = codecs.iterdecode(iter(lambda: file.read(_CHUNK), b""), "utf-8-sig", "replace")
        window = _Window(pieces)
        window.skip("[")
        number = 0
        while True:
            end = window.skip(",]")
            if end in ("]", ""):
                break
            number += 1
            value = window.value(decoder, path, number)
            if value is None:
                break
            yield _Text(f"row {number}", value[0])
        if end != "]":
            detail = "the file ends before the array does"
            yield _Text(f"row {number or 1}", reason=CUT, detail=detail)


class _Window:
    """The part of the file in memory."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._text = ""
        self._at = 0

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._text = self._text[self._at :] + piece
        self._at = 0
        return True

    def skip(self, marks: str) -> str:
        """Skip space and one of `marks`; that mark, a space if there was none, "" at the end."""
        found = " "
        while True:
            while self._at < len(self._text):
                char = self._text[self._at]
                if char in marks and found == " ":
                    found = char
                elif not char.isspace():
                    return found
                self._at += 1
                if found == "]":
                    return found
            if not self._more():
                return ""

    def value(self, decoder: json.JSONDecoder, path: Path, number: int) -> tuple[Any] | None:
        """The next JSON value, None where the file ends within it.

        Raises:
            DataError: broken JSON that is not the end of the file.
        """
        while True:
            try:
                value, end = decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                near_end = error.pos > len(self._text) - 16
                waits = near_end or error.msg.startswith("Unterminated string")
                if not waits or len(self._text) - self._at > _LONGEST_ROW:
                    raise DataError(
                        f"{path}: row {number} is broken JSON: {error.msg}",
                        hint="fix the file there, or fetch it again",
                    ) from error
                if not self._more():
                    return None
                continue
            except (ValueError, RecursionError) as error:  # a number too long, brackets too deep
                raise DataError(
                    f"{path}: row {number} cannot be read: {error}",
                    hint="fix the file there, or fetch it again",
                ) from error
            self._at = end
            return (value,)
