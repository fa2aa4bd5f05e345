"""What scales digits without a word: the letters of `$70k` and `1.5M`, and powers of ten."""

import re
from fractions import Fraction
from typing import Final

from ultralink_data.text.number_style import CURRENCY_SIGNS, LETTER, SPACES

_E_POWER: Final = re.compile(r"[eE]([+−-]?\d{1,2})(?![\w%]|[.,]\d)")
_OF_A_NAME: Final = re.compile(rf"(?:{LETTER}|[\d_#@/\\.])\Z|{LETTER}[-_]\Z")
"""What stands before digits that are part of an identifier: hexadecimal ids, models, paths."""
_LETTERS: Final = re.compile(r"([kK]|[mM]n?|[bB]n?|[tT]n?)(?!\w)")
_AT_SIGN: Final = re.compile(rf"[{SPACES}]?([kKM])(?=[{CURRENCY_SIGNS.replace('$', '')}])")
"""Thousands or millions right before a currency sign: `70 k€`; `$` may end a formula."""
_FACTORS: Final = {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
_ANYWHERE: Final = "kKM"
"""Letters that also count without a currency sign before the digits."""
_OPERATOR_AFTER: Final = re.compile(rf"[{SPACES}]*[=+*/^×·-]")
_OPERATOR_BEFORE: Final = re.compile(rf"[=+*/^×·-][{SPACES}]*\Z")
_RAISED: Final = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "+-0123456789-")
_EXPONENT: Final = (
    r"(?:(?:\^|\*\*)[ ]?\{?(?P<plain>[-+−]?\d{1,2})\}?|(?P<raised>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))"
)
_TIMES_POWER: Final = re.compile(rf"[{SPACES}]?[×x*·⋅][{SPACES}]?10{_EXPONENT}(?![\d.]\d|\d)")
_POWER: Final = re.compile(rf"{_EXPONENT}(?![\d.]\d|\d)")
_MOST: Final = 30
"""Largest exponent that is read; a larger one makes no number of a text."""


def power_after(text: str, start: int, end: int) -> tuple[Fraction, int]:
    """The power of ten behind the digits from `start` to `end` of `4e3`, and where it ends.

    1 and `end` if there is none: an ordinal (`2e`), an identifier (`id-4e3`, `0x4e3`).
    """
    power = _E_POWER.match(text, end)
    if power is None or _OF_A_NAME.search(text, max(start - 2, 0), start):
        return Fraction(1), end
    exponent = int(power[1].translate(_RAISED))
    return (Fraction(10) ** exponent, power.end()) if abs(exponent) <= _MOST else (Fraction(1), end)


def scaling_after(text: str, start: int, end: int, *, whole: str | None) -> tuple[Fraction, int]:
    """The factor behind the digits from `start` to `end`, and where it ends; 1 and `end` if none.

    `whole` are the digits if they have no mark: a bare `10^3` is 1000. A letter in a formula (`2k +
    3k`) is a variable.
    """
    power = _TIMES_POWER.match(text, end)
    bare = power is None and whole == "10"
    if bare:
        power = _POWER.match(text, end)
    if power is not None:
        exponent = int((power["plain"] or power["raised"]).translate(_RAISED))
        if abs(exponent) <= _MOST:
            return Fraction(10) ** (exponent - bare), power.end()
    at_sign = _AT_SIGN.match(text, end)
    if at_sign is not None:
        return Fraction(_FACTORS[at_sign[1].lower()]), at_sign.end()
    letter = _LETTERS.match(text, end)
    if letter is None:
        return Fraction(1), end
    if text[start - 1 : start] not in CURRENCY_SIGNS or not start:
        formula = _OPERATOR_AFTER.match(text, letter.end()) or _OPERATOR_BEFORE.search(
            text, max(start - 3, 0), start
        )
        if letter[0] not in _ANYWHERE or formula:
            return Fraction(1), end
    return Fraction(_FACTORS[letter[0][0].lower()]), letter.end()
