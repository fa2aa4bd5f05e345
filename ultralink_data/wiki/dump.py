"""Streams the pages of a MediaWiki XML export of any version in constant memory.

Read are `.xml` and `.xml.bz2` (several streams in one file too), exports without `<ns>` (the
namespace is then the title's prefix), and files that hold nothing but `<page>`.
Source: https://www.mediawiki.org/wiki/Help:Export
"""

import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec

from ultralink_data.errors import DataError, PrerequisiteError
from ultralink_data.store.compressed import opened
from ultralink_data.wiki.reserved_words import OTHER_NAMESPACES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CHUNK = 1 << 16

_ROOT = re.compile(rb"\A\s*(?:<\?xml[^>]*\?>)?\s*")


class RawPage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page as the dump has it; `id` is the language and the page's number (`es:2183`).

    `cut` says how the dump ends within this page or where it is damaged, `bad` where and why a row
    of another source is none; nothing more is known of such a page then. `plain` text is
    no wikitext.
    """

    id: str
    language: str
    title: str
    namespace: int
    redirect: bool
    revision: str | None
    text: str
    cut: str | None = None
    bad: str | None = None
    plain: bool = False


class Dump:
    """A dump file; `language` is the caller's, as dumps have been published with a wrong one.

    `said_language` is the language stated by the dump itself, known after its first page.
    """

    def __init__(self, path: Path, language: str) -> None:
        self._path = path
        self._language = language
        self._namespaces = {name.casefold(): -1 for name in OTHER_NAMESPACES}
        self.said_language: str | None = None
        self._whole_pages = 0

    def pages(self) -> Iterator[RawPage]:
        """All pages, in the dump's order; if the file is cut or damaged, the last one says so.

        Raises:
            DataError: no MediaWiki export, one without a page, or one with a document type (exports
                have none, and a hostile one could make its reader run out of memory).
            PrerequisiteError: the file cannot be read.
        """
        try:
            with opened(self._path) as file:
                yield from self.pages_in(file)
            if not self._whole_pages:
                raise DataError(f"{self._path}: no page", hint="is it a dump with pages?")
        except OSError as error:
            raise PrerequisiteError(
                f"cannot read {self._path}: {error.strerror or error}", hint="check the file"
            ) from error

    def pages_in(self, file: IO[bytes], before: int = 0, part: str = "") -> Iterator[RawPage]:
        """The pages of an opened part of the dump, with `before` pages before it.

        `part` says of what the lines are counted.

        Raises:
            DataError: as of `pages`.
        """
        from xml.etree.ElementTree import ParseError

        self._whole_pages = before
        try:
            yield from self._parse(file)
        except (EOFError, ParseError, zlib.error) as error:
            if not self._whole_pages:
                raise DataError(
                    f"{self._path}: no complete page: {error}",
                    hint="it is not a MediaWiki XML dump, or ends within its first page",
                ) from error
            yield self._cut_page(_damage(error, part))

    def _parse(self, file: IO[bytes]) -> Iterator[RawPage]:
        from xml.etree.ElementTree import XMLPullParser

        parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
        head = _part(file)
        if b"<!DOCTYPE" in head:
            raise DataError(
                f"{self._path}: has a document type, which no export has", hint="do not trust it"
            )
        begin = _ROOT.match(head)
        bare = begin is not None and head.startswith(b"<page", begin.end())
        if bare and begin is not None:
            head = b"<mediawiki>" + head[begin.end() :]
        root: Element | None = None
        while head:
            parser.feed(head)
            events: Iterator[tuple[str, Element]] = cast("Any", parser.read_events())
            for event, element in events:
                if root is None:
                    root = self._checked_root(element)
                name = _local(element)
                if event == "end" and name == "namespace":
                    key = _number(element.get("key", "0"))
                    self._namespaces[(element.text or "").casefold()] = key or 0
                elif event == "end" and name == "page":
                    self._whole_pages += 1
                    yield self._page(element)
                    root.clear()
            head = _part(file)
        if bare:
            parser.feed(b"</mediawiki>")
        parser.close()

    def _checked_root(self, element: "Element") -> "Element":
        if _local(element) != "mediawiki":
            raise DataError(
                f"{self._path}: its root is <{_local(element)}>, not <mediawiki>",
                hint="give a MediaWiki XML export, or name its format with --format",
            )
        self.said_language = element.get("{http://www.w3.org/XML/1998/namespace}lang")
        return element

    def _page(self, page: "Element") -> RawPage:
        fields = {_local(child): child for child in page}
        revision = {_local(child): child for child in fields.get("revision", ())}
        title = _text(fields.get("title"))
        text = _text(revision.get("text"))
        number = _text(fields.get("id")) or title
        namespace = _number(_text(fields.get("ns")))
        return RawPage(
            id=f"{self._language}:{number}",
            language=self._language,
            title=title,
            namespace=self._namespace(title) if namespace is None else namespace,
            redirect="redirect" in fields or _REDIRECT.match(text) is not None,
            revision=_text(revision.get("id")) or None,
            text=text,
        )

    def _cut_page(self, damage: str) -> RawPage:
        return RawPage(
            id=f"{self._language}:cut",
            language=self._language,
            title="",
            namespace=0,
            redirect=False,
            revision=None,
            text="",
            cut=f"after {self._whole_pages} whole pages{damage}",
        )

    def _namespace(self, title: str) -> int:
        prefix, colon, _ = title.partition(":")
        return self._namespaces.get(prefix.strip().casefold(), 0) if colon else 0


_REDIRECT = re.compile(r"\s*#\w+\s*:?\s*\[\[")


_ENDS = (3, 5, 6)
"""Codes of expat where the file ends too early: no element, within a mark, within a character."""


def _damage(error: Exception, part: str) -> str:
    """Where XML is wrong, with what a reader needs to find it; "" where the file just ends."""
    position: tuple[int, int] | None = getattr(error, "position", None)
    if position is None:
        return f": {error}" if isinstance(error, zlib.error) else ""
    if getattr(error, "code", None) in _ENDS:
        return ""
    what = str(error).partition(": line ")[0]
    return f": {what} at line {position[0]}, column {position[1]}{part}"


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _part(file: IO[bytes]) -> bytes:
    """The next bytes; for a truncated compressed file all that remain, before it raises."""
    return cast("io.BufferedReader", file).read1(_CHUNK)


def _local(element: "Element") -> str:
    return element.tag.rpartition("}")[2]


def _text(element: "Element | None") -> str:
    return "" if element is None else element.text or ""
