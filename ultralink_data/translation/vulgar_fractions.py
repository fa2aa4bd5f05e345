"""Fractions in one character (`½`, `3½`), which the reader of numbers takes for no digits.

And fractions with a slash (`1/2`, `3 1/2`), of which it reads the numbers one by one.
"""

import re
import unicodedata
from collections.abc import Collection
from fractions import Fraction
from typing import NamedTuple

_VULGAR = re.compile(r"(?:(\d+)\s?)?([¼½¾⅐-⅞])")
_MIXED = re.compile(
    r"(?<![\d/.,])(?<![\d/.,]\s)(?:(\d{1,6})(?:\s+|-))?(\d{1,2})/(\d{1,2})(?![\d/]|[.,]\d)"
)
_SLASHED = re.compile(r"(?<![\d/.,])(\d{1,2})/(\d{1,2})(?![\d/]|[.,]\d)")


class Vulgar(NamedTuple):
    """The characters of a text: each part, and the whole number before it (0 for none)."""

    read: tuple[tuple[Fraction, Fraction], ...]

    @classmethod
    def of(cls, text: str) -> "Vulgar":
        """Those of this text."""
        return cls(tuple((Fraction(int(w or 0)), _part(char)) for w, char in _VULGAR.findall(text)))

    @property
    def parts(self) -> set[Fraction]:
        """The parts alone."""
        return {part for _, part in self.read}

    @property
    def sums(self) -> set[Fraction]:
        """Each part with its whole number: 7/2 for `3½`."""
        return {whole + part for whole, part in self.read}

    def wholes(self, sums: Collection[Fraction]) -> set[Fraction]:
        """The whole numbers of those that are among `sums`."""
        return {whole for whole, part in self.read if whole and whole + part in sums}


def slashed(source: str, parts: Collection[Fraction]) -> set[Fraction]:
    """The two numbers of each fraction of the source, as `1/2`, that is among `parts`."""
    found = [(Fraction(upper), Fraction(lower)) for upper, lower in _SLASHED.findall(source)]
    return {n for upper, lower in found if lower and upper / lower in parts for n in (upper, lower)}


class Slashed(NamedTuple):
    """The proper fractions with a slash of a text: the whole number (0 for none), both numbers."""

    read: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, text: str) -> "Slashed":
        """Those of this text."""
        found = [(int(w or 0), int(a), int(b)) for w, a, b in _MIXED.findall(text)]
        return cls(tuple((w, a, b) for w, a, b in found if a < b))

    @property
    def sums(self) -> set[Fraction]:
        """Their values: 7/2 for `3 1/2`."""
        return {whole + Fraction(upper, lower) for whole, upper, lower in self.read}

    def numbers(self, sums: Collection[Fraction]) -> set[Fraction]:
        """The numbers of those whose value is among `sums`."""
        return {
            Fraction(number)
            for whole, upper, lower in self.read
            if whole + Fraction(upper, lower) in sums
            for number in (whole, upper, lower)
        }


def other_part(source: str, target: str, values: Collection[Fraction]) -> Fraction | None:
    """A part of the translation that is not in a source with such parts; None if there is none.

    `values` are the numbers of the source in digits: `3.25` may become `3¼`.
    """
    ours = Vulgar.of(source)
    known = ours.parts | {value % 1 for value in values}
    known |= {Fraction(int(a), int(b)) for a, b in _SLASHED.findall(source) if int(b)}
    return min(Vulgar.of(target).parts - known, default=None) if ours.read else None


def _part(char: str) -> Fraction:
    upper, _, lower = unicodedata.normalize("NFKC", char).partition("\u2044")
    return Fraction(int(upper), int(lower))
