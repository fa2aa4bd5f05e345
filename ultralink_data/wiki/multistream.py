"""Multistream dumps with their index: streams are read by offset, each by the next free process.

A multistream dump is many bz2 streams in one file: a head (site information), streams of up to 100
pages, and an end. Its index names for each page the offset of its stream: `offset:page id:title`.
Each stream is checked against the index: pages, their order, and that no stream is left out.
Source: https://meta.wikimedia.org/wiki/Data_dumps/Dump_format
"""

import bz2
import io
import zlib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import msgspec

from ultralink_data.documents import Page
from ultralink_data.errors import DataError, PrerequisiteError
from ultralink_data.stage.drive import Computed
from ultralink_data.store.compressed import opened
from ultralink_data.wiki.articles import extract
from ultralink_data.wiki.dump import Dump, RawPage
from ultralink_data.wiki.extract_config import ExtractConfig

_STREAM = b"BZh"
_END = b"</mediawiki>"


class Stream(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stream of pages: from byte `offset` to `end` (None: to the end of the file).

    `first` is the place of its first page in the dump, `ids` are those of its pages.
    """

    offset: int
    end: int | None
    first: int
    ids: tuple[str, ...]

    @property
    def size(self) -> int:
        """Pages."""
        return len(self.ids)


def streams(index: Path, dump: Path) -> Iterator[Stream]:
    """The streams of a dump by its index; where the dump is cut, the last is that of the cut.

    Raises:
        DataError: a line that is none of an index, or offsets that do not rise.
        PrerequisiteError: a file cannot be read.
    """
    size = _size(dump)
    first = 0
    offset: int | None = None
    ids: list[str] = []
    for start, group in groupby(_entries(index), key=lambda entry: entry[0]):
        if offset is not None:
            if start <= offset:
                raise _foreign(index, f"offset {start} stands after {offset}")
            yield Stream(offset=offset, end=start, first=first, ids=tuple(ids))
            if start > size:
                return
            first += len(ids)
        offset, ids = start, [page for _, page in group]
    if offset is None:
        raise _foreign(index, "it is empty")
    yield Stream(offset=offset, end=None, first=first, ids=tuple(ids))


def head(index: Path, dump: Path) -> bytes:
    """The start of the dump, before its first page: root and site information.

    Raises:
        DataError: it does not end where the index says that the pages begin.
        PrerequisiteError: a file cannot be read.
    """
    start, _ = next(_entries(index), (0, ""))
    opening, rest = _unpacked(_bytes(dump, 0, start), index, 0)
    if opening is None or rest or b"<mediawiki" not in opening or b"<page>" in opening:
        raise _foreign(index, f"{dump} has pages before byte {start}, or no head")
    return opening


def said_language(opening: bytes, dump: Path, language: str) -> str | None:
    """The language that a dump names in its head."""
    reader = Dump(dump, language)
    list(reader.pages_in(io.BytesIO(opening + _END)))
    return reader.said_language


def extract_stream(
    stream: Stream, dump: Path, index: Path, language: str, opening: bytes, config: ExtractConfig
) -> list[Computed[Page]]:
    """The outcomes of the pages of a stream, with their places in the dump.

    Raises:
        DataError: the stream does not match the index.
        PrerequisiteError: the dump cannot be read.
    """
    found = []
    for n, page in enumerate(_pages(stream, dump, index, language, opening), stream.first):
        found.append((n, page.language, extract(page, config)))
    return found


def _pages(
    stream: Stream, dump: Path, index: Path, language: str, opening: bytes
) -> Iterator[RawPage]:
    packed = _bytes(dump, stream.offset, stream.end)
    content, rest = _unpacked(packed, index, stream.offset)
    cut = content is None
    if content is None:
        if stream.end is not None and stream.end <= _size(dump):
            raise _foreign(index, f"no stream ends at byte {stream.end}")
        content = rest
    elif stream.end is not None and rest:
        raise _foreign(index, f"it leaves out a stream after byte {stream.offset}")
    elif stream.end is None:
        end, whole = _rest(rest)
        if b"<page>" in end:
            raise _foreign(index, f"{dump} has pages after its last stream, {stream.offset}")
        cut = _END not in end or not whole
    document = io.BytesIO(opening + content + (b"" if cut else _END))
    number = 0
    part = f" of its part at byte {stream.offset}"
    for page in Dump(dump, language).pages_in(document, before=stream.first, part=part):
        said = page.id.partition(":")[2]
        if page.cut is None:
            if number >= stream.size or stream.ids[number] != said:
                wanted = stream.ids[number] if number < stream.size else "none"
                raise _foreign(
                    index, f"at byte {stream.offset} page {said} stands in the place of {wanted}"
                )
            number += 1
        yield page
    if number < stream.size and not cut:
        raise _foreign(index, f"page {stream.ids[number]} is not at byte {stream.offset}")


def _unpacked(packed: bytes, index: Path, offset: int) -> tuple[bytes | None, bytes]:
    """A stream's content and the bytes after it; (None, what there is) of one that is cut."""
    if packed and not packed.startswith(_STREAM[: len(packed)]):
        raise _foreign(index, f"no stream begins at byte {offset}")
    reader = bz2.BZ2Decompressor()
    try:
        content = reader.decompress(packed)
    except OSError as error:
        raise _foreign(index, f"no whole stream is at byte {offset}") from error
    return (content, reader.unused_data) if reader.eof else (None, content)


def _rest(packed: bytes) -> tuple[bytes, bool]:
    """The content of the streams after the last one with pages, and whether they are complete."""
    content = b""
    while packed:
        reader = bz2.BZ2Decompressor()
        content += reader.decompress(packed)
        if not reader.eof:
            return content, False
        packed = reader.unused_data
    return content, True


def _entries(index: Path) -> Iterator[tuple[int, str]]:
    try:
        with opened(index) as file:
            for number, line in enumerate(file, 1):
                offset, _, rest = line.partition(b":")
                page, colon, _ = rest.partition(b":")
                if not (offset.isdigit() and page.isdigit() and colon):
                    raise DataError(
                        f"{index}:{number}: {line[:60]!r} is not a line of an index",
                        hint="lines are `offset:page id:title`; give *-multistream-index.txt.bz2",
                    )
                yield int(offset), page.decode()
    except (OSError, EOFError, zlib.error) as error:
        raise PrerequisiteError(
            f"cannot read {index}: {getattr(error, 'strerror', None) or error}",
            hint="check the file",
        ) from error


def _bytes(path: Path, start: int, end: int | None) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(-1 if end is None else end - start)
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read {path}: {error.strerror or error}", hint="check the file"
        ) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read {path}: {error.strerror or error}", hint="check the file"
        ) from error


def _foreign(index: Path, what: str) -> DataError:
    return DataError(
        f"{index} is not this dump's index: {what}",
        hint="fetch the index of the same date and name, or omit --index",
    )
