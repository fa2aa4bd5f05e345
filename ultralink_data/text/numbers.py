"""Numbers of a text as exact values, in digits of any script or spelled out in a language's words.

`18`, `18.0`, `１８`, `١٨`, `१८` and "eighteen" are the same number. A mark is read as in
`tasks.grading.answer_numbers`, which grades answers and which this room may not import: twice or
more between groups of three it separates groups; of two different marks the last is decimal; a
group mark of the language, or a comma, before exactly three digits separates groups; every other
mark is the decimal one. Digits that fit none of this (`12.05.2020`, `1.2.3`) are integers of their
own. A scale word after digits counts (`5 million`, `3万`). Percent, currency, unit and exponent are
left out.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from ultralink_data import languages
from ultralink_data.languages.sections import NumberWords

_SPACES = " \u00a0\u2009\u202f"
_MINUS = "-\u2212\uff0d"
_CURRENCY = "$€£¥₽₹"
_MAX_DIGITS = 60
"""A longer run of digits is no number, and slow to convert."""

_TOKEN = re.compile(rf"\d+(?:[.,'’{_SPACES}]\d+)*")
_WORD = re.compile(
    r"(?:[^\W\d_][\u0300-\u036f\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957]*)+"
)
_BARE_POINT = re.compile(r"(?:\A|[\s(=$€£+*/-])[.]\Z")
_INTEGER = re.compile(r"\d+(?![.,]?\d)")
"""What a bare point may stand before: `section .2.3` and `.1.2.3` have none."""

_BETWEEN = re.compile(r"[ \u00a0\u200c]?[-‑ \u00a0]?\Z")
_CJK_RUN = re.compile("[零〇一二两兩三四五六七八九十百千万萬亿億]+")
_CJK = {char: n for n, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_CJK_TENS = {"十": 10, "百": 100, "千": 1000}
_CJK_SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


class Written(NamedTuple):
    """A number of a text, where it stands, and whether it is spelled out."""

    value: Decimal
    start: int
    end: int
    spelled: bool


def numbers_in(text: str, language: str) -> list[Decimal]:
    """The numbers of a text in order, those in words included.

    Raises:
        ConfigError: an unknown language.
    """
    return [written.value for written in find_written(text, language)]


def find_written(text: str, language: str) -> list[Written]:
    """The numbers of a text in order, with their places in it.

    Raises:
        ConfigError: an unknown language.
    """
    numbers = languages.get(language).numbers
    plain = "".join(map(_ascii, text))
    digits = list(_in_digits(plain, numbers))
    taken = {place for written in digits for place in range(written.start, written.end)}
    cjk = languages.get(language).phrases.script == "CJK"
    spelled = _in_cjk(plain) if cjk else _in_words(plain, numbers)
    found = digits + [written for written in spelled if written.start not in taken]
    return sorted(found, key=lambda written: written.start)


@cache
def _ascii(char: str) -> str:
    """One character for one: digits of any script, Arabic and full-width marks."""
    if char < "\x80":
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return {"\u066b": ".", "\u066c": ",", "\uff0e": ".", "\uff05": "%"}.get(char, char)


def _in_digits(text: str, numbers: NumberWords) -> Iterator[Written]:
    for match in _TOKEN.finditer(text):
        for value, start, end in _parts(match[0], numbers):
            first, last = match.start() + start, match.start() + end
            bare = start == 0 and _BARE_POINT.search(text, max(0, first - 3), first)
            whole = _INTEGER.match(text, first) if bare else None
            if whole and whole.end() == last:
                value, first = Decimal(f"0.{text[first:last]}"), first - 1
            factor, last = _scale_after(text, last, numbers)
            signed = start == 0 and _is_negative(text, first)
            value = value.copy_negate() if signed else value
            yield Written(value if factor == 1 else value * factor, first, last, False)


def _parts(token: str, numbers: NumberWords) -> Iterator[tuple[Decimal, int, int]]:
    """The numbers of a token of digits and marks, and their places in it.

    A token that is no number is cut at its spaces; a piece that is none is integers.
    """
    value = _value(token, numbers)
    if value is not None or token.isdigit():
        if value is not None:
            yield value, 0, len(token)
        return
    pattern = r"\d+" if not set(token) & set(_SPACES) else rf"[^{_SPACES}]+"
    for piece in re.finditer(pattern, token):
        for value, start, end in _parts(piece[0], numbers):
            yield value, piece.start() + start, piece.start() + end


def _value(token: str, numbers: NumberWords) -> Decimal | None:
    """The one number that a token writes, or None."""
    if len(token) > _MAX_DIGITS and len(max(re.findall(r"\d+", token), key=len)) > _MAX_DIGITS:
        return None
    marks = [" " if char in _SPACES else char for char in token if not char.isdigit()]
    groups = re.split(r"\D", token)
    if not marks:
        return Decimal(token)
    threes = 1 <= len(groups[0]) <= 3 and groups[0][0] != "0"
    kinds = set(marks)
    allowed = set(numbers.group_marks.replace("\u00a0", " ").replace("\u202f", " ")) | {
        "'",
        "’",
        ",",
    }
    if len(kinds) == 1 and len(marks) > 1:
        pairs = marks[0] == "," and all(len(g) == 2 for g in groups[1:-1]) and len(groups[-1]) == 3
        grouped = threes and (all(len(g) == 3 for g in groups[1:]) or pairs)
        mark_fits = marks[0] in allowed or marks[0] == "."
        return Decimal("".join(groups)) if grouped and mark_fits else None
    if len(kinds) == 2 and marks.count(marks[-1]) == 1:
        inner = all(len(g) in (2, 3) for g in groups[1:-1]) and len(groups[-2]) == 3
        fits = marks[-1] in ".," and (marks[0] in allowed or marks[0] == ".")
        return (
            Decimal("".join(groups[:-1]) + "." + groups[-1]) if threes and inner and fits else None
        )
    if len(kinds) > 1:
        return None
    if threes and len(groups[1]) == 3 and marks[0] in allowed:
        return Decimal("".join(groups))
    return Decimal(".".join(groups)) if marks[0] in ".," else None


def _scale_after(text: str, end: int, numbers: NumberWords) -> tuple[int, int]:
    """The factor of the scale word that follows digits, and where it ends; 1 where none does."""
    if text[end : end + 1] in _CJK_SCALES:
        return _CJK_SCALES[text[end]], end + 1
    word = _WORD.match(text, end + 1 if text[end : end + 1] in tuple(_SPACES) else end)
    if word is None or word.start() == end:
        return 1, end
    value = numbers.values.get(word[0].casefold(), 0)
    return (value, word.end()) if value >= 1000 else (1, end)


def _is_negative(text: str, start: int) -> bool:
    """Whether a minus stands before a number that has nothing before it to subtract from."""
    before = text[:start].rstrip(_CURRENCY)[-2:]
    return before[-1:] in tuple(_MINUS) and (len(before) < 2 or before[0] in " (=:[,\n\t$\u00a0")


def _in_words(text: str, numbers: NumberWords) -> Iterator[Written]:
    """Numbers in words: runs of number words with nothing but spaces and hyphens between them."""
    run: list[tuple[int, int, int]] = []
    joined, joint_end = False, 0
    for match in _WORD.finditer(text):
        if run and not _BETWEEN.match(text, run[-1][2] if not joined else joint_end, match.start()):
            yield from _composed(run, numbers)
            run, joined = [], False
        word = match[0].casefold().replace("i\u0307", "i")  # Turkish İki
        if run and not joined and word in numbers.joiners:
            joined, joint_end = True, match.end()
            continue
        values = _word_values(word, numbers)
        if not values and run and numbers.prefix and word.startswith(numbers.prefix):
            values = _word_values(word.removeprefix(numbers.prefix), numbers)
        if values:
            run += [(value, match.start(), match.end()) for value in values]
        else:
            yield from _composed(run, numbers)
            run = []
        joined = False
    yield from _composed(run, numbers)


def _word_values(word: str, numbers: NumberWords) -> tuple[int, ...]:
    """The values that a word is made of: one, or several where the language writes them as one."""
    value = numbers.values.get(word)
    if value is not None:
        return (value,)
    if not numbers.compounds:
        return ()
    for cut in range(len(word) - 2, 2, -1):
        head = numbers.values.get(word[:cut])
        if head is not None and (rest := _word_values(word[cut:], numbers)):
            return (head, *rest)
    return ()


def _composed(run: list[tuple[int, int, int]], numbers: NumberWords) -> Iterator[Written]:
    """The numbers that consecutive number words make: "two hundred five" is one, "two five" two."""
    total = current = 0
    start = end = -1
    for value, first, last in run:
        fits = start < 0
        if start >= 0:
            fits, total, current = _extended(total, current, value, numbers)
        if not fits:
            yield Written(Decimal(total + current), start, end, True)
            total = 0
        if not fits or start < 0:
            start, total, current = first, *((value, 0) if value >= 1000 else (0, value))
        end = last
    if start >= 0:
        yield Written(Decimal(total + current), start, end, True)


def _extended(total: int, current: int, value: int, numbers: NumberWords) -> tuple[bool, int, int]:
    """Whether a number goes on with this word, and then its parts above and below the scale."""
    if value >= 1000:
        fits = bool(current) and (not total or value < total)
        return fits, *((total + current * value, 0) if fits else (total, current))
    if value in (12, 20) and value in numbers.multiples and 0 < current < 20 and current != 1:
        return True, total, current * value
    if value == 100 and 0 < current < 10:
        return True, total, current * 100
    below = current % 100
    if not current:
        fits = total > 0
    elif value < 10:
        teen = below == 10 and 10 + value not in numbers.values.values()
        fits = below == 0 or teen or (below >= 20 and below % 10 == 0)
    elif value < 100:
        teens = below in (60, 80) and value < 20
        turned = numbers.units_first and below < 10 and (value == 10 or value >= 20)
        fits = below == 0 or teens or turned
    else:
        fits = False
    return fits, total, current + value if fits else current


def _in_cjk(text: str) -> Iterator[Written]:
    """Numbers in Chinese characters; a lone 一 is an article more often than a number."""
    for match in _CJK_RUN.finditer(text.replace("百分之", "\0\0\0")):
        run = match[0]
        if run == "一" or not any(char in _CJK or char == "十" for char in run):
            continue
        yield Written(Decimal(_cjk_value(run)), match.start(), match.end(), True)


def _cjk_value(run: str) -> int:
    if len(run) > 1 and all(char in _CJK for char in run):  # 二〇二四: digit by digit
        return int("".join(str(_CJK[char]) for char in run))
    total = section = digit = 0
    for char in run:
        if char in _CJK:
            digit = _CJK[char]
        elif char in _CJK_TENS:
            section += (digit or 1) * _CJK_TENS[char]
            digit = 0
        else:
            total = (total + section + digit) * _CJK_SCALES[char]
            section = digit = 0
    return total + section + digit
