"""The sections of a language file about numbers."""

import re
from fractions import Fraction
from functools import cache

import msgspec

from ultralink_data.field_types import check_types


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A section of a language file, whose fields have the types that its class says."""

    def __post_init__(self) -> None:
        """Check the types, then what the section asks of its values."""
        check_types(self)
        self.check()

    def check(self) -> None:
        """Check the values, whose types are right."""


class NumberWords(Section, frozen=True, kw_only=True):
    """How numbers are written: marks, and words of spelled-out numbers.

    `words` has entries "VALUE form form ...", separated by semicolons: the values up to 20, tens,
    100 (and other values that are a single word), then scales from 1000 on, in all common inflected
    forms. A form of "VALUE*" also multiplies a number before it ("two dozen"). `joiners` may come
    between two of them ("and"), `prefix` may start one (Arabic "wa"); `teen` adds ten to the unit
    that it is written to. Any number may be written with one of `endings`, or with a particle of
    `openings` (Arabic "bi-", with), which may include `prefix`, written before it, and also behind
    `prefix`; `article` may come between `prefix` and a word that continues a number. A word of `ambiguous` looks like such a number and
    means something else, at least where no number precedes it. With `compounds`, several are
    written as one word; with `units_first`, units come before tens; with `scale_first`,
    a scale comes before its factor (Swahili "mia mbili", 200). With `short_tails`, a last digit
    counts the tenth part of the scale before it. Digits follow after one of `decimal_words` ("three
    point five"). A form of `construct` has this value before a noun if no number precedes it. A
    plain space in `group_marks` means every kind of space.

    `scales` are values whose forms multiply digits before them ("5 million"). With `characters` the
    one-character forms make numbers by place, without spaces, as in Chinese. `minus` are words for
    the sign, and `equals` words after which it is a sign and not a subtraction (regular expressions
    of whole words, ignoring case). `idioms` contain a form that is not a number there.
    """

    decimal_mark: str
    group_marks: str
    words: str
    joiners: tuple[str, ...]
    prefix: str
    compounds: bool
    teen: str
    article: str
    openings: tuple[str, ...]
    endings: tuple[str, ...]
    ambiguous: tuple[str, ...]
    units_first: bool
    scale_first: bool
    scales: tuple[int, ...]
    short_tails: bool
    decimal_words: tuple[str, ...]
    construct: dict[str, int]
    characters: bool
    minus: tuple[str, ...]
    equals: tuple[str, ...]
    idioms: tuple[str, ...]

    def check(self) -> None:
        """Check the marks, the words and the scales."""
        if len(self.decimal_mark) != 1 or self.decimal_mark in self.group_marks:
            raise ValueError(
                f"decimal_mark must be one character outside group_marks, got {self.decimal_mark!r}"
            )
        unknown = set(self.scales) - set(self.values.values())
        if unknown:
            raise ValueError(f"scales without a word: {sorted(unknown)}")

    @property
    def values(self) -> dict[str, int | Fraction]:
        """Value of each form."""
        return number_values(self.words)


@cache
def number_values(words: str) -> dict[str, int | Fraction]:
    """The forms in `NumberWords.words` and their values; only a half is no integer.

    Raises:
        ValueError: an entry without a value, or a form with two values.
    """
    values: dict[str, int | Fraction] = {}
    for entry in filter(None, map(str.split, words.split(";"))):
        value = entry[0].removesuffix("*")
        if not re.fullmatch(r"\d+(?:\.\d+)?", value):
            raise ValueError(f"field 'words': {value!r} is not a value")
        number = int(value) if value.isdecimal() else Fraction(value)
        for form in entry[1:]:
            if values.setdefault(form, number) != number:
                raise ValueError(f"field 'words': {form!r} has two values")
    return values


@cache
def multiplying_forms(words: str) -> frozenset[str]:
    """The forms in `NumberWords.words` that multiply a number before them."""
    entries = (entry.split() for entry in words.split(";"))
    return frozenset(form for entry in entries if entry[0].endswith("*") for form in entry[1:])


class NumberForms(Section, frozen=True, kw_only=True):
    """Forms in which a language writes a number without its digits; regular expressions.

    `single` are numbers that are a single word ("1.5"). `and_half` adds a half to the number before
    it; a word of `added_before` adds its value to the number after it. `parts` are the words for
    halves, thirds and quarters, by denominator. `lone_one` is a "one" that means "a". With
    `centuries`, a decade is named with its century ("90s of century 20"). `rebate` matches a
    percentage given as tenths to pay, in its one group. A noun with one of `dual_endings` means two
    of a kind, except for `not_duals`. An empty text means that a language has no such form.
    `ordinals` are the words from the third to the twelfth, by number.
    """

    single: dict[str, str]
    and_half: str
    added_before: dict[str, str]
    parts: dict[int, str]
    lone_one: str
    centuries: bool
    rebate: str
    dual_endings: tuple[str, ...]
    not_duals: str
    ordinals: dict[int, str]

    def check(self) -> None:
        """Check the denominators and the group of a rebate."""
        if set(self.parts) != {2, 3, 4}:
            raise ValueError(f"parts must name halves, thirds and quarters, got {[*self.parts]}")
        if self.rebate and re.compile(self.rebate).groups != 1:
            raise ValueError(f"rebate must have one group, got {self.rebate!r}")
