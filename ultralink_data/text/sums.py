r"""Equations between numbers that stand in a text and do not hold: "3 + 4 = 8".

Only what is wholly written in digits is looked at: numbers, `+ - * / : x` and their signs, and the
equals sign. An equation that goes on with something else on either side (a variable, a bracket, a
power, LaTeX) is passed over, as its value cannot be told from what is read. A value that was
rounded to the decimals that are written holds, and so does a percentage with or without its sign,
and cents for a part of a currency; of a chain that goes on with the last result
(`5 * 3 = 15 * 2 = 30`) each step is looked at alone.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

from ultralink_data import languages
from ultralink_data.text.digits import DigitNumber, find_digits, plain
from ultralink_data.text.number_style import ANY, CURRENCY_SIGNS, LETTER, SPACES, style_of

_MOST: Final = 12
"""Numbers of one side; more are no sum that somebody wrote, and their value could be huge."""
_LARGEST: Final = Fraction(10**18)
_ROUNDED: Final = Fraction(1, 100)
"""By how much of itself a value may be off that is made of decimals, which may be rounded."""

_BLANK: Final = rf"[{SPACES}\t]*"
_MONEY: Final = rf"(?:\\?[{CURRENCY_SIGNS}])?"
_SIGNS: Final = {
    "+": "+",
    **dict.fromkeys("-\u2212\u2013", "-"),
    **dict.fromkeys("*\u00d7\u00b7\u22c5xX", "*"),
    **dict.fromkeys("/\u00f7:", "/"),
    "\\times": "*",
    "\\cdot": "*",
    "\\div": "/",
}
_BETWEEN: Final = re.compile(
    rf"(?P<percent>{_BLANK}\\?%)?{_BLANK}{_MONEY}{_BLANK}"
    r"(?P<sign>=|[-+\u2212\u2013*\u00d7\u00b7\u22c5xX/\u00f7]|\\(?:times|cdot|div)(?![a-z])"
    rf"|(?<=[{SPACES}]):(?=[{SPACES}]))"
    rf"{_BLANK}{_MONEY}{_BLANK}"
)
"""What stands between two numbers of an equation."""
_GOES_ON_BEFORE: Final = re.compile(
    rf"(?:{LETTER}|[\d_.,]|(?<!{LETTER}){LETTER}:)\Z"
    rf"|[-+*/\u00d7\u00b7\u22c5\u00f7\u2212\u2013^)\]}}%\u00b0|\\!\u221a]{_BLANK}{_MONEY}\Z"
    rf"|(?<!<)<{_BLANK}\Z|(?:[-+*/\u00d7\u00f7\u2212]{_BLANK}|\w)[(\[{{]{_BLANK}{_MONEY}\Z"
    rf"|\d{_BLANK}\Z|%{_BLANK}{LETTER}+{_BLANK}{_MONEY}\Z"
)
_LIST_ITEM: Final = re.compile(rf"(?:\A|\n){_BLANK}(?:[-*+\u2013]|\d+[.)])[{SPACES}\t]+{_MONEY}\Z")
_VARIABLE: Final = rf"[A-Za-z\u0391-\u03c9](?!{LETTER})"
_GOES_ON_AFTER: Final = re.compile(
    rf"(?:{_BLANK}\\?%)?(?:{_VARIABLE}|{_BLANK}\d|[!^\u00b0(\[{{_]"
    rf"|{_BLANK}{_MONEY}{_BLANK}(?:[-+*/\u00d7\u00b7\u22c5\u00f7\u2212\u2013^=\u2248(]"
    rf"|[xX:]{_BLANK}[\d(]|\\(?![)\]\\n])|{_VARIABLE})|{_BLANK}[(\\]*p?mod\b)"
)
_NEAR: Final = 24
"""Characters around an equation that are looked at."""


class _Term(NamedTuple):
    """A number of a side, the sign before it ("" for the first), and whether a % follows."""

    sign: str
    number: DigitNumber
    percent: bool


class _Value(NamedTuple):
    """What a side comes to; `written` if it is one number, `rough` if decimals are in it."""

    value: Fraction
    percent: bool
    written: DigitNumber | None
    first: Fraction
    rough: bool


def wrong_sum(text: str, language: str) -> str:
    """The first equation of a text that does not hold, as it is written; "" if all hold."""
    if "=" not in text and "\uff1d" not in text:
        return ""
    said = plain(text)
    style = style_of(language) if language in languages.names() else ANY
    for sides in _equations(said, find_digits(said, style, fractions=False)):
        values = [_value(side) for side in sides]
        for (left, right), (one, other) in zip(pairwise(sides), pairwise(values), strict=True):
            begin, end = left[0].number.start, right[-1].number.end
            money = any(sign in said[max(begin - 1, 0) : end] for sign in CURRENCY_SIGNS)
            if one is not None and other is not None and not _holds(one, other, money):
                return text[begin:end]
    return ""


def _equations(said: str, numbers: Sequence[DigitNumber]) -> Iterator[list[list[_Term]]]:
    """Runs of sides with an equals sign between them; those of one side say nothing."""
    if not numbers:
        return
    first, sides = numbers[0], [[_Term("", numbers[0], percent=False)]]
    for left, right in pairwise(numbers):
        gap = said[left.end : right.start] if right.start - left.end <= _NEAR else ""
        between = _BETWEEN.fullmatch(gap)
        if between is None:
            yield _whole(said, first, sides)
            first, sides = right, [[_Term("", right, percent=False)]]
            continue
        sides[-1][-1] = sides[-1][-1]._replace(percent=between["percent"] is not None)
        if between["sign"] == "=":
            sides.append([_Term("", right, percent=False)])
        else:
            sides[-1].append(_Term(_SIGNS[between["sign"]], right, percent=False))
    yield _whole(said, first, sides)


def _whole(said: str, first: DigitNumber, sides: list[list[_Term]]) -> list[list[_Term]]:
    """The sides without the first or last where something that is not read belongs to it."""
    if len(sides) < 2:
        return []
    before = said[max(first.start - _NEAR, 0) : first.start]
    if _GOES_ON_BEFORE.search(before) and not _LIST_ITEM.search(before):
        sides = sides[1:]
    last = sides[-1][-1].number.end
    after = said[last : last + _NEAR]
    if _GOES_ON_AFTER.match(after):
        return sides[:-1]
    if re.match(rf"{_BLANK}\\?%", after):
        sides[-1][-1] = sides[-1][-1]._replace(percent=True)
    return sides


def _value(side: Sequence[_Term]) -> _Value | None:
    """What a side comes to, products before sums; None if it divides by zero or is too large."""
    if len(side) > _MOST:
        return None
    whole, product, sign = Fraction(0), Fraction(0), "+"
    for term in side:
        value = term.number.value / (100 if term.percent else 1)
        if abs(value) > _LARGEST or (term.sign == "/" and not value):
            return None
        if term.sign == "*":
            product *= value
        elif term.sign == "/":
            product /= value
        else:
            if term.sign and term.percent != side[0].percent:
                return None  # "80 - 20 %" is 64 to some
            whole += product if sign == "+" else -product
            product, sign = value, term.sign or "+"
    whole += product if sign == "+" else -product
    first, alone = side[0], len(side) == 1
    return _Value(
        value=whole,
        percent=any(term.percent for term in side),
        written=first.number if alone else None,
        first=first.number.value / (100 if first.percent else 1),
        rough=any(term.number.decimals for term in side) and not alone,
    )


def _holds(one: _Value, other: _Value, money: bool) -> bool:
    """Whether two sides come to the same; sides without any sign say nothing about a sum.

    A percentage may stand without its sign, and a part of `money` in cents.
    """
    if one.written is not None and other.written is not None:
        return True
    if other.written is None and other.first == one.value:
        return True  # the sum goes on with the result
    factors = (Fraction(1), Fraction(100), Fraction(1, 100))
    return any(
        _near(one, other, factor)
        for factor in (factors if one.percent or other.percent or money else factors[:1])
    )


def _near(one: _Value, other: _Value, factor: Fraction) -> bool:
    made, result = (one, other) if one.written is None else (other, one)
    value = made.value * (factor if made is one else 1 / factor)
    off = abs(value - result.value)
    if not off:
        return True
    if (made.rough or result.rough) and off <= _ROUNDED * max(abs(value), abs(result.value)):
        return True
    if result.written is None:
        return False
    step = Fraction(result.written.scale, 10**result.written.decimals)
    if result.percent:
        step /= 100
    return (value / step).denominator != 1 and off < step
