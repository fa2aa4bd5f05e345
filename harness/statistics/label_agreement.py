"""How well verdicts of the cultural filter agree with human labels.

Precision and recall with Wilson intervals; F1 and Cohen's kappa with bootstrap intervals over rows
(2,000 seeded draws, which for a 2 x 2 table are draws of its four cells). A measure that is
undefined or at its bound has no interval, since no draw would differ.
"""

from collections import Counter
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from leaderboard.agreement_tables import Agreement, AgreementScore, Cells, Measure
from ultralink_data.culture.criteria import CRITERIA, CultureLabel, CultureVerdict
from ultralink_data.errors import DataError
from ultralink_data.stage.outcome import Rejected, stage_paths
from ultralink_data.store import release

T = TypeVar("T", CultureVerdict, Rejected, CultureLabel)

_DRAWS = 2000


class Scored(NamedTuple):
    """Pairs of verdict and label; `undecided` holds labels of rows without a valid verdict."""

    pairs: list[tuple[CultureVerdict, CultureLabel]]
    undecided: list[CultureLabel]
    absent: int


def read_scored(verdicts: Path, labels: Path) -> Scored:
    """Verdicts of `data filter` joined with labels by id, including the rejects beside them.

    Only labelled verdicts are kept in memory; there may be millions of verdicts.

    Raises:
        DataError: a bad line, a duplicate id, or no common row.
    """
    wanted = _by_id(labels, CultureLabel)
    given = _by_id(verdicts, CultureVerdict, wanted)
    beside = stage_paths(verdicts).rejected
    refused = _by_id(beside, Rejected, wanted) if beside.exists() else {}
    pairs = [(given[row_id], label) for row_id, label in wanted.items() if row_id in given]
    undecided = [label for row_id, label in wanted.items() if row_id in refused]
    if not pairs and not undecided:
        raise DataError(
            f"no id of {labels} is in {verdicts}", hint="labels are joined with rows by id"
        )
    return Scored(pairs, undecided, len(wanted) - len(pairs) - len(undecided))


def _by_id(path: Path, kind: type[T], only: Container[str] | None = None) -> dict[str, T]:
    found: dict[str, T] = {}
    for number, row in release.decode_lines(path, kind, once=True):
        if only is not None and row.id not in only:
            continue
        if row.id in found:
            raise DataError(f"{path}:{number}: id {row.id!r} occurs twice", hint="keep one of them")
        found[row.id] = row
    return found


def score(scored: Scored, threshold: int) -> AgreementScore:
    """Agreement on each criterion and on the decision (`total` above the threshold).

    Single criteria count the rows that a model judged on every criterion; if only keywords ran,
    they count all rows, with 0 for a criterion not found. The decision counts every row with a
    verdict.
    """
    by_model = any(verdict.by == "model" for verdict, _ in scored.pairs)
    whole = [pair for pair in scored.pairs if pair[0].complete or not by_model]
    agreements = [
        agreement(name, [(v.score(name), label.score(name)) for v, label in whole])
        for name in CRITERIA
    ]
    decisions = [(int(v.total > threshold), int(x.total > threshold)) for v, x in scored.pairs]
    agreements.append(agreement("culture-specific", decisions))
    return AgreementScore(
        agreements=tuple(agreements),
        n_pairs=len(scored.pairs),
        n_complete=len(whole),
        n_undecided=len(scored.undecided),
        undecided_agnostic=sum(label.total <= threshold for label in scored.undecided),
        absent=scored.absent,
        by_keywords=sum(verdict.by == "keywords" for verdict, _ in scored.pairs),
    )


def agreement(question: str, pairs: Sequence[tuple[int, int]]) -> Agreement:
    """Measures of (said, labelled) pairs of 0 and 1."""
    counts = Counter(pairs)
    cells = Cells(counts[1, 1], counts[1, 0], counts[0, 1], counts[0, 0])
    return Agreement(
        question=question,
        cells=cells,
        precision=_share(cells.hits, cells.hits + cells.false_alarms),
        recall=_share(cells.hits, cells.hits + cells.misses),
        f1=_bootstrapped(f1, cells),
        kappa=_bootstrapped(kappa, cells),
    )


def f1(cells: Cells) -> float | None:
    """Harmonic mean of precision and recall; None if neither side has a positive."""
    found = 2 * cells.hits + cells.false_alarms + cells.misses
    return 2 * cells.hits / found if found else None


def kappa(cells: Cells) -> float | None:
    """Cohen's kappa (1960); None without rows or if chance agreement is 1."""
    n = sum(cells)
    if not n:
        return None
    said, labelled = cells.hits + cells.false_alarms, cells.hits + cells.misses
    by_chance = (said * labelled + (n - said) * (n - labelled)) / n**2
    if by_chance == 1:
        return None
    return ((cells.hits + cells.both_no) / n - by_chance) / (1 - by_chance)


def _share(part: int, n: int) -> Measure:
    from harness.statistics.estimators import wilson

    return Measure(part / n, *wilson(part, n)) if n else Measure(None)


def _bootstrapped(measure: Callable[[Cells], float | None], cells: Cells) -> Measure:
    import numpy as np

    value, n = measure(cells), sum(cells)
    if value is None or value in (0.0, 1.0):
        return Measure(value)
    random = np.random.default_rng(0)
    drawn = random.multinomial(n, [cell / n for cell in cells], size=_DRAWS)
    values = [found for row in drawn.tolist() if (found := measure(Cells(*row))) is not None]
    low, high = np.quantile(values, (0.025, 0.975))
    return Measure(value, float(low), float(high))
