"""The search for who is to blame, on trainings that are a formula."""

import numpy as np
import pytest

from harness.blame.blame_search import FEWEST, nearly, search
from harness.statistics.group_belief import Suspects, left_out_shares

UNITS = 16
GROUPS = Suspects(
    np.array(
        [
            [unit // size == at for unit in range(UNITS)]
            for size in (1, 2, 4, 8)
            for at in range(UNITS // size)
        ]
    ),
    np.full(UNITS, 10.0),
    np.full(30, 1 / 30),
)
OLD, NEW = [0.0, 0.01, -0.01], [0.2, 0.21, 0.19]


class Trainings:
    """Losses if one group is to blame; keeps what was asked."""

    def __init__(self, guilty: int, spread: float = 0.005) -> None:
        self.guilty, self.spread = guilty, spread
        self.asked: list[np.ndarray] = []

    def __call__(self, subsets):
        rng = np.random.default_rng(len(self.asked))
        self.asked += subsets
        shares = left_out_shares(GROUPS, np.array(subsets))[self.guilty]
        return list(0.2 * (1 - shares) + rng.normal(0, self.spread, len(subsets)))


@pytest.mark.parametrize("guilty", [0, 7, 15, 16, 24, 28, 29])
def test_each_size_of_group_is_found_in_few_trainings(guilty):
    trainings = Trainings(guilty)
    found = search(GROUPS, trainings, OLD, NEW, most=24, at_once=2)
    assert found.first == (guilty,)
    assert found.certain
    assert found.others < 0.5
    assert FEWEST <= len(trainings.asked) <= 15  # leaving out each of 30 groups takes 30
    assert len(found.losses) == len(NEW) + len(trainings.asked) == len(found.left_out)


@pytest.mark.parametrize(("most", "at_once"), [(1, 2), (5, 2), (6, 4), (3, 1)])
def test_no_more_are_trained_than_allowed(most, at_once):
    trainings, rounds = Trainings(7, spread=0.1), []
    old, new = [0.0, 0.1, -0.1], [0.2, 0.3, 0.1]

    def told(trained, first, probability):
        rounds.append(trained)

    found = search(GROUPS, trainings, old, new, most=most, at_once=at_once, told=told)
    assert len(trainings.asked) == most
    assert len(found.losses) == len(NEW) + most
    assert rounds[-1] == most
    assert max(np.diff([0, *rounds])) <= at_once


def test_a_second_search_asks_for_the_same_trainings():
    first, second = Trainings(7), Trainings(7)
    one = search(GROUPS, first, OLD, NEW, most=10, at_once=2)
    two = search(GROUPS, second, OLD, NEW, most=10, at_once=2)
    assert all((a == b).all() for a, b in zip(first.asked, second.asked, strict=True))
    assert (one.belief.probabilities == two.belief.probabilities).all()


def test_no_loss_is_no_search():
    with pytest.raises(ValueError, match="no loss"):
        search(GROUPS, Trainings(0), NEW, OLD, most=4, at_once=1)


def test_suspects_of_nearly_the_same_rows_count_as_one():
    """Two groups that differ in a unit of few rows, which no training tells apart by its noise."""
    rows = np.array([80.0, 20, 100, 100, 100])
    members = np.array(
        [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]],
        dtype=bool,
    )
    groups = Suspects(members, rows, np.full(5, 0.2))
    alone = members[:, None] & np.array([True, False])[:, None]
    assert list(nearly(alone, rows, 0)) == [True, True, False, False, False]

    def train(subsets):
        rng = np.random.default_rng(len(subsets))
        return [0.2 * (1 - subset[0]) + rng.normal(0, 0.03) for subset in subsets]

    found = search(groups, train, OLD, NEW, most=12, at_once=2)
    assert found.first in ((0,), (1,))
    assert found.certain
    assert found.probability >= found.belief.probabilities[:2].sum() - 1e-12
    assert found.belief.probabilities.max() < 0.95


def two_to_blame(first: int, second: int, of_first: float, spread: float):
    """Trainings that lose 0.2 to two groups, such a part of it to the first."""
    rng = np.random.default_rng(11)

    def train(subsets):
        shares = left_out_shares(GROUPS, np.array(subsets))
        lost = of_first * (1 - shares[first]) + (1 - of_first) * (1 - shares[second])
        return list(0.2 * lost + rng.normal(0, spread, len(subsets)))

    return train


@pytest.mark.parametrize(("first", "second"), [(2, 9), (7, 27), (16, 29), (20, 23)])
def test_two_groups_that_did_as_much_are_both_named(first, second):
    assert not (GROUPS.members[first] & GROUPS.members[second]).any()
    train = two_to_blame(first, second, 0.5, 0.003)
    found = search(GROUPS, train, OLD, NEW, most=24, at_once=2)
    assert found.certain
    assert set(found.first) == {first, second}
    assert found.belief.shared > 0.95
    assert found.others < 0.05  # both are named


def test_a_group_that_did_most_is_named_and_that_another_did_the_rest_is_known():
    found = search(GROUPS, two_to_blame(18, 24, 0.8, 0.002), OLD, NEW, most=24, at_once=2)
    assert found.certain
    assert found.first == (18,)
    assert found.others > 0.5


def test_a_pair_is_not_nearly_one_of_its_groups():
    """Whatever the rows: the other group did a part of it too."""
    members = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 0]], dtype=bool)
    rows = np.array([50.0, 40, 10, 100])
    alone, small, nobody, union = members
    guilty = np.array([[alone, nobody], [alone, small], [small, alone], [union, nobody]])
    assert list(nearly(guilty, rows, 0)) == [True, False, False, True]
    assert list(nearly(guilty, rows, 1)) == [False, True, True, True]
