"""What a study of diversity found, before it is a table: numbers with intervals, and shares."""

import math

import msgspec

from leaderboard.estimate import Estimate

GROUPS = 20
"""Groups of articles of the jackknife."""

FEW = 5
"""With fewer articles there is no interval."""


class DiversityMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure in one language; both sides are measured on `size` items.

    `against` and `difference` (first minus against) are None for one set. With too few articles
    there is no interval and `low` is NaN.
    """

    language: str
    measure: str
    size: int
    first: Estimate
    against: Estimate | None = None
    difference: Estimate | None = None

    @property
    def verdict(self) -> str:
        """The verdict from the interval of the difference."""
        if self.difference is None:
            return ""
        if math.isnan(self.difference.low):
            return "too few articles"
        if self.difference.low > 0:
            return "higher"
        return "lower" if self.difference.high < 0 else "no difference shown"


class Openings(msgspec.Struct, frozen=True, kw_only=True):
    """The most frequent question openings of one side, with their shares."""

    language: str
    side: str
    questions: int
    most: tuple[tuple[str, float], ...]


class Study(msgspec.Struct, frozen=True, kw_only=True):
    """The whole study; `unpaired` counts, by language, dialogues that the other side lacks."""

    measures: tuple[DiversityMeasure, ...]
    openings: tuple[Openings, ...]
    unpaired: dict[str, int]


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Articles and passages of a language, and those with at least one dialogue.

    `elsewhere` counts articles of dialogues that are not among the given ones.
    """

    language: str
    pages: int
    used_pages: int
    passages: int
    used_passages: int
    elsewhere: int
