"""Already extracted articles: JSONL, WikiExtractor's files, Parquet tables.

Parquet has the columns of `wikimedia/wikipedia` (id, url, title, text). JSONL has `id`, `title`,
`text` and, where known, `revision`; WikiExtractor's `--json` names that `revid`. WikiExtractor's
other form is `<doc id="" url="" title="">` with the title as the first line. Files may be
compressed with gzip or bzip2. A bad row is reported by file and line and the rest is read; if the
first row of a file is bad, the file is refused. Sources:
https://huggingface.co/datasets/wikimedia/wikipedia, https://github.com/attardi/wikiextractor (both
escape nothing but what is said below).
"""

import html
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from ultralink_data.errors import DataError, PrerequisiteError
from ultralink_data.store.compressed import opened
from ultralink_data.wiki.dump import RawPage

_DOC = re.compile(r'<doc id="(?P<id>[^"]*)"(?: url="[^"]*")?(?: title="(?P<title>.*)")?[^>]*>\s*')

_DOC_END = "</doc>"


class _Json(msgspec.Struct, frozen=True, kw_only=True):
    """A line of JSONL; other fields are not looked at."""

    id: str | int
    title: str
    text: str
    revision: str | int | None = None
    revid: str | int | None = None


class LinePlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file, and the name by which its rows are told (the path below the folder given)."""

    path: Path
    name: str
    language: str

    def page(
        self, number: str | int, title: str, text: str, revision: str | int | None = None
    ) -> RawPage:
        """The page of a good row."""
        return RawPage(
            id=f"{self.language}:{number}",
            language=self.language,
            title=title,
            namespace=0,
            redirect=False,
            revision=str(revision) if revision else None,
            text=text,
            plain=True,
        )

    def bad(self, line: int, what: str) -> RawPage:
        """The page that represents a bad row.

        Raises:
            DataError: it is the first of its file.
        """
        if line == 1:
            raise DataError(
                f"{self.path}:1: {what}",
                hint="rows have id, title and text; fix it, or name the format with --format",
            )
        return RawPage(
            id=f"{self.language}:{self.name}:{line}",
            language=self.language,
            title="",
            namespace=0,
            redirect=False,
            revision=None,
            text="",
            bad=f"{self.name}:{line}: {what}",
        )


def json_pages(place: LinePlace) -> Iterator[RawPage]:
    """The pages of a JSONL file.

    Raises:
        DataError: its first row is bad, or the file is cut.
    """
    decoder = msgspec.json.Decoder(_Json)
    for number, line in _lines(place):
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            yield place.bad(number, str(error))
            continue
        # WikiExtractor, which alone writes `revid`, leaves texts with HTML's entities.
        text = row.text if row.revid is None else html.unescape(row.text)
        yield place.page(row.id, row.title, text, row.revision or row.revid)


def doc_pages(place: LinePlace) -> Iterator[RawPage]:
    """The pages of a file of `<doc>`s.

    Raises:
        DataError: it does not begin with one, or the file is cut.
    """
    head: re.Match[str] | None = None
    first = 0
    whole = True
    text: list[str] = []
    for number, line in _lines(place):
        try:
            said = line.decode("utf-8")
        except UnicodeDecodeError as error:
            yield place.bad(number, f"byte {error.start} is not UTF-8")
            whole = False
            continue
        begins = _DOC.fullmatch(said) if said.startswith("<doc ") else None
        if begins is not None:
            if head is not None:
                yield place.bad(first, "<doc> without </doc>")
            head, first, text, whole = begins, number, [], True
        elif head is None:
            if said.strip():
                yield place.bad(number, f"outside of a <doc>: {said.strip()[:60]!r}")
        elif said.strip() == _DOC_END:
            if whole:  # else its bad line is reported already
                yield _doc(place, head, text)
            head = None
        else:
            text.append(said)
    if head is not None:
        yield place.bad(max(first, 2), "<doc> without </doc>, at the end of the file")


def _doc(place: LinePlace, head: re.Match[str], lines: list[str]) -> RawPage:
    title = html.unescape(head["title"] or "")
    first = html.unescape(lines[0].strip()) if lines else ""
    if lines and (not title or first == title):
        title, lines = first, lines[1:]
    return place.page(head["id"], title, html.unescape("".join(lines)))


def _lines(place: LinePlace) -> Iterator[tuple[int, bytes]]:
    try:
        with opened(place.path) as file:
            yield from enumerate(file, 1)
    except (EOFError, zlib.error) as error:
        raise DataError(
            f"{place.path} is cut or damaged: {error}", hint="fetch the file again"
        ) from error
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read {place.path}: {error.strerror or error}", hint="check the file"
        ) from error


def lines_of(text: str) -> str:
    """Paragraphs as `wikitext.clean` leaves them: trimmed, with an empty line between them."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line]
    return "\n\n".join(kept) + "\n" if kept else ""
