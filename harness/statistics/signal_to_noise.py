"""Signal to noise of a metric: how far variants spread over how far seeds do.

After Ai2's signal and noise (Heineman et al., arXiv 2508.13144; github.com/allenai/signal-and-
noise, snr/metrics.py), which divides the largest difference between models by the standard
deviation of one, and FineWeb2's selection of tasks (Penedo et al., arXiv 2506.20920): monotonic
over training, low noise between seeds, above chance, the same order of models at other steps.
Differences from these: noise is that between seeds and not between late checkpoints, as that is the
noise of an experiment here; and the ratio is of the variants' true spread, from which the part that
seeds add to their means has been taken off, so that identical variants have a ratio about 0 and not
about 1. Its interval inverts the noncentral F distribution (Steiger 2004), its test is the F test
of one-way analysis of variance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.score_arrays import Runs, ScoredEndpoint, endpoints
from harness.statistics.special_functions import special_functions
from harness.statistics.two_way import is_round_off
from leaderboard.signals import Signal

if TYPE_CHECKING:
    from scipy import special

    from harness.statistics.two_way import Floats
else:
    special = special_functions()

_HALVINGS = 60


def signals(arms: Mapping[str, Runs]) -> tuple[Signal, ...]:
    """Signal and noise of every endpoint of at least two variants with at least two seeds each.

    An endpoint at its floor or ceiling in all runs has none.
    """
    if len(arms) < 2 or min(map(len, arms.values())) < 2:
        return ()
    found = (_signal(endpoint) for endpoint in endpoints(arms))
    return tuple(signal for signal in found if signal is not None)


def run_scores(endpoint: ScoredEndpoint) -> Floats:
    """The score of each run, [variant, seed], turned so that higher is better."""
    return np.stack([endpoint.table(arm).mean(axis=1) for arm in endpoint.arms])


def _signal(endpoint: ScoredEndpoint) -> Signal | None:
    scores = run_scores(endpoint)
    variants, seeds = scores.shape
    means = scores.mean(axis=1)
    between = seeds * float(means.var(ddof=1))
    within = float(scores.var(axis=1, ddof=1).mean())
    if is_round_off(within, scores):
        return None
    df = (variants - 1, variants * (seeds - 1))
    f = between / within
    low, high = (_noncentrality(f, df, tail) for tail in (UPPER_TAIL, 1 - UPPER_TAIL))
    scale = seeds * (variants - 1)
    return Signal(
        task=endpoint.task,
        language=endpoint.language,
        metric=endpoint.metric,
        primary=endpoint.primary,
        unit="points" if endpoint.higher_is_better else "log-ratio",
        variants=variants,
        seeds=seeds,
        spread=float(np.ptp(means)),
        noise=within**0.5,
        ratio=(max(between - within, 0.0) / seeds / within) ** 0.5,
        low=(low / scale) ** 0.5,
        high=(high / scale) ** 0.5,
        p_value=float(special.fdtrc(*df, f)),
    )


def _noncentrality(f: float, df: tuple[int, int], probability: float) -> float:
    """The noncentrality under which F is below `f` with this probability; 0 if it never is."""
    if float(special.fdtr(*df, f)) <= probability:
        return 0.0
    low, high = 0.0, 1.0
    while float(special.ncfdtr(*df, high, f)) > probability and high < 1e9:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = float(special.ncfdtr(*df, middle, f)) > probability
        low, high = (middle, high) if above else (low, middle)
    return high
