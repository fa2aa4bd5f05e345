"""One metric of one evaluation, problem by problem: what scores and comparisons are made of."""

from typing import TypeAlias

import msgspec

from leaderboard.metric_kinds import is_bpb

Values: TypeAlias = dict[str, tuple[float, ...]]
"""(score,) or (bits, bytes), by problem id."""


class MeasuredTask(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one evaluation: (score,) or (bits, bytes) by problem.

    `outcomes` counts the sample rows, graded or not. `clusters` names the cluster of each problem
    that has one. `outside`: of a task that is none of our benchmarks, whose first metric is its
    primary one.
    """

    task: str
    language: str
    metric: str
    values: Values
    outcomes: dict[str, int]
    file: str
    clusters: dict[str, str] = {}
    outside: bool = False
    lower_is_better: bool = False

    @property
    def higher_is_better(self) -> bool:
        """True for shares of correct answers, false for bits per byte and other losses."""
        return not is_bpb(self.metric) and not self.lower_is_better

    @property
    def is_share(self) -> bool:
        """Whether every value lies between 0 and 1, as accuracies do."""
        return not is_bpb(self.metric) and all(0 <= v <= 1 for (v,) in self.values.values())
