"""Differences and differences of differences, over chosen problems and languages.

`effects` (`harness.statistics.comparison`) compares variant and reference over all problems of a
task. Here a question is put over some of them (a category, one language), or between differences:
does a family of models react to a change as the others do? Each side has a score z[seed, problem],
the mean over the languages within a problem; a contrast is the sum of weight times z over sides,
seed slot by seed slot and problem by problem, with the two-way interval of
`harness.statistics.two_way`. Positive is better: points of accuracy, or the log-ratio of bits
saved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.statistics.cells import Stacked, score_estimate
from harness.statistics.clusters import over_clusters
from harness.statistics.comparison import Side, stacked_scores
from harness.statistics.estimators import (
    FEW_DISCORDANT,
    clustered_logs,
    oriented,
    over_languages,
    paired_log_ratio,
    paired_mean,
    with_t_interval,
)
from harness.statistics.two_way import Floats
from leaderboard.estimate import Estimate
from leaderboard.metric_kinds import is_bpb

if TYPE_CHECKING:
    from harness.statistics.clusters import Index


class AskedScore(NamedTuple):
    """What is compared: a metric of a task, in languages, over the problems `only` (None: all)."""

    task: str
    metric: str
    languages: tuple[str, ...]
    only: Collection[str] | None = None


def score(side: Side, asked: AskedScore) -> Estimate | None:
    """The score of one side; None if a run lacks it or fewer than two clusters are scored."""
    stacked = _stacked((side,), asked)
    if stacked is None:
        return None
    return score_estimate(stacked.groups[0], asked.metric, stacked.clusters)


def difference(variant: Side, reference: Side, asked: AskedScore) -> Estimate | None:
    """The paired difference, positive if the variant is better; None as in `score`."""
    stacked = _stacked((variant, reference), asked)
    if stacked is None:
        return None
    first, second = stacked.groups
    if is_bpb(asked.metric):
        found = paired_log_ratio(first[..., 0], second[..., 0], second[0, ..., 1], stacked.clusters)
        return oriented(found, higher_is_better=False)
    return paired_mean(first[..., 0], second[..., 0], stacked.clusters)


def contrast(weights: Sequence[float], sides: Sequence[Side], asked: AskedScore) -> Estimate | None:
    """The weighted sum of the sides' scores, positive if better; the weights add up to 0.

    None as in `score`, and if so few answers differ between the sides that the spread says
    nothing (`FEW_DISCORDANT` clusters).

    Raises:
        ValueError: the weights do not add up to 0, or there is not one a side.
    """
    if len(weights) != len(sides) or abs(sum(weights)) > 1e-9:
        raise ValueError(f"weights must be one a side and add up to 0, got {list(weights)}")
    stacked = _stacked(sides, asked)
    if stacked is None:
        return None
    tables = [_table(group, asked.metric, stacked.clusters) for group in stacked.groups]
    table = sum((w * t for w, t in zip(weights, tables, strict=True)), np.zeros_like(tables[0]))
    if int((np.abs(table) > 1e-12).any(axis=0).sum()) < FEW_DISCORDANT:
        return None
    found = with_t_interval(table, stacked.groups[0].shape[1])
    return oriented(found, higher_is_better=not is_bpb(asked.metric))


def _stacked(sides: Sequence[Side], asked: AskedScore) -> Stacked | None:
    return stacked_scores(sides, asked.task, asked.languages, asked.metric, asked.only)


def _table(array: Floats, metric: str, clusters: Index | None) -> Floats:
    """z[seed, cluster] of [seed, problem, field] or [seed, problem, language, field]."""
    if is_bpb(metric):
        return over_languages(clustered_logs(array[..., 0], array[0, ..., 1], clusters))
    return over_languages(over_clusters(array[..., 0], clusters))
