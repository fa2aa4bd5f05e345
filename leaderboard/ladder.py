"""Whether the variants of an experiment are rungs of a ladder: more and more of the same data."""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Final, NamedTuple

from leaderboard.records import ExperimentReport, TokenCount, VariantRow

_TRANSLATED: Final = ("math", "code")
_LEAST: Final = 3
"""Rungs of a ladder; two are a pair."""


class Ladder(NamedTuple):
    """Variants in order, each with its rows, and what these rows are."""

    what: str
    rungs: tuple[tuple[str, int], ...]


def ladder(report: ExperimentReport) -> Ladder | None:
    """The ladder that a report's variants form, None if they form none.

    Either the translated math and code grow, in every language that has any, whatever the rest of
    the training was filled with (as in `prune`, which trains every variant for the same steps); or
    all the data do, in every language and kind. The reference is the lowest rung or the highest:
    with one in the middle, as where each variant leaves a language out, rows grow by other means.
    """
    for what, chosen in _GROWING:
        cells = {v.name: _cells(filter(chosen, v.trained)) for v in report.variants}
        ordered = sorted(report.variants, key=lambda v: (_total(cells, v), v.name))
        totals = [_total(cells, variant) for variant in ordered]
        rises = all(low < high for low, high in pairwise(totals))
        at_end = report.reference in (ordered[0].name, ordered[-1].name)
        if len(ordered) >= _LEAST and rises and at_end and _grow(cells, ordered):
            return Ladder(what, tuple((v.name, _total(cells, v)) for v in ordered))
    return None


Cells = dict[tuple[str, str], int]


def _is_translated(count: TokenCount) -> bool:
    return count.language != "en" and count.kind in _TRANSLATED


def _is_any(_: TokenCount) -> bool:
    return True


_GROWING: Final[tuple[tuple[str, Callable[[TokenCount], bool]], ...]] = (
    ("rows of translated math and code", _is_translated),
    ("rows", _is_any),
)


def _cells(counts: Iterable[TokenCount]) -> Cells:
    return {(count.language, count.kind): count.rows for count in counts}


def _total(cells: dict[str, Cells], variant: VariantRow) -> int:
    return sum(cells[variant.name].values())


def _grow(cells: dict[str, Cells], ordered: list[VariantRow]) -> bool:
    """Whether no cell has fewer rows on a higher rung."""
    keys = {key for found in cells.values() for key in found}
    return all(
        cells[low.name].get(key, 0) <= cells[high.name].get(key, 0)
        for low, high in pairwise(ordered)
        for key in keys
    )
