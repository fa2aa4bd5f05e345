"""Who is to blame for a loss, one group or two: what trainings that left changes out say.

The changes fall into units that are left out together or not at all; a suspect is a set of units
(all French rows, all of one source). If suspect h alone costs the score, a training that leaves out
the share f of h's rows has the log loss

    y = a - e * g(f) + noise,    g(f) = 1 - (1 - f)^c,    c one of 1/2, 1, 2, 4

with e about the whole loss that is to be explained: e ~ N(loss, (loss / 2)^2), a flat, and normal
noise of one unknown spread, which repeated trainings of a dataset bound. If two suspects with no
unit in common share the loss, there is such a term for each, with e ~ N(loss / 2, (loss / 4)^2).
The evidence for a hypothesis is its likelihood, with a and e integrated out in closed form, and c
and the spread summed over a grid. No training is attributed to a suspect by a threshold: every one
counts for or against all. Pairs are many: all of the most suspect are looked at on a coarse grid of
spreads, and the likeliest are kept.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

NOBODY: Final = -1
"""Stands in the place of a second group where there is none."""
CURVES: Final = (0.5, 1.0, 2.0, 4.0)
"""How what is restored grows with the share left out: late, evenly, early, at once."""
_SPREADS: Final = np.geomspace(0.001, 0.2, 40)
"""Possible standard deviations of a training's log loss: 0.1 to 20 %."""
_TRUSTED: Final = 0.5
"""The standard deviation of a group's effect, as a share of what it is expected to be."""
_TWO: Final = 0.1
"""The probability, before anything is trained, that two groups are to blame."""
_PAIRED: Final = 400
"""Suspects of which pairs are made, at most."""
_LISTED: Final = 400
"""Pairs that are kept, at most."""
_ROUGHLY: Final = 4
"""Every such spread is looked at to see which pairs to keep."""
_AT_ONCE: Final = 4096
"""Pairs whose evidence is computed at once."""


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


def restored_share(shares: Floats, curve: float) -> Floats:
    """The share of the loss that is restored where these shares of the guilty rows are left out."""
    restored: Floats = 1 - (1 - shares) ** curve
    return restored


class Belief(NamedTuple):
    """What is believed of who is to blame, by hypothesis: first each suspect alone, then pairs.

    `groups` is [hypothesis, 2]: the suspects, `NOBODY` as the second of one alone. `chances` and
    `effects` are by how what is restored grows: [hypothesis, curve] and [hypothesis, curve, 2], the
    part of the loss that each of the two explains. The chances and that of all pairs which are too
    unlikely to be listed, `unlisted`, add up to 1.
    """

    groups: Ints
    chances: Floats
    effects: Floats
    unlisted: float

    @property
    def probabilities(self) -> Floats:
        """The probability of each hypothesis."""
        return np.asarray(self.chances.sum(axis=1))

    @property
    def shared(self) -> float:
        """The probability that two groups are to blame."""
        return float(self.probabilities[self.groups[:, 1] != NOBODY].sum() + self.unlisted)

    def much(self, share: float) -> Bools:
        """Which of the two groups of each hypothesis explain this share, or all, [hypothesis, 2].

        Shares are of what both explain together, in the mean over the curves.
        """
        effects = (self.chances[:, :, None] * self.effects).sum(axis=1)
        enough = effects >= share * effects.sum(axis=1, keepdims=True)
        return np.asarray(enough & (self.groups != NOBODY))


def prior(suspects: Suspects) -> Belief:
    """What is believed before any training: pairs are too many to be listed."""
    count, curves = len(suspects.prior), len(CURVES)
    two = _TWO if _disjoint_pairs(suspects, np.arange(count)).size else 0.0
    chances = np.repeat(suspects.prior[:, None] * (1 - two) / curves, curves, axis=1)
    effects = np.stack([np.ones_like(chances), np.zeros_like(chances)], axis=2)
    return Belief(_alone(count), chances, effects, two)


def posterior(suspects: Suspects, observed: Observed, loss: float) -> Belief:
    """What is believed after these trainings; `loss` is to be explained, a log ratio above 0.

    Raises:
        ValueError: there is no loss to explain.
    """
    if loss <= 0:
        raise ValueError(f"there is no loss to explain: {loss}")
    seen = _Seen(suspects, observed, loss)
    alone = _alone(len(suspects.prior))
    found, effects = seen.evidence(alone, _SPREADS)
    found += np.log(suspects.prior)[:, None]
    pairs = _disjoint_pairs(suspects, _most_suspect(found))
    if not len(pairs):
        weights = np.exp(found - found.max())
        return Belief(alone, weights / weights.sum(), effects / loss, 0.0)
    before = suspects.prior[pairs].prod(axis=1)
    before = np.log(_TWO / before.sum() * before)
    rough = before + _log_sum(seen.evidence(pairs, _SPREADS[::_ROUGHLY])[0]) + np.log(_ROUGHLY)
    listed = np.sort(np.argsort(-rough, kind="stable")[:_LISTED])
    of_pairs, effects_of_pairs = seen.evidence(pairs[listed], _SPREADS)
    found = np.concatenate([found + np.log(1 - _TWO), before[listed, None] + of_pairs])
    top = found.max()
    weights = np.exp(found - top)
    rest = float(np.exp(np.delete(rough, listed) - top).sum())
    every = float(weights.sum()) + rest
    return Belief(
        np.concatenate([alone, pairs[listed]]),
        weights / every,
        np.concatenate([effects, effects_of_pairs]) / loss,
        rest / every,
    )


def _alone(count: int) -> Ints:
    return np.stack([np.arange(count), np.full(count, NOBODY)], axis=1)


def _most_suspect(found: Floats) -> Ints:
    """The suspects of which pairs are made, by what speaks for each of them alone."""
    order = np.argsort(-_log_sum(found), kind="stable")
    return np.sort(order[:_PAIRED])


def _disjoint_pairs(suspects: Suspects, among: Ints) -> Ints:
    """Pairs of suspects that have no unit in common, [pair, 2]."""
    members = suspects.members[among].astype(np.float32)
    first, second = np.nonzero(np.triu(members @ members.T == 0, 1))
    return np.stack([among[first], among[second]], axis=1)


class _Seen:
    """Trainings as each suspect explains them, by how what is restored grows."""

    def __init__(self, suspects: Suspects, observed: Observed, loss: float) -> None:
        self._losses = observed.losses - observed.losses.mean()
        self._known = observed.spread, observed.spread_df
        self._loss = loss
        shares = left_out_shares(suspects, observed.left_out)
        restored = [restored_share(shares, curve) for curve in CURVES]
        self._restored = [one - one.mean(axis=1, keepdims=True) for one in restored]

    def evidence(self, groups: Ints, spreads: Floats) -> tuple[Floats, Floats]:
        """The log likelihood up to a constant, [hypothesis, curve], and the effects (`Belief`).

        `groups` are all of one suspect each, or all of two.
        """
        every = groups[:, groups[0] != NOBODY].T
        variances = spreads**2
        spread, spread_df = self._known
        # The prior of the spread is 1 / spread, which is even on this grid.
        common = -spread_df * (np.log(spreads) + spread**2 / (2 * variances))
        common = common - (len(self._losses) - 1) * np.log(spreads)
        common = common - 0.5 * (self._losses @ self._losses) / variances
        found = np.empty((len(groups), len(CURVES)))
        effects = np.zeros((len(groups), len(CURVES), 2))
        for n, restored in enumerate(self._restored):
            inner = restored @ restored.T
            product = -(restored @ self._losses)
            for start in range(0, len(groups), _AT_ONCE):
                part = slice(start, start + _AT_ONCE)
                each, by_spread = _explained(inner, product, every[:, part], variances, self._loss)
                each = each + common
                found[part, n] = _log_sum(each)
                weights = np.exp(each - found[part, n, None])
                for k, effect in enumerate(by_spread):
                    effects[part, n, k] = (weights * effect).sum(axis=1)
        return found, effects


def _explained(
    inner: Floats, product: Floats, groups: Ints, variances: Floats, loss: float
) -> tuple[Floats, list[Floats]]:
    """What an explanation adds to the log likelihood, and its effects, [hypothesis, variance].

    `inner` has the inner products of what leaving each suspect out restores over the trainings,
    `product` those with what they saved.
    """
    share = loss / len(groups)
    scale = _TRUSTED * share
    weights = [inner[one, one][:, None] / variances + 1 / scale**2 for one in groups]
    saved = [product[one][:, None] / variances + share / scale**2 for one in groups]
    constant = -0.5 * len(groups) * (share / scale) ** 2
    if len(groups) == 1:
        (weight,), (save,) = weights, saved
        added = 0.5 * save**2 / weight - 0.5 * np.log(weight * scale**2)
        return added + constant, [save / weight]
    both = inner[groups[0], groups[1]][:, None] / variances
    determinant = weights[0] * weights[1] - both**2
    effects = [
        (weights[1] * saved[0] - both * saved[1]) / determinant,
        (weights[0] * saved[1] - both * saved[0]) / determinant,
    ]
    quadratic = saved[0] * effects[0] + saved[1] * effects[1]
    added = 0.5 * quadratic - 0.5 * np.log(determinant * scale**4)
    return added + constant, effects


def _log_sum(values: Floats) -> Floats:
    """The logarithm of the sum of exponentials over the last axis."""
    top = values.max(axis=-1, keepdims=True)
    summed: Floats = top[..., 0] + np.log(np.exp(values - top).sum(axis=-1))
    return summed
