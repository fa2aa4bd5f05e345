"""Whether a task and metric ranks variants alike at several scales, and grows with scale.

Scales are experiments of the same variants: more steps, a larger model, more data. The last one is
what the others stand for. After Ai2's decision accuracy (Heineman et al., arXiv 2508.13144: the
share of pairs in the same order at a small and at the target scale) and FineWeb2's monotonicity
(Penedo et al., arXiv 2506.20920: Spearman's correlation of steps and score, averaged over runs).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.score_arrays import Runs, ScoredEndpoint, endpoints
from harness.statistics.signal_to_noise import run_scores
from harness.statistics.two_way import Floats
from leaderboard.signal_tables import ProxyLine, ScaleAgreement

_DRAWS = 1000

FEWEST_SCALES = 3
"""For a rank correlation with scale."""


def proxy_lines(scales: Mapping[str, Mapping[str, Runs]]) -> list[ProxyLine]:
    """A line for each endpoint that all scales have, from the runs of each scale by variant.

    Only variants that all scales have are ranked.

    Raises:
        ValueError: fewer than two scales, or fewer than two variants in common.
    """
    names = list(scales)
    variants = [v for v in scales[names[-1]] if all(v in arms for arms in scales.values())]
    if len(names) < 2 or len(variants) < 2:
        raise ValueError(
            f"rank agreement needs two scales of two variants, got {len(names)} of {len(variants)}"
        )
    by_scale = [
        {
            (one.task, one.metric, one.language): one
            for one in endpoints({name: arms[name] for name in variants})
        }
        for arms in scales.values()
    ]
    keys = [key for key in by_scale[-1] if all(key in found for found in by_scale)]
    return [_line([found[key] for found in by_scale], names) for key in keys]


def _line(found: Sequence[ScoredEndpoint], names: Sequence[str]) -> ProxyLine:
    scores = [run_scores(one) for one in found]
    last = found[-1]
    correlations = rank_correlations(scores)
    return ProxyLine(
        task=last.task,
        language=last.language,
        metric=last.metric,
        primary=last.primary,
        monotonic=(
            (float(correlations.mean()), float(correlations.min()), float(correlations.max()))
            if len(correlations)
            else None
        ),
        runs=len(correlations),
        agreements=tuple(
            _agreement(name, own, scores[-1]) for name, own in zip(names, scores[:-1], strict=False)
        ),
    )


def rank_correlations(scores: Sequence[Floats]) -> Floats:
    """Spearman's correlation of scale and score for each variant and seed slot of all scales."""
    if len(scores) < FEWEST_SCALES:
        return np.empty(0)
    seeds = min(table.shape[1] for table in scores)
    stacked = np.stack([table[:, :seeds] for table in scores]).reshape(len(scores), -1)
    ranks = np.apply_along_axis(_ranks, 0, stacked)
    order = np.arange(len(scores), dtype=np.float64)
    order -= order.mean()
    ranks = ranks - ranks.mean(axis=0)
    spread = np.sqrt((ranks**2).sum(axis=0) * (order**2).sum())
    return np.asarray((order @ ranks)[spread > 0] / spread[spread > 0])


def _ranks(values: Floats) -> Floats:
    """Ranks from 0; equal values share their mean rank."""
    below = (values[:, None] > values[None, :]).sum(axis=1)
    same = (values[:, None] == values[None, :]).sum(axis=1)
    return np.asarray(below + (same - 1) / 2)


def _agreement(name: str, scores: Floats, target: Floats) -> ScaleAgreement:
    rng = np.random.default_rng(0)
    own, last = _signs(scores.mean(axis=1)), _signs(target.mean(axis=1))
    drawn = _signs(_drawn(scores, rng)) == _signs(_drawn(target, rng))
    low, high = np.quantile(drawn.mean(axis=1), [1 - UPPER_TAIL, UPPER_TAIL])
    return ScaleAgreement(
        scale=name,
        agreed=int((own == last).sum()),
        pairs=own.size,
        low=float(low),
        high=float(high),
        tau=float((own * last).mean()),
    )


def _drawn(scores: Floats, rng: np.random.Generator) -> Floats:
    """Means of the variants as other seeds would give them, [draw, variant]."""
    variants, seeds = scores.shape
    means = scores.mean(axis=1)
    if seeds < 2:
        return np.tile(means, (_DRAWS, 1))
    # One spread for all variants: a few seeds of one know too little of theirs.
    error = float(np.sqrt(scores.var(axis=1, ddof=1).mean() / seeds))
    return np.asarray(means + error * rng.standard_t(variants * (seeds - 1), (_DRAWS, variants)))


def _signs(means: Floats) -> Floats:
    """The sign of the difference of every pair of variants, [..., pair]."""
    first, second = np.triu_indices(means.shape[-1], k=1)
    return np.asarray(np.sign(means[..., first] - means[..., second]))
