"""Intervals as one line of characters: low, value and high on a scale that a ranking shares."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

WIDTH: Final = 16
"""Characters of a drawing."""

_EMPTY: Final = "\u2800"
"""A blank of the braille block, as wide as its other characters and not stripped as a blank."""
_LINE: Final = (0x02, 0x10)
"""The dots of an interval in the left and the right half of a character."""
_VALUE: Final = (0x47, 0xB8)
"""The dots of the value: all four of a half."""


class Spread(NamedTuple):
    """A value with its interval, where it has one."""

    low: float | None
    value: float | None
    high: float | None


class Scale(NamedTuple):
    """What the left and the right end of the drawings stand for."""

    least: float
    most: float

    def place(self, number: float, steps: int) -> int:
        """Where a number stands, from 0 to `steps` - 1; what is outside stands at the end."""
        if self.most <= self.least:
            return steps // 2
        share = (number - self.least) / (self.most - self.least)
        return min(max(round(share * (steps - 1)), 0), steps - 1)


def common_scale(spreads: Iterable[Spread]) -> Scale | None:
    """The scale on which every value and bound has a place; None where there is no number."""
    numbers = [number for spread in spreads for number in spread if number is not None]
    return Scale(min(numbers), max(numbers)) if numbers else None


def spark(spread: Spread, scale: Scale | None, *, plain: bool, width: int = WIDTH) -> str:
    """The drawing of one interval, `width` characters; "" without a value.

    Braille, two steps a character; with `plain` ASCII, one step a character: `  |--o----|`.
    """
    if spread.value is None or scale is None:
        return ""
    bounded = spread.low is not None and spread.high is not None
    drawn = spread if bounded else Spread(spread.value, spread.value, spread.value)
    steps = width if plain else 2 * width
    places = [scale.place(number, steps) for number in drawn if number is not None]
    return _ascii(places, steps) if plain else _braille(places, steps)


def _ascii(places: Sequence[int], steps: int) -> str:
    low, value, high = places
    line = [" "] * steps
    line[low : high + 1] = "-" * (high + 1 - low)
    line[low] = line[high] = "|"
    line[value] = "o"
    return "".join(line)


def _braille(places: Sequence[int], steps: int) -> str:
    low, value, high = places
    dots = [0] * (steps // 2)
    for place in range(low, high + 1):
        dots[place // 2] |= _LINE[place % 2]
    dots[value // 2] |= _VALUE[value % 2]
    return "".join(chr(ord(_EMPTY) + one) for one in dots)
