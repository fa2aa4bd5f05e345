"""From each problem's scores to the cells of records: over seeds, with an interval."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from harness.statistics.clusters import cluster_index, count_clusters, merged
from harness.statistics.measured import MeasuredTask, Values
from leaderboard.metric_kinds import is_bpb

if TYPE_CHECKING:
    from harness.statistics.clusters import Index
    from harness.statistics.two_way import Floats
    from leaderboard.estimate import Estimate
    from leaderboard.records import ScoreCell


def estimate(
    values: Sequence[Values], metric: str, clusters: Mapping[str, str] = MappingProxyType({})
) -> "Estimate | None":
    """The score over seeds, from each seed's values by problem.

    None if fewer than two clusters were scored by all seeds: one alone has no interval.
    """
    arrays = stack([values], clusters)
    return None if arrays is None else score_estimate(arrays.groups[0], metric, arrays.clusters)


def score_estimate(array: "Floats", metric: str, clusters: "Index | None") -> "Estimate":
    """The score of an array [seed, problem, field] or [seed, problem, language, field]."""
    from harness.statistics.estimators import score_bpb, score_mean

    if is_bpb(metric):
        return score_bpb(array[..., 0], array[0, ..., 1], clusters)
    scores = array[..., 0]
    return score_mean(scores, bool(((scores == 0) | (scores == 1)).all()), clusters)


class Stacked(NamedTuple):
    """An array [seed, problem, field] for each group, and the clusters of the problems."""

    groups: "list[Floats]"
    clusters: "Index | None"


def stack(groups: Sequence[Sequence[Values]], clusters: Mapping[str, str]) -> Stacked | None:
    """The scores of the problems that all runs of all groups have, sorted by id.

    None if fewer than two clusters are left.
    """
    import numpy as np

    common = sorted(set.intersection(*(set(v) for group in groups for v in group)))
    index = cluster_index(common, clusters)
    if len(common) < 2 or (index is not None and index.max() < 1):
        return None
    arrays = [np.array([[values[name] for name in common] for values in g]) for g in groups]
    return Stacked(arrays, index)


def score_cells(measured: Sequence[MeasuredTask], prefix: str) -> "tuple[ScoreCell, ...]":
    """The cells of one run's record; `prefix` makes sample file names relative to the record."""
    return tuple(
        score_cell([m], m.language, sample_file=f"{prefix}/{m.file}" if m.file else "")
        for m in measured
    )


def score_cell(
    runs: Sequence[MeasuredTask], language: str, *, sample_file: str = ""
) -> "ScoreCell":
    """The cell of one metric over runs of one or several seeds."""
    from leaderboard.records import Interval, ScoreCell

    first = runs[0]
    clusters = merged(run.clusters for run in runs)
    found = estimate([run.values for run in runs], first.metric, clusters)
    only = None if found else _single(runs)
    scored = set().union(*(run.values for run in runs))
    outcomes: Counter[str] = Counter()
    for run in runs:
        outcomes.update(run.outcomes)
    return ScoreCell(
        task=first.task,
        language=language,
        metric=first.metric,
        higher_is_better=first.higher_is_better,
        n=found.n_problems if found else len(scored),
        n_clusters=found.n_clusters if found else count_clusters(sorted(scored), clusters),
        value=found.value if found else only,
        standard_error=found.standard_error if found else None,
        interval=Interval(low=found.low, high=found.high) if found else None,
        outcomes=dict(outcomes),
        samples=sum(outcomes.values()),
        sample_file=sample_file,
        note=_bound(runs),
    )


def _single(runs: Sequence[MeasuredTask]) -> float | None:
    """The mean over runs if there is no interval; None if no problem was scored."""
    scores = [
        value[0] / value[1] if len(value) > 1 else value[0]
        for r in runs
        for value in r.values.values()
    ]
    return sum(scores) / len(scores) if scores else None


def _bound(runs: Sequence[MeasuredTask]) -> Literal["", "floor", "ceiling"]:
    shares = all(run.is_share for run in runs)
    values = {value[0] for run in runs for value in run.values.values()} if shares else set()
    return "floor" if values == {0.0} else "ceiling" if values == {1.0} else ""
