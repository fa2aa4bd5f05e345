"""The exact test of one paired run: how often would random signs give a difference this large?

With one run a side and no true difference, which side a differing problem favours is a coin's toss,
so the signs of the differences may be flipped at will. If all differ by the same amount (right or
wrong answers) this is McNemar's exact test, a binomial one. It needs no large numbers, so it holds
where a handful of problems differ and a t or score interval does not.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from harness.statistics.special_functions import special_functions
from harness.statistics.two_way import Floats
from leaderboard.estimate import Estimate

if TYPE_CHECKING:
    from scipy import special
else:
    special = special_functions()

TWO_SIDED_ALPHA = 0.05
"""The level of the intervals' test of "no difference"."""

MOST_ENUMERATED = 14
"""With more problems that differ by unequal amounts, the t interval holds, and flipping is slow."""

_SAME = 1e-9
"""Differences and sums closer than this, relative to the largest, count as equal."""


def exact_p(differences: Floats) -> float | None:
    """Two-sided p of "no difference" for differences[cluster] of one run, by flipping signs.

    None where many clusters differ by unequal amounts.
    """
    sizes = np.abs(differences)
    scale = float(sizes.max(initial=0.0))
    kept = differences[sizes > _SAME * scale] if scale else differences[:0]
    if not len(kept):
        return 1.0
    if bool((np.abs(np.abs(kept) - scale) <= _SAME * scale).all()):
        return _binomial_p(int((kept > 0).sum()), len(kept))
    if len(kept) > MOST_ENUMERATED:
        return None
    sums = np.zeros(1)
    for size in np.abs(kept):
        sums = np.concatenate((sums + size, sums - size))
    seen = abs(float(kept.sum()))
    return float((np.abs(sums) >= seen - _SAME * scale).mean())


def _binomial_p(gains: int, n: int) -> float:
    """Two-sided p of a fair coin with `gains` heads in `n` tosses: twice the smaller tail."""
    # In whole numbers up to the last step: no rounding, whatever n.
    ways = tail = 1
    for k in range(min(gains, n - gains)):
        ways = ways * (n - k) // (k + 1)
        tail += ways
    return min(1.0, float(Fraction(2 * tail, 2**n)))


def guarded(estimate: Estimate, differences: Floats) -> Estimate:
    """The estimate of one run, no surer than the exact test of its differences[cluster].

    Its p is the larger of the exact one and the t test's; an interval that excludes 0 although p is
    0.05 or more is widened to reach 0, so that both say the same.
    """
    exact = exact_p(differences)
    if exact is None:
        return estimate
    p_value = exact
    if estimate.standard_error > 0:  # without a spread, t knows nothing
        t = abs(estimate.value) / estimate.standard_error
        p_value = max(exact, float(2 * special.stdtr(estimate.df, -t)))
    low, high = estimate.low, estimate.high
    if p_value >= TWO_SIDED_ALPHA:
        low, high = min(low, 0.0), max(high, 0.0)
    return msgspec.structs.replace(estimate, p_value=p_value, low=low, high=high)
