"""Sentences with a gap, where a template stood that no table knows: dropped, or the gap marked."""

import re

from ultralink_data.wiki.abbreviations import (
    INSIDE_WITH_STOPS,
    NAMED_AFTER,
    ORDINAL_STOPS,
    TITLE_LETTERS,
    UNITS,
    abbreviations,
)
from ultralink_data.wiki.extract_config import Gaps
from ultralink_data.wiki.scan import GONE
from ultralink_data.wiki.template_arguments import UNKNOWN

MARK = "[...]"
"""What a reader sees of a gap that is marked."""

_CLOSING = "\"'”»’)]」』）"
_CLOSERS = re.escape(_CLOSING)
_STOPS = tuple(".!?…。！？।؟۔")
_RUN = re.compile(f"{UNKNOWN}[{UNKNOWN}{GONE}]*")
_AFTER_NOTE = re.compile(r"\s*(?:\n|\Z)|[ \t]+([^\W\d_])")
"""What stands behind a note on a whole sentence: nothing, or the first letter of the next one."""

_SENTENCE_END = re.compile(
    rf"(?P<stop>[.!?…])[{_CLOSERS}]*\s+(?=(?P<next>\S))|[。！？।؟۔][{_CLOSERS}]*\s*"
)
_LAST_WORDS = re.compile(r"([^\s(]*)\s+([^\s(]*)\Z|([^\s(]*)\Z")
_BEFORE_WORD = re.compile(r".*[’'“«„‘\"(\[-]")
_WORD = re.compile(r"[\"'“«„‘(\[¿¡]*([^\W\d_]+)(?![\w.])")
_NUMBER = re.compile(r"[-−+]?\d+(?:[.,:/]\d+)*[%‰°]?")
_SHORT_PART = re.compile(r"[^\W\d_]\.")
_SHORT_NUMBER = 2
"""Digits of a number that may be a day or a place in a row."""

_ANY_WORD = re.compile(r"\w")


def without_notes(text: str) -> str:
    """The text with `GONE` for what is a note on a whole sentence, not a part of one."""
    return _RUN.sub(_note, text)


def _note(found: re.Match[str]) -> str:
    text, start = found.string, found.start()
    if not text[max(0, start - 9) : start].rstrip(GONE + _CLOSING).endswith(_STOPS):
        return UNKNOWN
    after = _AFTER_NOTE.match(text, found.end())
    return UNKNOWN if after is None or (after[1] or "").islower() else GONE


def without_gaps(lines: list[str], gaps: Gaps, language: str = "") -> tuple[list[str], int]:
    """The lines with each gap marked, or without the sentences that have one, and their number.

    Where it is unsure whether a full stop ends a sentence, both sides count as one. What is alone
    on its line is no gap.
    """
    kept: list[str] = []
    dropped = 0
    for line in lines:
        if UNKNOWN not in line:
            kept.append(line)
        elif not _ANY_WORD.search(line.lstrip("\x00")[1 if line.startswith("\x00") else 0 :]):
            kept.append("")
        elif gaps == "mark":
            kept.append(re.sub(f"{UNKNOWN}+", MARK, line))
        else:
            parts = _sentences(line, language)
            left = [part for part in parts if UNKNOWN not in part]
            dropped += len(parts) - len(left)
            text = "".join(left).strip()
            kept.append(text if _ANY_WORD.search(text) else "")
    return kept, dropped


def _sentences(line: str, language: str) -> list[str]:
    """The line in sentences, each with the space after it."""
    places = [0]
    for found in _SENTENCE_END.finditer(line):
        if found["stop"] is None or _ends(line, found, places[-1], language):
            places.append(found.end())
    parts = [line[start:end] for start, end in zip(places, [*places[1:], len(line)], strict=True)]
    return [part for part in parts if part]


def _ends(line: str, found: re.Match[str], begin: int, language: str) -> bool:
    """Whether the full stop ends the sentence that begins at `begin`, as far as words tell."""
    if found["next"].islower():
        return False
    if found["stop"] != ".":
        return True
    # A long line is looked at once for each of its sentences, so only just before the stop.
    start = max(begin, found.start() - 40)
    words = _LAST_WORDS.search(line[start : found.start()])
    assert words is not None
    before, last = (words[1], words[2]) if words[3] is None else ("", words[3])
    if last.endswith(tuple(_CLOSING)):
        return True
    if _NUMBER.fullmatch(last):
        alone = line[begin : found.start()].strip("- ") == last  # the number of an item
        return not alone and _ends_after_number(last, found["next"], language)
    return _ends_after_word(last, before, line[found.end() : found.end() + 40], language)


def _ends_after_number(last: str, following: str, language: str) -> bool:
    if language in ORDINAL_STOPS or following.isdecimal():
        return len(last) > _SHORT_NUMBER and not (following.isdecimal() and len(last) < 4)
    return True


def _ends_after_word(last: str, before: str, after: str, language: str) -> bool:
    """Whether a sentence ends after `last`; `after` is what follows its full stop."""
    known = abbreviations(language)
    opener = _WORD.match(after)
    opens = opener is not None and opener[1].casefold() in known.openers
    both = (before if before.endswith(".") else "") + last
    if both.casefold() in INSIDE_WITH_STOPS:
        return False
    word = _BEFORE_WORD.sub("", last)
    if len(word) == 1 and _SHORT_PART.match(after):  # `a. C.`, `J. S.`
        return False
    if len(word) == 1 and word.isupper():  # an initial
        return opens and word != TITLE_LETTERS.get(language)
    if "." in last:  # `U.S.`, `J.-C.`
        return opens
    word = word.casefold()
    named, name = NAMED_AFTER.get(language, ("", ""))
    if word == named:
        return re.match(name, after) is None
    if word in UNITS and _NUMBER.fullmatch(before) and word not in known.unsure:
        return True
    if word in known.inside or last.casefold() in known.inside:
        return False
    if word in known.unsure:
        return opens
    return after[:1].isalpha() or word not in known.counting
