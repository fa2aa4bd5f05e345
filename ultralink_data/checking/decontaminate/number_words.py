"""The numbers of a text as comparable words: `50,000`, `50.000` and "fifty thousand" are "50000".

Languages with a file are read in digits and words, as everywhere; for others only digits, of any
script. Signs are left out: they get lost when a problem is retold.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Final

from ultralink_data import languages
from ultralink_data.text.digits import plain, render, rendered_digits
from ultralink_data.text.numbers import numbers_in

_MANY: Final = 12
"""Runs of digits above which only the end of a text is read for its last numbers."""
_DIGITS: Final = re.compile(r"\d+")
_WITHIN_WORD: Final = re.compile("(?<=[a-z])(?=[a-z])")

NumbersOf = Callable[[str, str], Sequence[str]]
"""Numbers of a text in a language, in order, each in its shortest decimal form."""


def numbers_of(text: str, language: str) -> list[str]:
    """The numbers of a text in order, without signs."""
    if language in known_languages():
        return [render(value).lstrip("-") for value in numbers_in(text, language)]
    return digits_of(text)


@cache
def known_languages() -> frozenset[str]:
    """The languages that have a file; looking for it is slow."""
    return frozenset(languages.names())


def digits_of(text: str) -> list[str]:
    """The numbers written in digits, in any language: much faster than `numbers_of`.

    Words are not read, and one mark before exactly three digits separates groups, so that texts of
    two languages compare alike.
    """
    return [*_digits_of(text)]


def last_digits_of(text: str, count: int) -> list[str]:
    """The last `count` of `digits_of`; of a text with many numbers only the end is read.

    The end begins within a word: what stands before changes no number behind it.
    """
    runs = [run.start() for run in _DIGITS.finditer(text)]
    if len(runs) > _MANY:
        inside = _WITHIN_WORD.search(text, runs[-_MANY], runs[-2 * count])
        found = digits_of(text[inside.start() :]) if inside else []
        if len(found) >= count:
            return found[-count:]
    return digits_of(text)[-count:]


@lru_cache(maxsize=64)
def _digits_of(text: str) -> tuple[str, ...]:
    """For the turns of a row, which are asked for twice: as a leak and as a duplicate."""
    return tuple(rendered_digits(plain(text)))
