"""The paired difference of two sides whose scores are arrays already.

The estimate is that of `harness.statistics.comparison`, without margins. Where many pairs are
looked at, arrays and clusters are made once a side and not once a pair.
"""

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from harness.statistics import verdict
from harness.statistics.clusters import cluster_index, over_clusters
from harness.statistics.estimators import (
    clustered_logs,
    oriented,
    p_two_sided,
    paired_log_ratio,
    paired_mean,
    smallest_detectable,
)
from harness.statistics.measured import MeasuredTask
from harness.statistics.verdict import Verdict
from leaderboard.metric_kinds import is_bpb
from leaderboard.records import Effect
from ultralink_data.errors import DataError

if TYPE_CHECKING:
    from harness.statistics.clusters import Index
    from harness.statistics.two_way import Floats


class Aligned(msgspec.Struct, frozen=True, eq=False, dict=True):
    """Scores [seed, problem, language, field], the problems' ids in order, and their clusters.

    A field is the score, or bits and bytes. The cluster of a problem that has none is "". What
    follows from the scores alone is found once, however many pairs the side is in.
    """

    names: tuple[str, ...]
    clusters: tuple[str, ...]
    scores: "Floats"

    @cached_property
    def value(self) -> float:
        """The side's own score over its seeds and languages: a mean, or bits per byte."""
        index = _index(self.names, self.clusters)
        if self.scores.shape[-1] > 1:
            logs = clustered_logs(self.scores[..., 0], self.scores[0, ..., 1], index)
            return float(np.exp(logs.mean()))
        return float(over_clusters(self.scores[..., 0], index).mean())

    @cached_property
    def are_shares(self) -> bool:
        """Whether all scores lie between 0 and 1, as those of graded answers do."""
        return bool(((self.scores >= 0) & (self.scores <= 1)).all())


def pair_effect(
    first: tuple[str, Aligned], second: tuple[str, Aligned], example: MeasuredTask, language: str
) -> Effect:
    """First minus second on the problems that both scored; positive: the first is better.

    Single runs are compared as the models they are, several as samples of what trained them, which
    takes `verdict.MIN_SEEDS` for an interval. `example` says which metric it is.

    Raises:
        DataError: they share fewer than two clusters of problems, or the same problem is in two.
    """
    (name, one), (other, two) = first, second
    metric, bits = example.metric, is_bpb(example.metric)
    one, two, left_out = _shared(one, two)
    a, b, index = one.scores, two.scores, _index(one.names, one.clusters)
    runs, problems = a.shape[:2]
    shares = not bits and one.are_shares and two.are_shares
    state = verdict.bound_state(a[..., 0], b[..., 0]) if shares else None
    if bits:
        raw = paired_log_ratio(a[..., 0], b[..., 0], b[0, ..., 1], index)
    else:
        raw = paired_mean(a[..., 0], b[..., 0], index, shares=shares)
    least = 1 if runs == 1 else verdict.MIN_SEEDS
    decided = runs >= least
    shown = oriented(raw, example.higher_is_better)
    found = smallest_detectable(raw) if decided else None
    unit: Literal["points", "log-ratio", "score"] = (
        "log-ratio" if bits else "points" if shares else "score"
    )
    undecided = Verdict.NO_MARGIN if decided else Verdict.TOO_FEW_SEEDS
    return Effect(
        task=example.task,
        language=language,
        metric=metric,
        variant=name,
        reference=other,
        primary=False,
        n_problems=problems,
        n_clusters=raw.n_clusters,
        n_left_out=left_out,
        n_seeds=runs,
        variant_value=one.value,
        reference_value=two.value,
        variant_interval=None,
        reference_interval=None,
        effect=shown.value,
        low=shown.low if decided else None,
        high=shown.high if decided else None,
        p_value=p_two_sided(raw) if decided and state is None else None,
        p_holm=None,
        margin=None,
        smallest_detectable=found if found is not None and np.isfinite(found) else None,
        power=None,
        verdict=(state or undecided).value,
        unit=unit,
        note="",
    )


def _shared(one: Aligned, two: Aligned) -> tuple[Aligned, Aligned, int]:
    """Both on the problems that both scored, with the same clusters, and how many that leaves out.

    Raises:
        DataError: fewer than two clusters are left, or a problem is in another cluster.
    """
    left_out = 0
    if one.names != two.names:
        common = sorted(set(one.names) & set(two.names))
        left_out = len({*one.names, *two.names}) - len(common)
        one, two = _of(one, common), _of(two, common)
    if one.clusters != two.clusters:
        raise DataError(
            "problems are in other clusters in one run than in the other",
            hint="evaluate both with one version of the benchmark",
        )
    index = _index(one.names, one.clusters)
    if len(one.names) < 2 or (index is not None and index.max() < 1):
        raise DataError(
            "they share fewer than two problems that both scored",
            hint="evaluate both on the same problems",
        )
    return one, two, left_out


def _of(side: Aligned, names: list[str]) -> Aligned:
    place = {name: number for number, name in enumerate(side.names)}
    kept = [place[name] for name in names]
    return Aligned(
        tuple(names), tuple(side.clusters[number] for number in kept), side.scores[:, kept]
    )


@lru_cache(maxsize=64)
def _index(names: tuple[str, ...], clusters: tuple[str, ...]) -> "Index | None":
    """The cluster number of each problem; made once for the many pairs of the same problems."""
    return cluster_index(names, dict(zip(names, clusters, strict=True)))
