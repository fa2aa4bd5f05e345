"""A study of diversity as tables."""

import math
from collections.abc import Callable, Sequence

from leaderboard.diversity_results import (
    FEW,
    GROUPS,
    DiversityMeasure,
    Openings,
    Share,
    Study,
)
from leaderboard.estimate import Estimate
from leaderboard.table import (
    Cell,
    Column,
    Emphasis,
    Table,
    TableRow,
    bounds,
    label_columns,
    number_cell,
    text_cell,
)

_WORDS = ("language", "measure", "verdict")
_COLOURS: dict[str, Emphasis] = {"higher": "good", "lower": "bad"}


def study_tables(study: Study, first: str, against: str | None) -> list[Table]:
    """Measures with intervals, and the openings of questions."""
    return [_measures(study, first, against), _openings(study.openings, first, against or "")]


def _measures(study: Study, first: str, against: str | None) -> Table:
    names = ["language", "measure", "items", first]
    if against is not None:
        names += [against, "difference", "verdict"]
    notes = [
        "items: size of the random sample of n-grams (distinct-n) or questions (opening entropy, "
        "bits) whose average value is given, the same on both sides; else dialogues",
        f"95 % intervals: jackknife over articles in up to {GROUPS} groups, none under {FEW} "
        "articles; one a cell, not adjusted for their number",
        "measures compare texts of one language, never languages",
    ]
    notes += [
        f"{language}: {count:,} dialogues without a partner of the same id were left out"
        for language, count in study.unpaired.items()
    ]
    return Table(
        title="Diversity" + (" (first minus second)" if against is not None else ""),
        columns=tuple(
            Column(
                name=name, align="left" if name in ("language", "measure", "verdict") else "right"
            )
            for name in names
        ),
        rows=tuple(
            _row(measured, section=bool(place) and measured.measure == "distinct-1")
            for place, measured in enumerate(study.measures)
        ),
        notes=tuple(notes),
    )


def _row(measured: DiversityMeasure, *, section: bool) -> TableRow:
    digits = 3 if measured.measure.startswith("distinct") else 2
    cells = [text_cell(measured.language), text_cell(measured.measure)]
    cells.append(number_cell(measured.size))
    cells.append(_estimate(measured.first, digits))
    if measured.against is not None and measured.difference is not None:
        cells.append(_estimate(measured.against, digits))
        cells.append(_estimate(measured.difference, digits, sign="+"))
        verdict = measured.verdict
        cells.append(Cell(text=verdict, emphasis=_COLOURS.get(verdict, "muted")))
    return TableRow(cells=tuple(cells), section=section)


def _estimate(estimate: Estimate, digits: int, sign: str = "") -> Cell:
    text = f"{estimate.value:{sign}.{digits}f}"
    if math.isnan(estimate.low):
        return Cell(text=text, raw=estimate.value)
    text += f" [{estimate.low:{sign}.{digits}f}, {estimate.high:{sign}.{digits}f}]"
    return Cell(text=text, raw=estimate.value, beside=bounds(estimate.low, estimate.high))


def _openings(openings: Sequence[Openings], first: str, against: str) -> Table:
    names = {"first": first, "against": against}
    rows = [
        TableRow(
            cells=(
                text_cell(found.language),
                text_cell(names[found.side]),
                number_cell(found.questions),
                text_cell(", ".join(f"{text} {share:.0%}" for text, share in found.most)),
            )
        )
        for found in openings
    ]
    columns = (
        Column(name="language"),
        Column(name="set"),
        Column(name="questions", align="right"),
        Column(name="most frequent", wrap=True),
    )
    return Table(title="Openings of questions (two words)", columns=columns, rows=tuple(rows))


Interval = Callable[[float, float], tuple[float, float]]
"""The 95 % interval of a share, from what was used and what was given."""


def share_table(title: str, shares: Sequence[Share], interval: Interval) -> Table:
    """Articles and passages given and used, with intervals for the shares."""
    names = ("language", "articles", "used", "share", "passages", "used", "share")
    rows = [
        TableRow(
            cells=(
                text_cell(share.language),
                *_used(share.used_pages, share.pages, interval),
                *_used(share.used_passages, share.passages, interval),
            )
        )
        for share in shares
    ]
    notes = tuple(
        f"{share.language}: {share.elsewhere:,} articles of dialogues are not among those given"
        for share in shares
        if share.elsewhere
    )
    return Table(
        title=title,
        columns=label_columns(names, labels=1),
        rows=tuple(rows),
        notes=notes,
    )


def _used(used: int, given: int, interval: Interval) -> tuple[Cell, Cell, Cell]:
    counts = (number_cell(given), number_cell(used))
    if not given:
        return *counts, Cell(text="n/a")
    low, high = interval(used, given)
    text = f"{100 * used / given:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
    return *counts, Cell(text=text, raw=used / given, beside=bounds(low, high))
