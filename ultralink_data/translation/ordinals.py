"""Ordinals of a text that are gone from its translation: "the third box" as "the box"."""

import re
import unicodedata
from collections.abc import Collection
from fractions import Fraction
from functools import cache

from ultralink_data import languages
from ultralink_data.translation.source_patterns import source_patterns

_IN_DIGITS = re.compile(r"(?<![\w.,])([3-9]|1[0-2])(?:rd|th)\b")


def missing_ordinal(
    source: str, target: str, more: Collection[Fraction], language: str
) -> str | None:
    """An ordinal of the source, if the translation has none of all of them; None otherwise.

    Only those from the third to the twelfth count: the first and the second are often said in
    another way. The number itself is as good ("box 3"): `more` are those that the translation has
    more often than the source.
    """
    found = _ordinals(source)
    if not found or any(value in more for value in found):
        return None
    stems = _stems(language)
    if any(value in stems and stems[value].search(target) for value in found):
        return None
    return next(iter(found.values()))


def _ordinals(source: str) -> dict[int, str]:
    """The ordinals of an English text, by number."""
    numbers = tuple(languages.get("en").forms.ordinals)
    found: dict[int, str] = {}
    for match in source_patterns().ordinal.finditer(source):
        group = match.lastindex or 0
        found.setdefault(numbers[group - 1], match[group])
    in_digits = {int(match[1]): match[0] for match in _IN_DIGITS.finditer(source)}
    return dict(sorted(found.items())) | in_digits


@cache
def _stems(language: str) -> dict[int, re.Pattern[str]]:
    ordinals = languages.get(language).forms.ordinals
    return {
        value: re.compile(unicodedata.normalize("NFC", pattern), re.IGNORECASE)
        for value, pattern in ordinals.items()
    }
