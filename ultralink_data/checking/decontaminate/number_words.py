"""The numbers of a text as comparable words: `50,000`, `50.000` and "fifty thousand" are "50000".

Languages with a file are read by `numbers_in_text`, words included; of others the digits alone, of
whatever script.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from ultralink_data import languages
from ultralink_data.text.numbers import numbers_in

NumbersOf = Callable[[str, str], Sequence[str]]
"""Numbers of a text in a language, in order, each in its shortest decimal form."""

_FORM: Final = re.compile(
    r"\d{1,3}(?:[\u00a0\u202f\u2009]\d{3})+(?!\d)|\d+(?:[.,\u066b\u066c]\d+)*", re.ASCII
)
_LONGEST: Final = 30
"""Characters; a longer run of digits is no number of a word problem."""


def numbers_of(text: str, language: str) -> list[str]:
    """The numbers of a text in their order, without their signs."""
    if language in known_languages():
        return [format(abs(value).normalize(), "f") for value in numbers_in(text, language)]
    return digits_of(text)


@cache
def known_languages() -> frozenset[str]:
    """The languages that have a file; looking for it is slow."""
    return frozenset(languages.names())


def digits_of(text: str) -> list[str]:
    """The numbers that stand in digits, whatever the language: much faster than `numbers_of`."""
    if not text.isascii():
        text = "".join(map(_ascii_digit, text))
    return [shortest(found) for found in _FORM.findall(text) if len(found) <= _LONGEST]


@cache
def _ascii_digit(character: str) -> str:
    if character < "\u0100":
        return character
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def shortest(text: str) -> str:
    """A number without marks between groups and zeros at either end.

    Of two different marks the last is decimal; one mark before exactly three digits parts groups.
    """
    text = re.sub(r"[\s\u00a0\u202f\u2009\u066c]", "", text).replace("\u066b", ".")
    marks = [character for character in text if character in ".,"]
    if not marks:
        return text.lstrip("0") or "0"
    head, _, tail = text.rpartition(marks[-1])
    alike = len(set(marks)) == 1
    groups = alike and len(tail) == 3 and (len(marks) > 1 or 0 < len(head.lstrip("0")) <= 3)
    digits = re.sub(r"[.,]", "", head)
    if groups or (alike and len(marks) > 1):
        return (digits + tail).lstrip("0") or "0"
    tail = tail.rstrip("0")
    return (digits.lstrip("0") or "0") + (f".{tail}" if tail else "")
