"""A/A study: how often identical data is called worse, and the margin this implies.

Runs of one dataset with k different seeds are compared with each other, so every "worse" is a false
alarm. The same runs are compared in three ways:

- ``two_way``: our estimator, groups of S = min(3, k // 2) seeds against disjoint groups of S;
- ``pooled``: the same groups, every (seed, problem) treated as a separate question;
- ``single_seed``: one seed against another, variance over problems only.

All ordered pairs of disjoint groups are compared, with rows matched in order of seed. Each ordered
pair also occurs mirrored, so each false "worse" has a matching false "better", and the nominal rate
is 2.5 %. The pairs overlap and share the same k runs, so the rates are descriptive and have no
interval. With k = 4 or 5 the groups have two seeds, the minimum for the estimator (coverage about
90 %).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.statistics.estimators import Floats, mean_squares, oriented, paired_mean, t_quantile
from harness.statistics.special_functions import special_functions
from harness.statistics.verdict import MIN_SEEDS, primary_languages
from leaderboard.estimate import Estimate

MIN_STUDY_SEEDS = 5

MOST_PAIRS = 2000
"""Of groups that are compared: nine seeds have 1,680, twenty would have 775,200."""


class AACells(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """The scores of k seeds of one dataset on one task and metric.

    ``scores``: [k, problem, language], problems (or the means of clusters of them) matched over
    seeds and languages. For bits per byte these are ``estimators.log_bpb_scores`` with
    ``higher_is_better=False``.
    """

    task: str
    metric: str
    languages: tuple[str, ...]
    scores: NDArray[np.float64]
    higher_is_better: bool


class FalseAlarms(msgspec.Struct, frozen=True, kw_only=True):
    """Comparisons of identical data, and how many came out worse (95 % interval all below 0)."""

    comparisons: int
    worse: int

    @property
    def share(self) -> float:
        """Share called worse; nominally 0.025."""
        return self.worse / self.comparisons if self.comparisons else float("nan")


class MethodResult(msgspec.Struct, frozen=True, kw_only=True):
    """False alarms of one comparison method, over single cells and over primary endpoints."""

    method: str
    cells: FalseAlarms
    primary: FalseAlarms


class SuggestedMargin(msgspec.Struct, frozen=True, kw_only=True):
    """A margin for one task and metric, derived from identical data, in units of the scores.

    ``noise_floor``: 97.5th percentile of the absolute primary effect over the A/A pairs, scaled
    from S to ``MIN_SEEDS`` seeds. ``even_odds``: the margin at which an unchanged dataset is shown
    to be non-inferior with power 0.5, with ``MIN_SEEDS`` seeds and the between-seed variance of the
    primary endpoint over all k. ``margin``: the larger of the two. With a smaller margin
    "non-inferior" would depend on luck. Statistics cannot say whether an effect of that size
    matters.
    """

    task: str
    metric: str
    noise_floor: float
    even_odds: float
    margin: float


class AAStudy(msgspec.Struct, frozen=True, kw_only=True):
    """Results of the study, with k seeds in groups of ``group_size``."""

    seeds: int
    group_size: int
    methods: tuple[MethodResult, ...]
    margins: tuple[SuggestedMargin, ...]

    def method(self, name: str) -> MethodResult:
        """The result of the comparison method ``name``."""
        for result in self.methods:
            if result.method == name:
                return result
        raise ValueError(f"no method {name!r}; known: {', '.join(m.method for m in self.methods)}")


def group_pairs(seeds: int, size: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """All ordered pairs of disjoint groups of ``size`` out of ``seeds`` rows.

    Of more than `MOST_PAIRS` as many are drawn at random, the same in every call.
    """
    if comb(seeds, size) * comb(seeds - size, size) > MOST_PAIRS:
        rng = np.random.default_rng(0)
        for _ in range(MOST_PAIRS // 2):
            rows = [int(row) for row in rng.permutation(seeds)[: 2 * size]]
            pair = (tuple(sorted(rows[:size])), tuple(sorted(rows[size:])))
            yield pair
            yield pair[::-1]
        return
    for first in combinations(range(seeds), size):
        rest = [row for row in range(seeds) if row not in first]
        for second in combinations(rest, size):
            yield first, second


def aa_study(cells: Sequence[AACells]) -> AAStudy:
    """False alarms of the three ways of comparing, and margins, from runs of identical data.

    Single cells at floor or ceiling in all runs are left out, as there is nothing to compare.
    """
    seeds = _common_seeds(cells)
    size = min(MIN_SEEDS, seeds // 2)
    methods = (
        _method("two_way", cells, size, pooled=False),
        _method("pooled", cells, size, pooled=True),
        _method("single_seed", cells, 1, pooled=False),
    )
    margins = tuple(_margin(cell, size) for cell in cells if primary_languages(cell.languages))
    return AAStudy(seeds=seeds, group_size=size, methods=methods, margins=margins)


def _common_seeds(cells: Sequence[AACells]) -> int:
    """The number of seeds k, the same in all cells and at least ``MIN_STUDY_SEEDS``."""
    if not cells:
        raise ValueError("an A/A study needs the scores of at least one task, got none")
    for cell in cells:
        if cell.scores.ndim != 3 or cell.scores.shape[2] != len(cell.languages):
            raise ValueError(
                f"{cell.task}: scores must be [seed, problem, language] with "
                f"{len(cell.languages)} languages, got shape {cell.scores.shape}"
            )
    counts = {cell.scores.shape[0] for cell in cells}
    if len(counts) > 1 or min(counts) < MIN_STUDY_SEEDS:
        raise ValueError(
            f"an A/A study needs one number of seeds for all cells, at least {MIN_STUDY_SEEDS}, "
            f"got {sorted(counts)}: run the reference with more seeds"
        )
    return int(counts.pop())


def _method(name: str, cells: Sequence[AACells], size: int, *, pooled: bool) -> MethodResult:
    """False alarms of one comparison method."""
    single: list[bool] = []
    primary: list[bool] = []
    for cell in cells:
        for index in range(len(cell.languages)):
            scores = cell.scores[:, :, index]
            if np.ptp(scores) > 0:
                single += _calls(scores, size, pooled, cell.higher_is_better)
        endpoint = _primary_scores(cell)
        if endpoint is not None and np.ptp(endpoint) > 0:
            primary += _calls(endpoint, size, pooled, cell.higher_is_better)
    return MethodResult(method=name, cells=_alarms(single), primary=_alarms(primary))


def _alarms(calls: list[bool]) -> FalseAlarms:
    return FalseAlarms(comparisons=len(calls), worse=sum(calls))


def _primary_scores(cell: AACells) -> Floats | None:
    """[seed, problem], the mean over the non-English languages; None if there are none."""
    chosen = primary_languages(cell.languages)
    columns = [cell.languages.index(language) for language in chosen]
    return np.asarray(cell.scores[:, :, columns].mean(axis=2)) if columns else None


def _calls(scores: Floats, size: int, pooled: bool, higher_is_better: bool) -> list[bool]:
    """For each pair of groups, whether the first is called worse than the second."""
    effects = _effects(scores, size, pooled, shares=higher_is_better)
    return [oriented(effect, higher_is_better).high < 0 for effect in effects]


def _effects(scores: Floats, size: int, pooled: bool, *, shares: bool) -> Iterator[Estimate]:
    """The paired effect of each ordered pair of groups; pooled: [1, S * Q] instead of [S, Q]."""
    for first, second in group_pairs(scores.shape[0], size):
        variant, reference = scores[list(first)], scores[list(second)]
        if pooled:
            variant, reference = variant.reshape(1, -1), reference.reshape(1, -1)
        yield paired_mean(variant, reference, shares=shares)


def _margin(cell: AACells, size: int) -> SuggestedMargin:
    """Both bounds for the margin of one task and metric."""
    endpoint = _primary_scores(cell)
    assert endpoint is not None  # checked by the caller
    effects = _effects(endpoint, size, pooled=False, shares=cell.higher_is_better)
    sizes = [abs(effect.value) for effect in effects]
    # Nearly all the noise is between seeds, so it shrinks as seeds are added.
    noise_floor = float(np.quantile(sizes, 0.975) * np.sqrt(size / MIN_SEEDS))
    even_odds = half_power_margin(endpoint)
    return SuggestedMargin(
        task=cell.task,
        metric=cell.metric,
        noise_floor=noise_floor,
        even_odds=even_odds,
        margin=max(noise_floor, even_odds),
    )


def half_power_margin(scores: Floats, seeds: int = MIN_SEEDS) -> float:
    """The margin with power 1/2 at true effect 0, from scores[k, Q] of identical data.

    Two groups of S runs of the same data share the problem effects, which cancel in the difference.
    Its variance is 2 (var(a)/S + var(e)/(S Q)) = 2 MS_s / (S Q).
    """
    problems = scores.shape[1]
    error = float(np.sqrt(2 * mean_squares(scores).seeds / (seeds * problems)))
    return error * float(special_functions().nctdtrinc(seeds - 1, 0.5, t_quantile(seeds - 1)))
