"""What a question asks to count, and the units of numbers in an answer.

"How many minutes ...?" is answered by 70 in "1 h 10" and by 2600 in "2.6 kg, that is 2600 g" if
grams are asked for. Units are those that every language file names, with their signs.
"""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from tasks.grading.answer_numbers import normalise
from ultralink_data.text.digits import DigitNumber
from ultralink_data.text.number_style import CURRENCY_SIGNS
from ultralink_data.translation.unit_words import anywhere, at_number, before_number
from ultralink_data.unit_sizes import UNIT_DIMENSIONS, UNIT_PARTS, UNIT_SIZES

_CLOSE: Final = Fraction(2, 100)
"""Two quantities that differ by less are one, rounded."""
_JOINT: Final = re.compile(r"\s*\.?,?\s*(?:[^\W\d]{1,3}\s+)?")
_MINUTES: Final = re.compile(r"\s?m(?![^\W_])|(?!\s?[^\W\d_])")
"""Behind the minutes of "1 h 10" and "1h 10m": nothing that is counted."""
_SENTENCE: Final = re.compile(r"[.!]\s+|[。！।]\s*(?=\S)")
_REACH: Final = 24
_LEAST: Final = 3
"""Letters that two forms of a word share at least."""


class Asked(NamedTuple):
    """What a question asks to count: words, and the unit if they name one; both may be empty.

    `difference` says whether it asks how many more there are.
    """

    words: tuple[str, ...] = ()
    unit: str = ""
    difference: bool = False


@cache
def asked_for(question: str, patterns: tuple[str, ...], language: str, differs: str = "") -> Asked:
    """What the last "how many" of a question asks for, or the unit that it wants ("in grams?").

    `differs` is in the last sentence of a question that asks how many more.
    """
    question = normalise(question)
    last = _SENTENCE.split(question.rstrip())[-1]
    difference = bool(differs) and re.search(differs, last, re.IGNORECASE) is not None
    found: list[tuple[int, str]] = []
    for pattern in _asking(patterns):
        found += [(match.start(1), match[1]) for match in pattern.finditer(question)]
    if not found:
        return Asked(difference=difference)
    asked = max(found)[1].strip()
    unit = next((u for u in UNIT_DIMENSIONS if _names(u, asked, language)), "")
    return Asked(tuple(asked.casefold().split()[:1]), unit, difference)


@cache
def _asking(patterns: tuple[str, ...]) -> list[re.Pattern[str]]:
    """The patterns with letters in the form that `normalise` gives a text."""
    return [re.compile(unicodedata.normalize("NFC", p), re.IGNORECASE) for p in patterns]


def _names(unit: str, text: str, language: str) -> bool:
    """Whether a text begins with a unit, or names it with one of its longer words."""
    found = at_number(unit, language).match(text) or anywhere(unit, language).search(text)
    return found is not None


def unit_of(text: str, number: DigitNumber, language: str) -> str:
    """The unit at a number; "" if it has none that is known."""
    after = text[number.end : number.end + _REACH]
    before = text[max(number.start - 12, 0) : number.start] + text[number.start : number.first]
    if _either(tuple(UNIT_DIMENSIONS), language).match(after):
        ends = {u: at_number(u, language).match(after) for u in UNIT_DIMENSIONS}
        return max(ends, key=lambda unit: match.end() if (match := ends[unit]) else -1)
    currencies = (u for u, dimension in UNIT_DIMENSIONS.items() if dimension == "currency")
    return next((u for u in currencies if before_number(u, language).search(before)), "")


def is_price(text: str, number: DigitNumber, language: str) -> bool:
    """Whether a number is an amount of money."""
    signed = text[max(number.first - 1, 0) : number.first] in CURRENCY_SIGNS and number.first
    return bool(signed) or UNIT_DIMENSIONS.get(unit_of(text, number, language)) == "currency"


def answers(text: str, number: DigitNumber, asked: Asked, language: str) -> bool:
    """Whether a number counts what is asked for."""
    unit = unit_of(text, number, language)
    if asked.unit and unit:
        return unit == asked.unit
    after = text[number.end : number.end + _REACH].strip().casefold()
    before = text[max(number.start - _REACH, 0) : number.start].strip().casefold()
    near = [*re.findall(r"[^\W\d]+", after)[:2], *re.findall(r"[^\W\d]+", before)[-1:]]
    return any(
        _alike(word, other) or after.startswith(word) for word in asked.words for other in near
    )


def _alike(one: str, other: str) -> bool:
    """Whether two words may be forms of one: "day" and "days"."""
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if shared is None:
        shared = min(len(one), len(other))
    return shared >= _LEAST and shared >= max(len(one), len(other)) - 3


def same_quantity(text: str, one: DigitNumber, other: DigitNumber, language: str) -> bool:
    """Whether two numbers with different units of one dimension are the same quantity."""
    first, second = unit_of(text, one, language), unit_of(text, other, language)
    if first == second or not first or not second:
        return False
    if UNIT_DIMENSIONS[first] != UNIT_DIMENSIONS[second] or {first, second} - UNIT_SIZES.keys():
        return False
    left, right = one.value * UNIT_SIZES[first], other.value * UNIT_SIZES[second]
    return abs(left - right) <= _CLOSE * max(abs(left), abs(right))


def whole_quantities(
    text: str, numbers: Sequence[DigitNumber], asked: Asked, language: str
) -> list[DigitNumber]:
    """Numbers, with "2 hours 30 minutes" as one: in the unit asked for, else in the smaller one."""
    if len(numbers) < 2:
        return [*numbers]
    merged = [numbers[0]]
    for left, right in pairwise(numbers):
        one = _joined_quantity(text, left, right, asked, language)
        if one is not None and merged[-1] is left:
            merged[-1] = one
        else:
            merged.append(right)
    return merged


def _joined_quantity(
    text: str, left: DigitNumber, right: DigitNumber, asked: Asked, language: str
) -> DigitNumber | None:
    """Two numbers as one quantity; None if they are two."""
    gap = text[left.end : right.start]
    if len(gap) > _REACH or left.decimals or not _either(tuple(UNIT_PARTS), language).match(gap):
        return None
    if left.value < 0 or not 0 <= right.value < 1000:
        return None
    for big, small in UNIT_PARTS.items():
        match = at_number(big, language).match(gap)
        if match is None:
            continue
        joint = _JOINT.fullmatch(gap, match.end())
        named = at_number(small, language).match(text[right.end : right.end + _REACH])
        bare = big == "hour" and _MINUTES.match(text, right.end) and right.end - right.first == 2
        if joint is None or not (named or bare):
            return None
        factor = UNIT_SIZES[big] / UNIT_SIZES[small]
        if right.value >= factor:
            return None
        value = left.value * factor + right.value
        in_big = asked.unit == big or (UNIT_DIMENSIONS[big] == "currency" and asked.unit != small)
        end = right.end
        return left._replace(value=value / factor if in_big else value, end=end, decimals=0)
    return None


@cache
def _either(units: tuple[str, ...], language: str) -> re.Pattern[str]:
    """What finds one of several units right after a number."""
    either = "|".join(f"(?:{at_number(unit, language).pattern})" for unit in units)
    return re.compile(either, re.IGNORECASE)
