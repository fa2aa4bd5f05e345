"""Removes from wikitext, in one scan, the constructs that contain no text.

Comments, references, tables, templates that print nothing, files and their captions, categories.
Templates that print something are handed to the caller; what is not closed stays as it is, but a
file or category takes its line with it.
"""

import re
from collections.abc import Callable

from ultralink_data.wiki.reserved_words import CATEGORY_NAMESPACES, FILE_NAMESPACES
from ultralink_data.wiki.template_arguments import UNKNOWN

GONE = "\x01"
"""Stands where something inline was taken out, which may have stood between two sentences."""

_DROPPED_TAGS = (
    *("ref", "references", "gallery", "table", "timeline", "imagemap", "score", "hiero", "hr"),
    *("graph", "mapframe", "maplink", "style", "script", "syntaxhighlight", "source"),
    *("templatestyles", "inputbox", "section", "indicator", "categorytree", "includeonly"),
)
_DROPPED_TAG = re.compile(rf"<({'|'.join(_DROPPED_TAGS)})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_CLASS = (
    r"(?:(?:vertical-)?(?:infobox|navbox)(?:[-_]\w+)*|thumb(?:inner|caption|image)?|"
    r"toc(?:left|right|colours|limit(?:-\d)?)?|noprint|metadata)"
)
_DROPPED_CLASS = re.compile(
    r"<([a-z]+)(?=\s)[^<>]*?\sclass\s*=\s*"
    rf"""(?:"(?:[^"<>]*\s)?{_CLASS}(?=["\s])|'(?:[^'<>]*\s)?{_CLASS}(?=['\s])|{_CLASS}(?=[\s/>]))"""
    r"[^<>]*>",
    re.IGNORECASE,
)
"""Whole names of classes, in an attribute with quotes of either kind or without."""

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ARGUMENT = re.compile(r"\{\{\{[^{}]*\}\}\}")
_BLOCK = re.compile(r"\{\{|\{\||\}\}|\|\}(?!\})")
_BEFORE_TABLE = " \t:*"
"""Braces of templates anywhere; tables begin and end on lines of their own, with such marks before
them at most."""

_BRACKETS = re.compile(r"\[\[|\]\]")
_NAMED_LINK = re.compile(r"\[\[([^\[\]|:]{0,60}:[^\[\]|]{0,300})")
_MEDIA = re.compile(r"\.(?:jpe?g|png|svg|gif|ogg|oga|ogv|webm|webp|tiff?|pdf|djvu|mid)\s*$", re.I)
"""Ends of file links, whatever the language calls their namespace."""


def text_only(source: str, template: Callable[[str], str]) -> str:
    """The wikitext without non-text constructs; `template` gives the text of a whole template."""
    if "<" in source:
        source = _without_tags(_COMMENT.sub("", source), _DROPPED_TAG)
        source = _without_tags(source, _DROPPED_CLASS)
    if "{{{" in source:
        source = _ARGUMENT.sub("", source)
    return _without_files(_without_blocks(source, template))


def is_dropped_link(title: str) -> bool:
    """Whether a link with this title is a file or a category, of which the page shows no text."""
    prefix, colon, _ = title.partition(":")
    if not colon:
        return False
    prefix = prefix.strip().casefold()
    return prefix in FILE_NAMESPACES or prefix in CATEGORY_NAMESPACES or bool(_MEDIA.search(title))


def _without_tags(source: str, opening: re.Pattern[str]) -> str:
    """Without elements that begin so; one that is not closed loses its tag alone."""
    kept: list[str] = []
    ends: dict[str, dict[int, int]] = {}
    place = 0
    while found := opening.search(source, place):
        kept += (source[place : found.start()], GONE)
        name = found[1].casefold()
        if name not in ends:
            ends[name] = _elements(source, name)
        place = ends[name].get(found.start(), found.end())
    kept.append(source[place:])
    return "".join(kept)


def _elements(source: str, name: str) -> dict[int, int]:
    """Where each element of this name that is closed begins and ends."""
    ends: dict[int, int] = {}
    still_open: list[int] = []
    for found in re.finditer(rf"<(/?){name}(?=[\s/>])[^<>]*>", source, re.IGNORECASE):
        if found[1]:
            if still_open:
                ends[still_open.pop()] = found.end()
        elif not found.group().endswith("/>"):
            if name == "ref":  # they do not nest: the one before was never closed
                still_open.clear()
            still_open.append(found.start())
    if name == "includeonly" and still_open:  # what no page shows: to its end, as in MediaWiki
        ends[still_open[0]] = len(source)
    return ends


def _without_blocks(source: str, template: Callable[[str], str]) -> str:
    """Without tables; templates as the text that they print."""
    kept: list[str] = []
    place = 0
    for start, end in _blocks(source):
        kept.append(source[place:start])
        table = source.startswith("{|", start)
        said = "\n" if table else template(source[start:end])
        if said == UNKNOWN and _is_box(source, start, end):
            said = ""
        kept.append(said or GONE)
        place = end
    kept.append(source[place:])
    return "".join(kept)


def _is_box(source: str, start: int, end: int) -> bool:
    """Whether a template of several lines begins a line: no word of a sentence is written so."""
    return source[max(0, start - 1) : start] in ("", "\n") and "\n" in source[start:end]


def _blocks(source: str) -> list[tuple[int, int]]:
    """Where outermost templates and tables stand; one that is not closed hides none after it."""
    open_blocks: list[tuple[bool, int]] = []
    unclosed = {True: 0, False: 0}  # how many of either kind, so that none is looked for in vain
    done: list[tuple[int, int]] = []
    for found in _BLOCK.finditer(source):
        mark = found.group()
        braces = mark in ("{{", "}}")
        if not (braces or _begins_line(source, found.start())):
            continue
        if mark[0] == "{":
            open_blocks.append((braces, found.start()))
            unclosed[braces] += 1
        elif unclosed[braces]:
            kind = None
            while kind is not braces:
                kind, start = open_blocks.pop()
                unclosed[kind] -= 1
            while done and done[-1][0] > start:
                done.pop()
            done.append((start, found.end()))
    return done


def _begins_line(source: str, place: int) -> bool:
    """Whether nothing stands before `place` on its line but what may stand before a table."""
    before = place - 1
    while before >= 0 and source[before] in _BEFORE_TABLE:
        before -= 1
    return before < 0 or source[before] == "\n"


def _without_files(source: str) -> str:
    """Without links to files, however deep their captions go, and categories."""
    kept: list[str] = []
    ends: dict[int, int] | None = None
    place = 0
    while found := _NAMED_LINK.search(source, place):
        start, end = found.span()
        if is_dropped_link(found[1]):
            kept.append(source[place:start])
            close = _end_of_link(source, start) if ends is None else ends.get(start)
            if close is None and ends is None:  # once is enough to look in vain
                ends = _ends_of_links(source)
            place = _after_file(source, start, close)
        else:
            kept.append(source[place:end])
            place = end
    kept.append(source[place:])
    return "".join(kept)


def _end_of_link(source: str, start: int) -> int | None:
    """Where the link that begins at `start` ends; None where it is not closed."""
    before = start
    while before and source[before - 1] == "[":
        before -= 1
    if (start - before) % 2:  # of three brackets the first two open a link
        return None
    depth = 0
    for found in _BRACKETS.finditer(source, start):
        depth += 1 if found.group() == "[[" else -1
        if not depth:
            return found.end()
    return None


def _ends_of_links(source: str) -> dict[int, int]:
    """Where each link that is closed begins and ends."""
    ends: dict[int, int] = {}
    still_open: list[int] = []
    for found in _BRACKETS.finditer(source):
        if found.group() == "[[":
            still_open.append(found.start())
        elif still_open:
            ends[still_open.pop()] = found.end()
    return ends


def _after_file(source: str, start: int, end: int | None) -> int:
    """Where the text goes on: after the link, or after its line where it is not closed."""
    if end is None:
        end = source.find("\n", start)
        return len(source) if end < 0 else end
    # `[[File:a|by [http://b c]]]`: the first bracket closes the address.
    address = source.count("[", start, end) > source.count("]", start, end)
    return end + 1 if address and source.startswith("]", end) else end
