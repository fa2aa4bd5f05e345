"""How well verdicts agree with labels: the scores, and their tables."""

from typing import NamedTuple

import msgspec

from leaderboard.table import Table, text_table


class Measure(NamedTuple):
    """A value with its 95 % interval; None if undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None


class Cells(NamedTuple):
    """A 2 x 2 table: true positives, false positives, false negatives, true negatives."""

    hits: int
    false_alarms: int
    misses: int
    both_no: int


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement of verdicts and labels on one question."""

    question: str
    cells: Cells
    precision: Measure
    recall: Measure
    f1: Measure
    kappa: Measure


class AgreementScore(msgspec.Struct, frozen=True, kw_only=True):
    """Scores of a run against a labelled file; `n_complete` rows count for single criteria."""

    agreements: tuple[Agreement, ...]
    n_pairs: int
    n_complete: int
    n_undecided: int
    undecided_agnostic: int
    absent: int
    by_keywords: int


def score_tables(title: str, found: AgreementScore) -> list[Table]:
    """The scores as two tables: counts with measures from 0 to 1, and their 95 % intervals."""
    lines = [
        (
            one.question,
            str(sum(one.cells)),
            str(one.cells.hits + one.cells.misses),
            str(one.cells.hits + one.cells.false_alarms),
            *(_number(measure.value) for measure in _measures(one)),
        )
        for one in found.agreements
    ]
    ranges = [(one.question, *map(_range, _measures(one))) for one in found.agreements]
    names = ("precision", "recall", "F1", "kappa")
    return [
        text_table(title, ("", "rows", "labelled", "said", *names), lines, *_notes(found)),
        text_table("95 % intervals", ("", *names), ranges),
    ]


def _notes(found: AgreementScore) -> list[str]:
    notes = [
        f"{found.n_pairs} labelled rows with a verdict ({found.by_keywords} by keywords); single "
        f"criteria are counted on {found.n_complete}"
    ]
    if found.n_undecided:
        notes.append(
            f"{found.n_undecided} more got no valid verdict and are dropped by the filter, "
            f"{found.undecided_agnostic} of them labelled agnostic; they stand in no row above"
        )
    if found.absent:
        notes.append(f"{found.absent} labels belong to no row that was judged")
    return notes


def _measures(one: Agreement) -> tuple[Measure, ...]:
    return one.precision, one.recall, one.f1, one.kappa


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _range(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return "–"
    return f"{measure.low:.2f} to {measure.high:.2f}"
