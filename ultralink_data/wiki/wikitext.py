"""Wikitext to clean text: paragraphs, headings and list items, and nothing else.

A scan takes out what is no text (`scan`); of plain paragraphs, which are most, expressions then
leave the words of links; templates that print something, and paragraphs that are still not plain,
are parsed by mwparserfromhell (`tree`). What no parser can make sense of, such as a template that
is never closed, loses its marks at the end (`tidying`).
"""

import re
from typing import NamedTuple

from ultralink_data.text.chinese_script import converter
from ultralink_data.wiki.chinese_particle import with_particles
from ultralink_data.wiki.extract_config import Gaps
from ultralink_data.wiki.scan import text_only
from ultralink_data.wiki.template_arguments import UNKNOWN
from ultralink_data.wiki.template_text import plain_name, prints
from ultralink_data.wiki.tidying import APOSTROPHE, LEFT_MARK, LINE, tidied, without
from ultralink_data.wiki.tree import is_too_deep, link_text, rendered

_KEPT = re.compile(r"<(math|nowiki)(?=[\s/>])[^<>]*>", re.IGNORECASE)
_KEPT_END = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("math", "nowiki")}
_NAME = re.compile(r"\{\{\s*([^|{}<]*)")
# Begins with a character, not with `^`: so the search for it skips all others.
_HEADING = re.compile(r"(=(?<![^\n]=)={0,5})(.+)\1[ \t]*$", re.MULTILINE)
_LIST_ITEM = re.compile(r"\n[*#:;]+[ \t]*")
_LINK = re.compile(
    r"\[\[(?:(?:[^\[\]|:]*+\|)?"
    r"((?<=\|)[^\[\]]*+|(?<=\[)(?:[^\s\[\]|:#]++(?: ++[^\s\[\]|:#]++)*)?)\]\]"
    r"|([^\[\]|]*)(?:\|((?:[^\[\]]|\[[^\[\]]*\])*))?\]\])"
)
"""What a link shows in its first group, if that is seen at once; else its title and its text."""
_EXTERNAL = re.compile(r"\[(?:https?:|ftp:)?//[^\s\[\]]++[ \t]*+([^\[\]\n]*)\]")
_ADDRESS = re.compile(r"http(?:s?)://[^\s\[\]<>\"|{}]+")
_BREAKING_TAG = re.compile(
    r"</?(?:br|p|div|center|blockquote|poem|ul|ol|dl|li|tr)(?=[\s/>])[^<>]*>", re.I
)
_NOT_PLAIN = re.compile(r"\[\[|\]\]|\{\{|\}\}")

_EMPHASIS = re.compile(r"'''*")
_PLAIN_EMPHASIS = re.compile(r"''(?<!''')(?:'(?:'')?)?(?!')")
"""Runs of two, three and five, of which nothing is left."""

_TABLE_MARK = re.compile(r"[ \t]*(?:\{\||\|[}+]|\|-+(?:\s|$|\w+\s*=))")
_TABLE_LINE = re.compile(r"[ \t]*[|!]")
_TABLE_START = re.compile(r"\n[ \t]*[|!{]")
_INVISIBLE = "\u00ad\u200b\u200e\u200f"
_VARIANT = re.compile(r"-\{((?:(?!-\{).)*?)\}-", re.DOTALL)
_VARIANT_FLAGS = re.compile(r"\s*((?:[A-Z+-]|zh(?:-[a-z]+)?)(?:\s*;\s*[a-zA-Z-]+)*)?\s*\|")
_VARIANT_PART = re.compile(r";\s*(?=(?:[^;:\n]{0,60}?=>\s*)?zh(?:-[a-z]+)?\s*:)")
_VARIANT_RULE = re.compile(r"([^;:\n]{1,60})=>\s*zh")
_VARIANTS = ("zh-hans", "zh-cn", "zh", "zh-sg", "zh-my", "zh-hant", "zh-tw", "zh-hk", "zh-mo")
_SIMPLIFIED = 5
"""Of the variants, how many are in simplified script."""

_DEEPEST_VARIANT = 8
"""Spellings within spellings that are read."""

_OWN_MARKS = "\x00\x01\x02\x03\x04\x05\x06\x07"

_STORED = re.compile("\x04(\\d+)\x05")
"""Stands for a formula or verbatim text, which nothing may change."""


class Cleaned(NamedTuple):
    """The text of a page, the names of its templates that no table knows, and what they cost.

    `unknown` has a name as often as it occurs; `dropped` counts sentences that were dropped.
    """

    text: str
    unknown: tuple[str, ...]
    dropped: int


def clean(wikitext: str, *, language: str = "", chinese_conversion: str | None = None) -> str:
    """The text of a page, as `cleaned` gives it, without sentences that have a gap."""
    return cleaned(wikitext, language=language, chinese_conversion=chinese_conversion).text


def cleaned(
    wikitext: str,
    *,
    language: str = "",
    chinese_conversion: str | None = None,
    gaps: Gaps = "drop",
) -> Cleaned:
    """A page as text; paragraphs and headings are lines, with an empty line between them.

    `language` is that of the Wikipedia, by which templates print; `chinese_conversion` is an OpenCC
    configuration (`t2s`). `gaps` says what becomes of a sentence in which a template stood that no
    table knows.
    """
    source = without(wikitext, _OWN_MARKS)
    source, stored = _with_kept_stored(source)
    if "-{" in source and chinese_conversion is not None:
        end = source.rfind("}-") + 2  # of what begins after it nothing is closed
        closed, inner = source[:end], 1
        for _ in range(_DEEPEST_VARIANT):
            closed, inner = _VARIANT.subn(lambda found: _variant(found.group(1)), closed)
            if not inner:
                break
        source = closed + source[end:]
    source = without(source, _INVISIBLE)
    unknown: list[str] = []
    text = text_only(source, lambda template: _template(template, language, unknown))
    text, dropped = tidied(_paragraphs(text, language, unknown), gaps, language)
    text = convert_chinese(text, chinese_conversion)
    text = _STORED.sub(lambda found: stored[int(found[1])], text)
    return Cleaned(text, tuple(unknown), dropped)


def _with_kept_stored(source: str) -> tuple[str, list[str]]:
    """The wikitext with places for formulas and verbatim text, and the texts of those places."""
    kept: list[str] = []
    stored: list[str] = []
    unclosed: set[str] = set()
    place = 0
    for found in _KEPT.finditer(source):
        name = found[1].casefold()
        if found.start() < place or name in unclosed:
            continue
        inner, end = "", found.end()
        if not found.group().endswith("/>"):
            close = _KEPT_END[name].search(source, found.end())
            if close is None:
                unclosed.add(name)
                continue
            inner, end = source[found.end() : close.start()], close.end()
        kept += (source[place : found.start()], f"\x04{len(stored)}\x05")
        stored.append(_kept_text(name, inner))
        place = end
    kept.append(source[place:])
    return "".join(kept), stored


def _kept_text(name: str, inner: str) -> str:
    if name == "math":
        return f"${' '.join(inner.split())}$" if inner.strip() else ""
    return LEFT_MARK.sub("", inner)


def convert_chinese(text: str, configuration: str | None) -> str:
    """The text in the script of an OpenCC configuration; as it is without one."""
    if not configuration:
        return text
    converted: str = converter(configuration).convert(text)
    if not configuration.endswith("2s"):
        return converted
    return with_particles(text, converted, _is_simplified)


def _is_simplified(text: str) -> bool:
    """Whether a text that is the same in simplified script would be another in traditional."""
    traditional: str = converter("s2t").convert(text)
    return traditional != text


def _template(source: str, language: str, unknown: list[str]) -> str:
    found = _NAME.match(source)
    name = "" if found is None else found[1]
    known = prints(name, language)
    if known is False:
        return ""
    if known is None or is_too_deep(source):
        unknown.append(plain_name(name))
        return UNKNOWN
    return rendered(source, language, unknown).replace("'", APOSTROPHE)


def _paragraphs(text: str, language: str, unknown: list[str]) -> str:
    # First, as a line may begin with a link or emphasis that shows a bar or `!`.
    text = _without_table_lines(text)
    if "'''" in text:
        text = "\n".join(
            _with_apostrophe(line) if "'''" in line else line for line in text.split("\n")
        )
        text = _EMPHASIS.sub(_apostrophe, _PLAIN_EMPHASIS.sub("", text))
    elif "''" in text:
        text = text.replace("''", "")
    text = _HEADING.sub(lambda found: f"\n\n{LINE}{len(found[1])}{found[2].strip()}\n\n", text)
    text = _LIST_ITEM.sub(_list_item, f"\n{text}")[1:]
    text = _links_shown(text)
    if "//" in text:
        text = _ADDRESS.sub("", "".join(_EXTERNAL.split(text)))
    if "<" in text:
        text = _BREAKING_TAG.sub("\n", text)
    if _NOT_PLAIN.search(text):
        text = "\n".join(
            rendered(line, language, unknown) if _NOT_PLAIN.search(line) else line
            for line in text.split("\n")
        )
    return text


def _links_shown(text: str) -> str:
    """The text with what its links show; those that are not plain stay."""
    parts = _LINK.split(text)
    shown = parts[1::4]
    for n, seen in enumerate(shown):
        if seen is None:
            shown[n] = link_text(parts[4 * n + 2] or "", parts[4 * n + 3])
    parts[1::4] = shown
    del parts[2::4]
    del parts[2::3]
    return "".join(parts)


def _without_table_lines(text: str) -> str:
    """Without the lines of broken tables and boxes; a single line with a bar or `!` is prose."""
    if not _TABLE_START.search(f"\n{text}"):
        return text
    return "\n\n".join(map(_without_table_lines_of_block, text.split("\n\n")))


def _without_table_lines_of_block(block: str) -> str:
    if not _TABLE_START.search(f"\n{block}"):
        return block
    lines = block.split("\n")
    left = [bool(_TABLE_MARK.match(line) or _TABLE_LINE.match(line)) for line in lines]
    if sum(left) < 2 and not any(map(_TABLE_MARK.match, lines)):
        return block
    return "\n".join("" if drop else line for line, drop in zip(lines, left, strict=True))


def _apostrophe(found: re.Match[str]) -> str:
    """What is left of a run of apostrophes: 2 slant, 3 embolden, 5 do both."""
    size = len(found.group())
    return "'" if size == 4 else "'" * max(0, size - 5)


def _with_apostrophe(line: str) -> str:
    """The line with the apostrophe that MediaWiki sees where bold and slanted do not both close.

    Of the marks of three it is the first after a single letter, else after a longer word, else
    after a space (`Parser::doQuotes`).
    """
    bold = slanted = 0
    places: dict[int, int] = {}
    for found in _EMPHASIS.finditer(line):
        size = len(found.group())
        bold += size != 2
        slanted += size == 2 or size > 4
        start = found.end() - 3
        if size in (3, 4):
            before, last = line[max(0, start - 2) : start - 1], line[max(0, start - 1) : start]
            kind = 2 if last == " " else 0 if before == " " else 1
            places.setdefault(kind, start)
    if bold % 2 == 0 or slanted % 2 == 0 or not places:
        return line
    start = places[min(places)]
    return line[:start] + APOSTROPHE + line[start + 1 :]


def _list_item(found: re.Match[str]) -> str:
    mark = found.group()
    return "\n- " if "*" in mark or "#" in mark else "\n"


def _variant(inner: str) -> str:
    """One of the spellings that Chinese pages give side by side (`zh-hans:软件;zh-hant:軟體`)."""
    flags = _VARIANT_FLAGS.match(inner)
    if flags is not None:
        if (flags[1] or "").strip().upper() in ("T", "H", "-"):
            return ""  # a rule for the title or the whole page, shown nowhere
        inner = inner[flags.end() :]
    named: dict[str, str] = {}
    for part in _VARIANT_PART.split(inner):
        name, colon, text = part.partition(":")
        if colon:  # `word=>zh-cn:text` is a rule in one direction
            named[name.rpartition("=>")[2].strip()] = text.strip()
    rule = _VARIANT_RULE.match(inner)
    for name in _VARIANTS[: _SIMPLIFIED if rule else None]:
        if name in named:
            return named[name].removesuffix(";")
    return inner if rule is None else rule[1].strip()
