"""The numbers of a text as comparable words: `50,000`, `50.000` and "fifty thousand" are "50000".

Languages with a file are read in digits and words, as everywhere; for others only digits, of any
script. Signs are left out: they get lost when a problem is retold.
"""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache

from ultralink_data import languages
from ultralink_data.text.digits import find_digits, plain, render
from ultralink_data.text.number_style import ANY
from ultralink_data.text.numbers import numbers_in

NumbersOf = Callable[[str, str], Sequence[str]]
"""Numbers of a text in a language, in order, each in its shortest decimal form."""


def numbers_of(text: str, language: str) -> list[str]:
    """The numbers of a text in order, without signs."""
    if language in known_languages():
        return [render(abs(value)) for value in numbers_in(text, language)]
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


@lru_cache(maxsize=64)
def _digits_of(text: str) -> tuple[str, ...]:
    """For the turns of a row, which are asked for twice: as a leak and as a duplicate."""
    found = find_digits(plain(text), ANY, fractions=False)
    return tuple(render(abs(number.value)) for number in found)
