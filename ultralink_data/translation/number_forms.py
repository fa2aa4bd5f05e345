"""Forms in which languages write a number without its digits: duals, halves, fractions, decades.

These forms only confirm that a number of the source is there; they add none to a translation.
"""

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import cache

from ultralink_data import languages
from ultralink_data.languages.sections import NumberForms
from ultralink_data.text.numbers import Written

_ROMAN = re.compile(r"\b[IVX]+\b")
_DECADE = re.compile(r"(?<![\w.,])(1\d|20)?['’]?(\d0)s\b")
_FRACTION = re.compile(r"(?<![\w.,/])(\d+)\s?/\s?(\d+)(?![\w/]|[.,]\d)")
_COUNTED = re.compile(r"(?<![\w.,/])2[ -][^\W\d_]{3}")
_AFTER = 24
"""Characters behind a number within which "and a half" belongs to it."""


def written_otherwise(
    source: str, target: str, after: Iterable[Written], language: str
) -> set[Fraction]:
    """Numbers of the source that the translation writes in a form of its own."""
    forms = languages.get(language).forms
    found = {Fraction(_roman(roman)) for roman in _ROMAN.findall(target)}
    found |= {
        Fraction(value)
        for value, pattern in forms.single.items()
        if re.search(pattern, target, re.IGNORECASE)
    }
    found |= _mixed(target, after, forms) | _parts(source, target, forms)
    found |= _decades(source, {written.value for written in after}, forms)
    if forms.dual_endings and _COUNTED.search(source) and _dual(language).search(target):
        found.add(Fraction(2))
    if forms.lone_one and forms.lone_one in target:
        found.add(Fraction(1))
    return found | _paid(target, language)


@cache
def _dual(language: str) -> re.Pattern[str]:
    """A noun for two of a kind, by its ending."""
    forms = languages.get(language).forms
    other = "|".join(forms.not_duals.split())
    endings = "|".join(forms.dual_endings)
    return re.compile(rf"(?<!\w)(?!(?:{other})(?!\w))\w{{3,}}(?:{endings})(?!\w)")


def decade_parts(source: str, language: str) -> set[Fraction]:
    """Numbers by which a language may name the decades of the source: 90, and its century 20."""
    forms = languages.get(language).forms
    known: set[Fraction] = set()
    for century, decade in _DECADE.findall(source):
        known |= {Fraction(decade), Fraction((century or "19") + decade)}
        known |= {Fraction(century or "19") + 1} if forms.centuries else set()
    return known


def is_rebate(target: str, language: str) -> bool:
    """Whether a text names a rebate in tenths, which is a percentage."""
    rebate = languages.get(language).forms.rebate
    return bool(rebate) and re.search(rebate, target) is not None


def _mixed(target: str, after: Iterable[Written], forms: NumberForms) -> set[Fraction]:
    """Numbers with a half, or in some languages a quarter, that stands as a word of its own."""
    found = set()
    half = forms.and_half
    for written in after:
        if half and re.search(half, target[written.end : written.end + _AFTER], re.IGNORECASE):
            found.add(written.value + Fraction(1, 2))
        before = target[: written.start].split()[-1:] if forms.added_before else []
        if before and before[0] in forms.added_before:
            found.add(written.value + Fraction(forms.added_before[before[0]]))
    return found


def _parts(source: str, target: str, forms: NumberForms) -> set[Fraction]:
    """For fractions in the source: denominators whose word is there, and ones before them."""
    there = {n for n, words in forms.parts.items() if re.search(words, target, re.IGNORECASE)}
    found = {Fraction(1, n) for n in there}
    if {2, 4} & there and re.search(r"0?\.75\b", source):
        found.add(Fraction(3, 4))
    for upper, lower in _FRACTION.findall(source):
        if len(lower) < 3 and int(lower) in there:
            found |= {Fraction(lower), Fraction(1)} if upper == "1" else {Fraction(lower)}
    return found


def _decades(source: str, there: set[Fraction], forms: NumberForms) -> set[Fraction]:
    """Decades of the source named by their tens alone, or by the century beside them."""
    found = set()
    for century, decade in _DECADE.findall(source):
        beside = Fraction(century or "19") + 1 if forms.centuries else None
        if (Fraction(decade) or beside) in there:
            found.add(Fraction(century + decade))
    return found


def _paid(target: str, language: str) -> set[Fraction]:
    """A rebate in tenths: 七折 is 70 % paid and 30 % off."""
    sections = languages.get(language)
    found = set()
    for match in re.findall(sections.forms.rebate, target) if sections.forms.rebate else ():
        digits = "".join(str(sections.numbers.values.get(char, char)) for char in match)
        paid = Fraction(digits) * 10 if Fraction(digits) < 10 else Fraction(digits)
        found |= {paid, 100 - paid}
    return found


def _roman(text: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[char] for char in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)
