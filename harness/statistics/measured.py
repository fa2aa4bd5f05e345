"""One metric of one evaluation, problem by problem: what scores and comparisons are made of."""

from typing import TypeAlias

import msgspec

from leaderboard.contamination import CLEAN
from tasks.benchmark import BPB_METRICS

CONSISTENT = " (consistent)"
KEPT = " (without replaced items)"

Values: TypeAlias = dict[str, tuple[float, ...]]
"""(score,) or (bits, bytes), by problem id."""


class MeasuredTask(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one evaluation: (score,) or (bits, bytes) by problem.

    `outcomes` counts the sample rows, graded or not. `clusters` names the cluster of each problem
    that has one.
    """

    task: str
    language: str
    metric: str
    values: Values
    outcomes: dict[str, int]
    file: str
    clusters: dict[str, str] = {}

    @property
    def higher_is_better(self) -> bool:
        """True for shares of correct answers, false for bits per byte."""
        return not is_bpb(self.metric)


def is_bpb(metric: str) -> bool:
    """Whether a metric is bits per byte (a ratio of sums, lower is better)."""
    return metric.removesuffix(CLEAN) in BPB_METRICS


def is_averaged(metric: str) -> bool:
    """Whether an average over languages makes sense: not if each has problems of its own."""
    return not metric.endswith((CONSISTENT, KEPT))
