"""Which minus before a number is its sign and which subtracts: see `digits` beside this module."""

import re
from functools import cache
from typing import Final

from ultralink_data.text.number_style import (
    BOX_CLOSE,
    BOX_OPEN,
    CURRENCY_SIGNS,
    SPACES,
    NumberStyle,
)

_MINUS: Final = "-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"
_BETWEEN: Final = CURRENCY_SIGNS + BOX_OPEN
"""What may stand between a sign and its digits."""
_BLANKS: Final = frozenset(SPACES + "\n\t")
_NEAR_SIGN: Final = frozenset(_MINUS + _BETWEEN + SPACES + "\n\t")
_CLAUSE: Final = r"\A|[.,;:=(\n。，；：]"


def sign_start(text: str, start: int, style: NumberStyle) -> int | None:
    """The position of the minus sign of the number at `start`; None if it has none."""
    last = text[start - 1 : start]
    last = text[start - 2 : start - 1] if last == " " else last
    if last and last not in _NEAR_SIGN and last.lower() not in style.minus_ends:
        return None  # most numbers
    at = start
    while at and text[at - 1] in _BETWEEN:
        at -= 1
    spaced = at
    while at and text[at - 1] in SPACES:
        at -= 1
    if not at or text[at - 1] not in _MINUS:
        return word_sign_start(text, start, style) if at else None
    before = text[max(at - 33, 0) : at - 1]
    stripped = before.rstrip(SPACES)
    if at < spaced:  # "- 18": a list item or a subtraction, unless it follows "=" or "("
        return at - 1 if stripped.endswith(("=", "(")) else None
    if before and (before[-1].isalnum() or before[-1] in ")]%" + CURRENCY_SIGNS + BOX_CLOSE):
        # "$-18" has its sign between currency and digits; "5$-18" subtracts.
        owner = before.rstrip(CURRENCY_SIGNS)
        signed = before[-1] in CURRENCY_SIGNS and not owner[-1:].isdigit()
        return at - 1 if signed or _says_equal(before, style) else None
    return None if stripped[-1:].isdigit() else at - 1


def _says_equal(before: str, style: NumberStyle) -> bool:
    """Whether a word without a space after it, as in Chinese, announces a value."""
    if before[-1].isascii():
        return False
    equals, _ = _words_of_sign(style)
    return equals.search(before) is not None


def word_sign_start(text: str, start: int, style: NumberStyle) -> int | None:
    """The position of the word "minus" before the number at `start`; None if it subtracts."""
    at = start
    while at and text[at - 1] in _BETWEEN:
        at -= 1
    while at and text[at - 1] in _BLANKS:
        at -= 1
    if not at or text[at - 1].lower() not in style.minus_ends:
        return None
    before_sign, sign = _words_of_sign(style)
    word = sign.search(text, max(start - 24, 0), start)
    if word is None:
        return None
    subtracts = before_sign.search(text, max(word.start() - 16, 0), word.start()) is None
    return None if subtracts else word.start()


@cache
def _words_of_sign(style: NumberStyle) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Regexes for the end of a clause or a verb before a sign word, and for the sign word."""
    before = re.compile(rf"(?:{'|'.join((_CLAUSE, *style.equals))})\W*$", re.IGNORECASE)
    sign = re.compile(rf"(?:{'|'.join(style.minus)})[{CURRENCY_SIGNS}]?$", re.IGNORECASE)
    return before, sign
