"""What markup leaves in a text when it is gone: marks, empty brackets, loose commas and spaces.

Most lines are tidy: a first look leaves them alone.
"""

import html
import re

from ultralink_data.wiki.extract_config import Gaps
from ultralink_data.wiki.raised import on_one_line
from ultralink_data.wiki.scan import GONE
from ultralink_data.wiki.sentence_gaps import without_gaps, without_notes
from ultralink_data.wiki.template_arguments import UNKNOWN
from ultralink_data.wiki.template_text import IPA_END, IPA_START

APOSTROPHE = "\x06"
"""Stands for an apostrophe that a template printed, beside which emphasis may begin."""

LINE = "\x00"
"""Opens a heading's line, and its level, until it is known whether its section has text."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_SHORT_TAGS = "[abipqsu]"
"""Could be variables in `a<b and c>d`: what stands after them must look like attributes."""

_TAGS = "|".join(
    (
        *("abbr", "bd[io]", "big", "blockquote", "br", "caption", "ce", "center", "chem", "cite"),
        *("code", "col", "colgroup", "data", "dd", "del", "dfn", "div", "dl", "dt", "em", "font"),
        *("gallery", "h[1-6r]", "hiero", "imagemap", "img", "includeonly", "indicator", "ins"),
        *("kbd", "li", "link", "mapframe", "maplink", "mark", "math", "meta", "noinclude"),
        *("nowiki", "ol", "onlyinclude", "poem", "pre", "r[bpt]", "ref", "references", "rtc"),
        *("ruby", "samp", "score", "section", "small", "source", "span", "strike", "strong"),
        *("style", "syntaxhighlight", "table", "tbody", "t[dhrt]", "templatestyles"),
        *("tfoot", "thead", "time", "timeline", "ul", "var", "wbr"),
    )
)
_LEFT_TAG = re.compile(
    rf"</?(?:(?:{_TAGS})(?:[\s/][^<>\n]{{0,300}})?"
    rf"|{_SHORT_TAGS}(?:\s[^<>\n=]{{0,100}}=[^<>\n]{{0,300}})?\s*/?)>",
    re.IGNORECASE,
)
LEFT_MARK = re.compile(r"\[\[|\]\]|\{\{+|\}\}+|'''?|__[^\W\d_a-z]{3,}__")
_EMPTY_BRACKETS = re.compile(r"[(（\[][ \t,;:،؛，；、：/–—-]*[)）\]]")
_BRACKET_START = re.compile(r"([(（])[ \t,;:،؛，；、：]+")
_LOOSE = " \t,;،؛，；、"
_LOOSE_BRACKET = re.compile(rf"[)）](?<=[{_LOOSE}][)）])")
_ODD_SPACES = "\t\u00a0\u2002\u2003\u2005\u2009\u200a\u202f\u3000"
_SPACES = re.compile(r"  +")
_SPACE_BEFORE = re.compile(r" (?=[,.;)\]،؛，。；、])")
_COMMAS = re.compile(r"([,،，、])(?:[ \t]*\1)+")
"""Commas with nothing between, which removed templates leave."""

_EMPTY_ITEM = re.compile(r"[-*#:;•]*+[ \t.,;:]*+")
_BETWEEN_SENTENCES = re.compile(rf"{GONE}{GONE}*+(?=[^\W\d])")
_PRONUNCIATION = re.compile(rf"{IPA_START}([^{IPA_END}]*){IPA_END}")
_UNTIDY_SPACE = re.compile(r" (?=[ ,.;)）\]،؛，。；、])")
_UNTIDY = re.compile(
    rf"[(（\[,;،؛，；、{_ODD_SPACES}{IPA_START}](?:(?<=[(（\[])[ ,;:،؛，；、：/–—)）\]-]"
    rf"|(?<=[,;،؛，；、])(?:[)）]|[ \t]*+[,،，、])|(?<=[{_ODD_SPACES}{IPA_START}]))"
)
"""Where one of the patterns above may match, if not from a space on as `_UNTIDY_SPACE` does, and
where odd spaces and pronunciations stand."""

_NO_SPACES = "\u2e80"
"""From here on scripts write without spaces."""


def tidied(text: str, gaps: Gaps, language: str) -> tuple[str, int]:
    """The text without what markup leaves, and how many sentences were dropped for a gap."""
    if "<" in text:
        text = on_one_line(_LEFT_TAG.sub("", text), language)
    text = LEFT_MARK.sub("", text)
    # Only now: a mark that was written as an entity is text.
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    if UNKNOWN in text:
        text = without_notes(text)
    text = _with_tidy_lines(_BETWEEN_SENTENCES.sub(_space, text).replace(GONE, ""))
    lines = [line for line in text.split("\n") if line and not _EMPTY_ITEM.fullmatch(line)]
    lines = list(map(str.strip, "\n".join(lines).replace(APOSTROPHE, "'").splitlines()))
    dropped = 0
    if UNKNOWN in text:
        lines, dropped = without_gaps(lines, gaps, language)
    return "\n\n".join(_sections([line for line in lines if line])) + "\n", dropped


def _with_tidy_lines(text: str) -> str:
    """Without the brackets, spaces and commas that removed marks and templates leave.

    Most lines are tidy: the first look at all of them together leaves them as they are.
    """
    kept: list[str] = []
    place = 0
    untidy = [found.start() for look in (_UNTIDY_SPACE, _UNTIDY) for found in look.finditer(text)]
    for start in sorted(untidy):
        if start < place:  # on the same line
            continue
        begin, end = text.rfind("\n", place, start) + 1 or place, text.find("\n", start)
        end = len(text) if end < 0 else end
        kept += (text[place:begin], _mended_line(text[begin:end]))
        place = end
    kept.append(text[place:])
    return "".join(kept)


def _mended_line(line: str) -> str:
    if IPA_START in line:
        line = _PRONUNCIATION.sub(_inline_only, line)
    plain = without(line, _ODD_SPACES, " ")
    if not (_UNTIDY_SPACE.search(plain) or _UNTIDY.search(plain)):  # odd spaces, and no more
        return plain
    return _mended(line)


def _mended(line: str) -> str:
    line = _tight_brackets(_BRACKET_START.sub(r"\1", line))
    line = _EMPTY_BRACKETS.sub("", _EMPTY_BRACKETS.sub("", line))
    line = _SPACE_BEFORE.sub("", _SPACES.sub(" ", without(line, _ODD_SPACES, " ")))
    return _COMMAS.sub(r"\1", line)


def without(text: str, characters: str, instead: str = "") -> str:
    """The text without some characters, or with another in their places."""
    for one in characters:
        if one in text:  # sooner told than by `replace`
            text = text.replace(one, instead)
    return text


def _tight_brackets(text: str) -> str:
    """Without loose marks before closing brackets, which removed templates leave."""
    pieces: list[str] = []
    place = 0
    for found in _LOOSE_BRACKET.finditer(text):
        pieces.append(text[place : found.start()].rstrip(_LOOSE))
        place = found.start()
    pieces.append(text[place:])
    return "".join(pieces)


def _space(found: re.Match[str]) -> str:
    """A space where what was taken out stood between two sentences or words."""
    before = found.string[found.start() - 1 : found.start()]
    after = found.string[found.end()]
    words = before.isalpha() and max(before, after) < _NO_SPACES
    return " " if words or before in tuple(".!?,;:") else ""


def _inline_only(found: re.Match[str]) -> str:
    """A pronunciation that stands in a sentence; in brackets it is an aside of the page."""
    before = found.string[: found.start()]
    inside = sum(before.count(one) for one in "(（") > sum(before.count(one) for one in ")）")
    return "" if inside else found[1]


def _sections(lines: list[str]) -> list[str]:
    """The lines without headings of sections that have no text, not in a section below either."""
    kept: list[str] = []
    for line in reversed(lines):
        if not line.startswith(LINE) or (
            kept and (not kept[-1].startswith(LINE) or kept[-1][1] > line[1])
        ):
            kept.append(line)
    return [line[2:] if line.startswith(LINE) else line for line in reversed(kept)]
