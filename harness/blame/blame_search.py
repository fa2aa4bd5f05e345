"""Undo subset after subset until one suspect stands out, or two that share the loss.

What is believed after each is in `harness.statistics.group_belief`, what to undo next in
`harness.statistics.group_testing`.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.statistics.group_belief import (
    NOBODY,
    Belief,
    Bools,
    Floats,
    Observed,
    Suspects,
    posterior,
)
from harness.statistics.group_testing import next_subsets

CERTAIN: Final = 0.95
"""The probability from which a suspect is taken for the culprit, with all that are nearly it."""
ALIKE: Final = 0.7
"""The share of rows in common from which two suspects are nearly the same."""
MUCH: Final = 0.3
"""The share of what two groups cost from which both are named, and not only the other."""
FEWEST: Final = 4
"""Subsets that are trained in any case: the noise is known from no fewer."""

Train = Callable[[Sequence[Bools]], list[float]]
"""Trains without these units, and gives the log loss of each."""
Choose = Callable[[Suspects, Belief, int, np.random.Generator], list[Bools]]
"""Gives the units to leave out next: suspects, what is believed of them, how many, and chance."""


class Searched(NamedTuple):
    """What a search found: [training, unit], a loss each, and what is believed after them."""

    suspects: Suspects
    left_out: Bools
    losses: Floats
    belief: Belief

    @property
    def first(self) -> tuple[int, ...]:
        """The suspects that are most probably to blame: one, or two that did much of it each."""
        groups = self.belief.groups[self._best][self.belief.much(MUCH)[self._best]]
        return tuple(int(group) for group in groups)

    @property
    def probability(self) -> float:
        """That of the most probable explanation and of those that are nearly it.

        A language and its math, which is most of it, can hardly be told apart and need not be.
        """
        near = nearly(self._guilty(MUCH), self.suspects.rows, self._best)
        return float(self.belief.probabilities[near].sum())

    @property
    def others(self) -> float:
        """The probability that a further group, most of it not of the first, did a part of it."""
        named = union(self.suspects, self.first)
        guilty, rows = self._guilty(0.0), self.suspects.rows
        outside = ((guilty & named) @ rows < ALIKE * (guilty @ rows)).any(axis=1)
        further = outside & (self.belief.groups[:, 1] != NOBODY)
        return float(self.belief.probabilities[further].sum() + self.belief.unlisted)

    @property
    def certain(self) -> bool:
        """Whether it stands out."""
        return self.probability >= CERTAIN

    @property
    def _best(self) -> int:
        return int(self.belief.probabilities.argmax())

    def _guilty(self, share: float) -> Bools:
        """The units that each hypothesis blames, [hypothesis, 2, unit]; groups of such a share."""
        return self.suspects.members[self.belief.groups] & self.belief.much(share)[:, :, None]


def union(suspects: Suspects, groups: Sequence[int]) -> Bools:
    """The units that these suspects have."""
    return np.asarray(suspects.members[list(groups)].any(axis=0))


def nearly(guilty: Bools, rows: Floats, one: int) -> Bools:
    """Which hypotheses blame nearly the same rows as this one; `guilty` is [hypothesis, 2, unit].

    Nearly all rows of either, and of each group of either, are among those of the other.
    """
    every = np.asarray(guilty.any(axis=1))
    found = (every & every[one]) @ rows >= ALIKE * ((every | every[one]) @ rows)
    for group in range(guilty.shape[1]):
        of, its = guilty[:, group], guilty[one, group]
        found &= (of & every[one]) @ rows >= ALIKE * (of @ rows)
        found &= (every & its) @ rows >= ALIKE * (its @ rows)
    return np.asarray(found)


def search(
    groups: Suspects,
    train: Train,
    old: Sequence[float],
    new: Sequence[float],
    *,
    most: int,
    at_once: int,
    told: Callable[[int, tuple[int, ...], float], None] = lambda trained, first, probability: None,
    choose: Choose = next_subsets,
) -> Searched:
    """Train at most `most` subsets, `at_once` a round.

    `old` and `new` are the log losses of both datasets, two trainings or more each. `told` is
    called after each round with the number of trainings, the first suspects and their probability.

    Raises:
        ValueError: new is no worse than old, on average.
    """
    loss = float(np.mean(new) - np.mean(old))
    left_out = np.zeros((len(new), len(groups.rows)), dtype=np.bool_)
    losses = np.array(new, dtype=np.float64)
    trained = 0
    while True:
        spread = float(np.std(old, ddof=1))
        observed = Observed(left_out, losses, spread, len(old) - 1)
        belief = posterior(groups, observed, loss)
        found = Searched(groups, left_out, losses, belief)
        if trained:
            told(trained, found.first, found.probability)
        if trained >= most or (trained >= FEWEST and found.certain):
            return found
        # The same choices in every run, so that one that was stopped finds its trainings again.
        rng = np.random.default_rng(trained)
        subsets = choose(groups, belief, min(at_once, most - trained), rng)
        if not subsets:
            return found
        losses = np.append(losses, train(subsets))
        left_out = np.vstack([left_out, subsets])
        trained += len(subsets)
