"""What to train next so as to find who is to blame, and what leaving a group out restores.

`next_subsets` chooses what to leave out next: the subsets about whose outcome the hypotheses
(`group_belief`) disagree most, most often about half of what is still suspected: bisection, with
noise allowed for. Group testing with noise as in Atia and Saligrama (arXiv 0907.1061); random
subsets with a linear model are datamodels (Ilyas et al., arXiv 2202.00622).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.statistics.group_belief import (
    CURVES,
    NOBODY,
    Belief,
    Bools,
    Floats,
    Suspects,
    left_out_shares,
    restored_share,
)

_ORDERS: Final = 80
"""Orders in which suspects are joined to subsets, among which the next is chosen."""
_JOINED: Final = 24
"""Suspects that a subset is put together from, at most."""
_TELLING: Final = 1e-9
"""The variance of what is restored, over the hypotheses, below which a subset tells nothing."""
_TEMPERS: Final = (1.0, 0.5, 0.25, 0.0)
"""How much the suspicion counts in the order in which a subset is put together."""


def next_subsets(
    suspects: Suspects, belief: Belief, count: int, rng: np.random.Generator
) -> list[Bools]:
    """The units to leave out in each of the next `count` trainings, by what is believed so far.

    Fewer if no further subset tells the suspects apart.
    """
    probabilities = belief.probabilities / (1 - belief.unlisted)
    candidates = _candidates(suspects, _guilt(suspects, belief), rng)
    expected = _expected(suspects, belief, candidates)
    spread = (expected - probabilities @ expected) * np.sqrt(probabilities)[:, None]
    gain = (spread**2).sum(axis=0)
    chosen: list[int] = []
    asked: list[Floats] = []
    for _ in range(count):
        gain[chosen] = 0.0
        best = int(gain.argmax())
        if gain[best] < _TELLING:
            break
        # What is left to ask once this one's outcome is known, but for noise of a fifth of it.
        column = spread[:, best] @ spread - sum(one[best] * one for one in asked)
        asked.append(column / np.sqrt(1.2 * gain[best]))
        gain = gain - asked[-1] ** 2
        chosen.append(best)
    return [candidates[number] for number in chosen]


def _guilt(suspects: Suspects, belief: Belief) -> Floats:
    """The probability of each suspect to be to blame, alone or with another."""
    guilt = np.zeros(len(suspects.prior))
    for of in belief.groups.T:
        real = of != NOBODY
        np.add.at(guilt, of[real], belief.probabilities[real])
    return guilt


def _expected(suspects: Suspects, belief: Belief, left_out: Bools) -> Floats:
    """The part of the loss that each hypothesis expects to be restored, [hypothesis, training]."""
    shares = left_out_shares(suspects, left_out)
    found = np.zeros((len(belief.groups), len(left_out)))
    for n, curve in enumerate(CURVES):
        restored = restored_share(shares, curve)
        for k, of in enumerate(belief.groups.T):
            real = of != NOBODY
            weights = belief.chances[real, n] * belief.effects[real, n, k]
            found[real] += weights[:, None] * restored[of[real]]
    expected: Floats = found / np.maximum(belief.probabilities, 1e-300)[:, None]
    return expected


def _candidates(suspects: Suspects, probabilities: Floats, rng: np.random.Generator) -> Bools:
    """Unions of one suspect, of two, of three and so on, [candidate, unit]."""
    found = []
    for _ in range(_ORDERS):
        # In random order, those more suspected first (an exponential race) or all alike: what tells
        # two large suspects apart may be made of small ones that nobody suspects.
        weights = probabilities ** rng.choice(_TEMPERS)
        order = np.argsort(rng.exponential(size=len(weights)) / weights)[:_JOINED]
        found.append(np.logical_or.accumulate(suspects.members[order]))
    return np.unique(np.concatenate(found), axis=0)


def random_subsets(units: int, count: int, rng: np.random.Generator) -> list[Bools]:
    """Each unit left out or not by a coin: the baseline that learns nothing on the way."""
    return [rng.random(units) < 0.5 for _ in range(count)]


class Restored(NamedTuple):
    """What leaving a group out brings: log ratios, above 0 is better, with a t interval."""

    value: float
    low: float
    high: float


def restored(with_it: Sequence[float], without: Sequence[float], quantile: float) -> Restored:
    """The log loss with a group minus that without, over trainings (Welch).

    `quantile` is that of the upper bound, 0.975 for an interval of 95 %.

    Raises:
        ValueError: a side has fewer than two trainings.
    """
    from scipy import stats

    if min(len(with_it), len(without)) < 2:
        raise ValueError("a spread takes two trainings on each side")
    parts = [np.var(side, ddof=1) / len(side) for side in (with_it, without)]
    variance = float(sum(parts))
    value = float(np.mean(with_it) - np.mean(without))
    if not variance:
        return Restored(value, value, value)
    pieces = parts[0] ** 2 / (len(with_it) - 1) + parts[1] ** 2 / (len(without) - 1)
    df = variance**2 / float(pieces)
    half = float(stats.t.ppf(quantile, df)) * variance**0.5
    return Restored(value, value - half, value + half)
