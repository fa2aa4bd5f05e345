"""Undo subset after subset until one suspect stands out (`harness.statistics.group_testing`)."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from harness.statistics.group_testing import (
    Belief,
    Bools,
    Floats,
    Observed,
    Suspects,
    next_subsets,
    posterior,
)

CERTAIN: Final = 0.95
"""The probability from which a suspect is taken for the culprit, with all that are nearly it."""
ALIKE: Final = 0.7
"""The share of rows in common from which two suspects are nearly the same."""
FEWEST: Final = 4
"""Subsets that are trained in any case: the noise is known from no fewer."""

Train = Callable[[Sequence[Bools]], list[float]]
"""Trains without these units, and gives the log loss of each."""
Choose = Callable[[Suspects, Belief, int, np.random.Generator], list[Bools]]
"""Gives the units to leave out next: suspects, what is believed of them, how many, and chance."""


class Searched(NamedTuple):
    """What a search found: [training, unit], a loss each, and the suspects' probabilities."""

    groups: Suspects
    left_out: Bools
    losses: Floats
    probabilities: Floats

    @property
    def first(self) -> int:
        """The most probable suspect."""
        return int(self.probabilities.argmax())

    @property
    def probability(self) -> float:
        """That of the most probable suspect and of those that are nearly it.

        A language and its math, which is most of it, can hardly be told apart and need not be.
        """
        return float(self.probabilities[alike(self.groups, self.first) >= ALIKE].sum())

    @property
    def certain(self) -> bool:
        """Whether it stands out."""
        return self.probability >= CERTAIN


def alike(groups: Suspects, one: int) -> Floats:
    """The rows that each suspect has in common with this one, as a share of all that either has."""
    rows, members = groups.rows, groups.members
    shared: Floats = (members & members[one]) @ rows / ((members | members[one]) @ rows)
    return shared


def search(
    groups: Suspects,
    train: Train,
    old: Sequence[float],
    new: Sequence[float],
    *,
    most: int,
    at_once: int,
    told: Callable[[int, int, float], None] = lambda trained, first, probability: None,
    choose: Choose = next_subsets,
) -> Searched:
    """Train at most `most` subsets, `at_once` a round.

    `old` and `new` are the log losses of both datasets, two trainings or more each. `told` is
    called after each round with the number of trainings, the first suspect and its probability.

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
        found = Searched(groups, left_out, losses, belief.probabilities)
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
