"""Sentences with a gap, where a template stood that no table knows: dropped, or the gap marked."""

import re

from ultralink_data.wiki.extract_config import Gaps
from ultralink_data.wiki.scan import GONE
from ultralink_data.wiki.template_text import UNKNOWN

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
_LAST_WORD = re.compile(r"[^\s(]*\Z")
_LONGEST_SHORT = 2
"""Letters: before a full stop a word of no more may be shortened (`Dr.`, `av.`)."""

_TITLES = frozenset(
    (
        *("prof", "capt", "mrs", "rev", "gen", "col", "sgt", "lieut", "cpt", "gov", "sra", "dra"),
        *("srta", "mme", "mlle", "проф", "акад", "доц", "doç", "bros", "sta"),
    )
)
"""Longer words with a full stop before a name."""

_SHORTENED = frozenset(
    (
        *("approx", "appr", "aprox", "prox", "environ", "vol", "vols", "fig", "figs", "nos", "sec"),
        *("art", "est", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct"),
        *("nov", "dec", "cap", "pág", "págs", "núm", "janv", "févr", "avr", "juil", "déc", "chap"),
        *("hab", "min", "max", "прибл", "ориг", "букв", "млн", "млрд", "тыс", "рис", "стр", "том"),
        *("англ", "нем", "исп", "итал", "греч", "араб", "кит", "лат", "род", "обл", "evtl", "geb"),
        *("gest", "bzw", "str", "bkz", "yak", "noin", "syn", "kuol"),
    )
)
"""Longer words with a full stop before a number, or what a template printed; some end sentences."""

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


def without_gaps(lines: list[str], gaps: Gaps) -> tuple[list[str], int]:
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
            parts = _sentences(line)
            left = [part for part in parts if UNKNOWN not in part]
            dropped += len(parts) - len(left)
            text = "".join(left).strip()
            kept.append(text if _ANY_WORD.search(text) else "")
    return kept, dropped


def _sentences(line: str) -> list[str]:
    """The line in sentences, each with the space after it."""
    places = [0]
    for found in _SENTENCE_END.finditer(line):
        if found["stop"] is None or _ends(line, found):
            places.append(found.end())
    parts = [line[start:end] for start, end in zip(places, [*places[1:], len(line)], strict=True)]
    return [part for part in parts if part]


def _ends(line: str, found: re.Match[str]) -> bool:
    if found["next"].islower():
        return False
    if found["stop"] != ".":
        return True
    # A long line is looked at once for each of its sentences, so only just before the stop.
    word = _LAST_WORD.search(line[max(0, found.start() - 40) : found.start()])
    last = word.group() if word is not None else ""
    if last.isdecimal():  # a day or a number in a row: `3. Bundesliga`
        return len(last) > _LONGEST_SHORT and not found["next"].isdecimal()
    if last.endswith(tuple(_CLOSING)):
        return True
    letters = "".join(one for one in last if one.isalpha()).casefold()
    if "." in last or len(letters) <= _LONGEST_SHORT or letters in _TITLES:  # `J.-C.`, `U.S.`
        return False
    return found["next"].isalpha() or letters not in _SHORTENED
