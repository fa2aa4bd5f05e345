"""Which group of changes moves a score, from trainings that each leave out some of the changes.

The changes fall into units that are left out together or not at all; a suspect is a set of units
(all French rows, all of one source). If suspect h alone costs the score, a training that leaves out
the share f of h's rows has the log loss

    y = a - e * g(f) + noise,    g(f) = 1 - (1 - f)^c,    c one of 1/2, 1, 2, 4

with e about the whole loss that is to be explained: e ~ N(loss, (loss / 2)^2), a flat, and normal
noise of one unknown spread, which repeated trainings of a dataset bound. The evidence for a suspect
is its likelihood, with a and e integrated out in closed form, and c and the spread summed over a
grid. No training is attributed to a suspect by a threshold: every one counts for or against all.

`next_subsets` chooses what to leave out next: the subsets about whose outcome the suspects disagree
most, most often about half of what is still suspected: bisection, with noise allowed for. Group
testing with noise as in Atia and Saligrama (arXiv 0907.1061); random subsets with a linear model
are datamodels (Ilyas et al., arXiv 2202.00622).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_CURVES: Final = (0.5, 1.0, 2.0, 4.0)
"""How what is restored grows with the share left out: late, evenly, early, at once."""
_SPREADS: Final = np.geomspace(0.001, 0.2, 40)
"""Possible standard deviations of a training's log loss: 0.1 to 20 %."""
_ORDERS: Final = 80
"""Orders in which suspects are joined to subsets, among which the next is chosen."""
_JOINED: Final = 24
"""Suspects that a subset is put together from, at most."""
_TELLING: Final = 1e-9
"""The variance of what is restored, over the suspects, below which a subset tells nothing."""
_TEMPERS: Final = (1.0, 0.5, 0.25, 0.0)
"""How much the suspicion counts in the order in which a subset is put together."""
_TRUSTED: Final = 0.5
"""The standard deviation of a suspect's effect, as a share of the loss to explain."""


class Suspects(NamedTuple):
    """The groups that may be to blame: `members` is [suspect, unit].

    `rows` is how many changed rows each unit has, `prior` the probability of each suspect before
    any training.
    """

    members: Bools
    rows: Floats
    prior: Floats


class Observed(NamedTuple):
    """Trainings: `left_out` is [training, unit], `losses` the log loss of each.

    `spread` is the standard deviation between trainings of one dataset, by others than these, and
    `spread_df` its degrees of freedom (0: none is known).
    """

    left_out: Bools
    losses: Floats
    spread: float
    spread_df: int


def left_out_shares(suspects: Suspects, left_out: Bools) -> Floats:
    """The share of each suspect's rows that each training leaves out, [suspect, training]."""
    shares: Floats = _weights(suspects) @ left_out.T.astype(np.float64)
    return np.minimum(shares, 1.0)  # sums of thirds can be a last digit over it


def _weights(suspects: Suspects) -> Floats:
    """The share of each suspect's rows that each unit has, [suspect, unit]."""
    rows = suspects.members * suspects.rows
    weights: Floats = rows / rows.sum(axis=1, keepdims=True)
    return weights


class Belief(NamedTuple):
    """What is believed of each suspect, [suspect, curve]: by how what is restored grows.

    `chances` that it alone is to blame, which add up to 1, and `effects`: the part of the loss that
    it would explain.
    """

    chances: Floats
    effects: Floats

    @property
    def probabilities(self) -> Floats:
        """The probability of each suspect."""
        return np.asarray(self.chances.sum(axis=1))


def prior(suspects: Suspects) -> Belief:
    """What is believed before any training."""
    count = len(_CURVES)
    chances = np.repeat(suspects.prior[:, None] / count, count, axis=1)
    return Belief(chances, np.ones_like(chances))


def posterior(suspects: Suspects, observed: Observed, loss: float) -> Belief:
    """What is believed after these trainings; `loss` is to be explained, a log ratio above 0.

    Raises:
        ValueError: there is no loss to explain.
    """
    if loss <= 0:
        raise ValueError(f"there is no loss to explain: {loss}")
    likelihood, effects = _evidence(suspects, observed, loss)
    found = np.log(prior(suspects).chances) + likelihood
    weights = np.exp(found - found.max())
    return Belief(weights / weights.sum(), effects / loss)


def _evidence(suspects: Suspects, observed: Observed, loss: float) -> tuple[Floats, Floats]:
    """The log likelihood of the trainings up to a constant, and the effect, [suspect, curve]."""
    shares = left_out_shares(suspects, observed.left_out)
    losses = observed.losses - observed.losses.mean()
    df = len(losses) - 1
    variances = _SPREADS**2
    # The prior of the spread is 1 / spread, which is even on this grid.
    known = -observed.spread_df * (np.log(_SPREADS) + observed.spread**2 / (2 * variances))
    scale = _TRUSTED * loss
    found, effects = [], []
    for curve in _CURVES:
        restored = _restored_share(shares, curve)
        restored -= restored.mean(axis=1, keepdims=True)
        power = (restored**2).sum(axis=1)[:, None]
        product = -(restored @ losses)[:, None]
        precision = power / variances + 1 / scale**2
        mean = product / variances + loss / scale**2
        each = (
            known
            - df * np.log(_SPREADS)
            - 0.5 * (losses @ losses) / variances
            - 0.5 * (loss / scale) ** 2
            + 0.5 * mean**2 / precision
            - 0.5 * np.log(precision * scale**2)
        )
        found.append(_log_sum(each))
        effects.append((np.exp(each - found[-1][:, None]) * mean / precision).sum(axis=1))
    return np.stack(found, axis=1), np.stack(effects, axis=1)


def _restored_share(shares: Floats, curve: float) -> Floats:
    """The share of the loss that is restored where these shares of the guilty rows are left out."""
    restored: Floats = 1 - (1 - shares) ** curve
    return restored


def _log_sum(values: Floats) -> Floats:
    """The logarithm of the sum of exponentials over the last axis."""
    top = values.max(axis=-1, keepdims=True)
    summed: Floats = top[..., 0] + np.log(np.exp(values - top).sum(axis=-1))
    return summed


def next_subsets(
    suspects: Suspects, belief: Belief, count: int, rng: np.random.Generator
) -> list[Bools]:
    """The units to leave out in each of the next `count` trainings, by what is believed so far.

    Fewer if no further subset tells the suspects apart.
    """
    probabilities = belief.probabilities
    weights = belief.chances * belief.effects
    candidates = _candidates(suspects, probabilities, rng)
    shares = left_out_shares(suspects, candidates)
    expected = (
        sum(weights[:, [n]] * _restored_share(shares, curve) for n, curve in enumerate(_CURVES))
        / probabilities[:, None]
    )
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
