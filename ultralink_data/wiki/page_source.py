"""Where pages come from: a dump or already extracted texts, recognised by content."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, get_args

from ultralink_data.errors import ConfigError, DataError, PrerequisiteError
from ultralink_data.store.compressed import opened
from ultralink_data.wiki.dump import Dump, RawPage
from ultralink_data.wiki.parquet_pages import parquet_pages
from ultralink_data.wiki.plain_text import LinePlace, doc_pages, json_pages

Format = Literal["mediawiki", "parquet", "jsonl", "wikiextractor"]

FORMATS: tuple[Format, ...] = get_args(Format)

_NAMES: tuple[tuple[Format, re.Pattern[str]], ...] = (
    ("parquet", re.compile(r".*\.parquet")),
    ("wikiextractor", re.compile(r"wiki_\d+(?:\.bz2|\.gz)?")),
    ("jsonl", re.compile(r".*\.(?:jsonl|ndjson)(?:\.bz2|\.gz)?")),
)
"""How the files of a folder are named."""


class PageSource:
    """Files that pages are read from, in the order of their paths.

    `files` decide what comes out; `format` is what they are in.

    Raises:
        ConfigError: an unknown format, or a folder given as a dump.
        DataError: a folder without files of a known kind or with several kinds, or a file of none.
        PrerequisiteError: nothing is there, or it cannot be read.
    """

    def __init__(self, path: Path, language: str, format: str | None = None) -> None:
        if format is not None and format not in FORMATS:
            raise ConfigError(f"unknown format {format!r}", hint=f"known: {', '.join(FORMATS)}")
        self.format: str
        self.files: tuple[Path, ...]
        if path.is_dir():
            self.format, self.files = _in_folder(path, format)
        else:
            self.format = format if format is not None else _told(path)
            self.files = (path,)
        base = path if path.is_dir() else path.parent
        self._places = [
            LinePlace(path=file, name=file.relative_to(base).as_posix(), language=language)
            for file in self.files
        ]
        self.dump = Dump(path, language) if self.format == "mediawiki" else None

    def pages(self) -> Iterator[RawPage]:
        """All pages.

        Raises:
            DataError: a file that is not what its format says.
            PrerequisiteError: a file cannot be read.
        """
        if self.dump is not None:
            yield from self.dump.pages()
        for place in self._places if self.dump is None else ():
            yield from _reader(self.format, place)(place)


def _reader(format: str, place: LinePlace) -> Callable[[LinePlace], Iterator[RawPage]]:
    if format == "parquet":
        return parquet_pages
    if format == "wikiextractor" and not _head(place.path).lstrip().startswith(b"{"):
        return doc_pages
    return json_pages


def _in_folder(path: Path, format: str | None) -> tuple[str, tuple[Path, ...]]:
    if format == "mediawiki":
        raise ConfigError(f"{path} is a folder", hint="give one dump")
    found: dict[str, list[Path]] = {}
    for file in sorted(path.rglob("*")):
        kind = next((kind for kind, name in _NAMES if name.fullmatch(file.name)), None)
        if kind is not None and file.is_file() and format in (None, kind):
            found.setdefault(kind, []).append(file)
    if len(found) != 1:
        what = f"files of several kinds: {', '.join(found)}" if found else "no file of a known kind"
        raise DataError(
            f"{path} has {what}",
            hint="*.parquet, *.jsonl (also .gz, .bz2) or wiki_00 ...; --format picks one kind",
        )
    ((told, files),) = found.items()
    return told, tuple(files)


def _told(path: Path) -> Format:
    """The format of a file, detected from its first bytes."""
    head = _head(path).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"<doc "):
        return "wikiextractor"
    if head.startswith(b"{"):
        return "jsonl"
    if head.startswith(b"<"):
        return "mediawiki"
    began = f"begins with {head[:20]!r}" if head else "is empty"
    raise DataError(
        f"{path} has no known format; it {began}",
        hint=f"is it a MediaWiki XML dump? Known: {', '.join(FORMATS)}; .bz2 and .gz are unpacked",
    )


def _head(path: Path) -> bytes:
    try:
        with opened(path) as file:
            return file.read(200)
    except (OSError, EOFError, zlib.error) as error:
        what = error.strerror if isinstance(error, OSError) else None
        raise PrerequisiteError(
            f"cannot read {path}: {what or error}", hint="check the file"
        ) from error
