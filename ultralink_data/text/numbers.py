"""Read numbers as exact values, in digits of any script or spelled out in a language's words.

`18`, `18.0`, `１８`, `١٨`, `१८` and "eighteen" are the same number. Digits are read by
`ultralink_data.text.digits` for all callers; `spelled` and
`spelled_characters` read the words; this module joins what is one number: `27万六千`, "three point
five", "two and a half million".
"""

import re
import unicodedata
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from ultralink_data import languages
from ultralink_data.text.digits import DigitNumber, find_digits, plain
from ultralink_data.text.number_style import LETTER, style_of
from ultralink_data.text.signs import word_sign_start
from ultralink_data.text.spelled import find_spelled
from ultralink_data.text.spelled_characters import digits_of_characters, find_in_characters

_HALF: Final = Fraction(1, 2)
_REACH: Final = 32
"""Characters behind a number in which words may belong to it."""
_BEFORE: Final = 12
"""Characters before a number that are searched for a word that adds to it."""


class Written(NamedTuple):
    """A number in a text, its position without the sign, and whether it is spelled out.

    `decimals` is the number of digits after its decimal mark, `scale` the last scale or dozen in
    it ("two million"), 1 if it has none.
    """

    value: Fraction
    start: int
    end: int
    spelled: bool
    decimals: int = 0
    scale: int = 1


def numbers_in(text: str, language: str) -> list[Fraction]:
    """The numbers of a text in order, including those in words.

    Raises:
        ConfigError: an unknown language.
    """
    return [written.value for written in find_written(text, language)]


def find_written(text: str, language: str) -> list[Written]:
    """The numbers of a text in order, with their positions.

    Raises:
        ConfigError: an unknown language.
    """
    numbers = languages.get(language).numbers
    text, places = _composed_form(text)
    text = plain(text)
    style = style_of(language)
    found = [
        Written(number.value, number.first, number.end, False, number.decimals, number.scale)
        for number in find_digits(text, style, fractions=False)
    ]
    if numbers.characters:
        text = _without_scales(text, found)
    for idiom in numbers.idioms:
        text = text.replace(idiom, "\0" * len(idiom))
    lone: set[int] = set()
    words = [
        *(find_in_characters(text, numbers) if numbers.characters else find_spelled(text, language))
    ]
    taken = {n for number in found for n in range(number.start, number.end)} if words else ()
    for word in words:
        if word.start in taken:
            continue
        negative = word_sign_start(text, word.start, style) is not None
        value = -word.value if negative else word.value
        found.append(Written(value, word.start, word.end, True, 0, word.scale))
        if word.lone:
            lone.add(word.start)
    if not found:
        return []
    found.sort(key=lambda written: written.start)
    found = _joined(text, found, lone, language)
    if places is None:
        return found
    return [w._replace(start=places[w.start], end=places[w.end]) for w in found]


def _composed_form(text: str) -> tuple[str, list[int] | None]:
    """The text in NFC, as language files are, and where in it each character stood; None: there.

    One letter may be written as one character or as a letter and marks (`ü`, Bengali `য়`).
    """
    if unicodedata.is_normalized("NFC", text):
        return text, None
    parts: list[str] = []
    places: list[int] = []
    begin = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not unicodedata.category(text[at]).startswith("M"):
            parts.append(unicodedata.normalize("NFC", text[begin:at]))
            places += [begin] * len(parts[-1])
            begin = at
    return "".join(parts), [*places, len(text)]


def _without_scales(text: str, digits: list[Written]) -> str:
    """A text in which the scales of digits are no characters that could begin a number."""
    parts, at = [], 0
    for number in digits:
        if number.scale > 1:
            end = number.end
            while end > at and not text[end - 1].isdigit():
                end -= 1
            parts += [text[at:end], "\0" * (number.end - end)]
            at = number.end
    return "".join([*parts, text[at:]]) if at else text


class _Joints(NamedTuple):
    """What joins numbers of a language to one; a pattern is None if the language has no such words.

    `point` matches what stands between a number and its decimals, `half` "and a half" behind a
    number, `before` one of the words of `added`, whose values are added to the number behind it;
    `minutes` what shows that decimals are none.
    """

    point: re.Pattern[str] | None
    half: re.Pattern[str] | None
    before: re.Pattern[str] | None
    added: dict[str, Fraction]
    minutes: re.Pattern[str]


@cache
def _joints(language: str) -> _Joints:
    sections = languages.get(language)
    numbers, forms = sections.numbers, sections.forms
    words = "|".join(map(re.escape, numbers.decimal_words))
    point = rf"\s{{1,2}}(?:{words})\s{{1,2}}" if sections.writing.spaces else rf" ?(?:{words}) ?"
    half = "" if numbers.characters else forms.and_half
    adding = "|".join(map(re.escape, forms.added_before))
    return _Joints(
        point=re.compile(point, re.IGNORECASE) if words else None,
        half=re.compile(rf"[\s-]?(?:{half})(?!{LETTER})", re.IGNORECASE) if half else None,
        before=re.compile(rf"(?<!{LETTER})({adding})\s{{1,2}}\Z") if adding else None,
        added={word: Fraction(value) for word, value in forms.added_before.items()},
        minutes=re.compile(sections.units["minute"]),
    )


def _joined(text: str, numbers: list[Written], lone: set[int], language: str) -> list[Written]:
    """Numbers in order, with those that are one made one, and without the lone ones."""
    joints = _joints(language)
    found: list[Written] = []
    halved = -1  # where the last number with a half ends
    for number in numbers:
        if found and number.start - found[-1].end < _BEFORE:
            last = found[-1]
            one = _one(text, last, number, language)
            scaled = halved == last.end >= number.start - 1 and _is_scale(text, number)
            if one is None and scaled:  # two and a half million
                one = number._replace(value=last.value * number.value, start=last.start)
            if one is not None and (number.start > last.end or number.start not in lone):
                found[-1] = one
                lone -= {last.start, number.start}
                continue
        if number.spelled and joints.before is not None:
            match = joints.before.search(text, max(number.start - _BEFORE, 0), number.start)
            if match is not None:
                value = number.value + joints.added[match[1]] * number.scale
                number = number._replace(value=value, start=match.start())
        half = joints.half.match(text, number.end) if joints.half else None
        if half is not None:
            halved = half.end()
            part = _HALF * (number.scale if number.scale != 100 else 1)
            number = number._replace(value=number.value + part, end=halved)
        found.append(number)
    return [number for number in found if number.start not in lone] if lone else found


def _is_scale(text: str, number: Written) -> bool:
    """Whether a number is one bare scale word."""
    word = text[number.start : number.end]
    return number.spelled and number.value == number.scale >= 100 and " " not in word


def _one(text: str, last: Written, number: Written, language: str) -> Written | None:
    """Two neighbours as one number; None if they are two."""
    gap = text[last.end : number.start]
    if not gap:
        return _next_part(last, number, language)
    if not (last.spelled and number.spelled):
        return None
    if last.decimals:  # three point one four
        digits = str(number.value) if gap == " " and 0 <= number.value < 10 else ""
        return _with_decimals(last, number, digits)
    if gap in (", ", "، ") and number.value >= 100:  # two thousand, three hundred
        fits = last.scale >= 1000 and number.value < last.scale and not last.value % last.scale
        return number._replace(value=last.value + number.value, start=last.start) if fits else None
    joints = _joints(language)
    if joints.point is None or last.scale > 1 or not joints.point.fullmatch(gap):
        return None
    numbers = languages.get(language).numbers
    if numbers.characters:
        digits = digits_of_characters(text[number.start : number.end], numbers)
        digits = "" if joints.minutes.match(text, number.end) else digits
    else:
        digits = str(number.value) if 0 <= number.value < 100 else ""
    return _with_decimals(last, number, digits)


def _with_decimals(last: Written, number: Written, digits: str) -> Written | None:
    """A number with more decimals; None if there are none."""
    if not digits.isdecimal():
        return None
    decimals = last.decimals + len(digits)
    value = last.value + Fraction(int(digits), 10**decimals)
    return number._replace(value=value, start=last.start, decimals=decimals)


def _next_part(last: Written, number: Written, language: str) -> Written | None:
    """Digits and characters side by side after a scale: `27万六千`, `3千五`."""
    if last.spelled == number.spelled or not 0 < number.value < last.scale or last.scale < 100:
        return None
    value = number.value
    short = languages.get(language).numbers.short_tails
    if short and number.spelled and number.scale == 1 and value < 10:
        value *= Fraction(last.scale, 10)
    return number._replace(value=last.value + value, start=last.start)


def with_words(text: str, number: DigitNumber, language: str) -> DigitNumber:
    """A number in digits with the words behind it that belong to it: `27万六千`, `2 and a half`.

    Raises:
        ConfigError: an unknown language.
    """
    half = _joints(language).half
    if number.scale == 1 and (half is None or not half.match(text, number.end)):
        return number
    found = find_written(text[number.first : number.end + _REACH], language)
    longer = bool(found) and found[0].start == 0 and found[0].end > number.end - number.first
    if not longer:
        return number
    value = -found[0].value if number.value < 0 else found[0].value
    return number._replace(value=value, end=number.first + found[0].end)
