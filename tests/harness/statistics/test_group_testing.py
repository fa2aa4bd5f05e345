"""Which group is to blame, by trainings that leave some units out: on losses that one made."""

import itertools

import numpy as np
import pytest
from scipy import stats

from harness.statistics.group_belief import (
    NOBODY,
    Belief,
    Observed,
    Suspects,
    left_out_shares,
    posterior,
    prior,
)
from harness.statistics.group_testing import next_subsets, random_subsets, restored

FACETS = {
    "language": [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
    "kind": [0, 0, 1, 1] * 3,
    "source": [0, 1] * 6,
}
ROWS = np.array([14.0, 30, 5, 8, 14, 30, 5, 8, 14, 30, 5, 8])


def alone(belief) -> np.ndarray:
    """The probability of each suspect to be the only one to blame."""
    return belief.probabilities[belief.groups[:, 1] == NOBODY]


def every_group() -> Suspects:
    """Each value of a facet, and each pair of values."""
    found = []
    for count in (1, 2):
        for names in itertools.combinations(FACETS, count):
            values = list(zip(*(FACETS[name] for name in names), strict=True))
            found += [[value == one for one in values] for value in sorted(set(values))]
    members = np.array(found)
    return Suspects(members, ROWS, np.full(len(members), 1 / len(members)))


GROUPS = every_group()
NOTHING = np.zeros((3, 12), dtype=bool)


def losses_of(guilty: int, left_out: np.ndarray, loss: float, spread: float, rng) -> np.ndarray:
    """What trainings lose if one group alone is to blame, evenly by its rows."""
    shares = left_out_shares(GROUPS, left_out)[guilty]
    return loss * (1 - shares) + rng.normal(0, spread, len(left_out))


def asked(guilty: int, loss: float, spread: float, seed: int, count: int, by_coins: bool):
    """The probabilities after `count` trainings, two a round."""
    rng = np.random.default_rng(seed)
    left_out, old = NOTHING, rng.normal(0, spread, 3)
    losses = losses_of(guilty, left_out, loss, spread, rng)
    whole = max(losses.mean() - old.mean(), loss / 10)
    found = prior(GROUPS)
    for _ in range(count // 2):
        subsets = random_subsets(12, 2, rng) if by_coins else next_subsets(GROUPS, found, 2, rng)
        if not subsets:
            break
        more = np.array(subsets)
        left_out = np.vstack([left_out, more])
        losses = np.append(losses, losses_of(guilty, more, loss, spread, rng))
        known = Observed(left_out, losses, float(old.std(ddof=1)), 2)
        found = posterior(GROUPS, known, whole)
    return alone(found)


def test_shares_are_of_rows_and_not_of_units():
    left_out = np.zeros((1, 12), dtype=bool)
    left_out[0, 0] = True
    shares = left_out_shares(GROUPS, left_out)[:, 0]
    assert shares[0] == pytest.approx(14 / 57)  # language 0
    assert shares[3] == pytest.approx(14 / (3 * 44))  # kind 0
    assert left_out_shares(GROUPS, ~NOTHING[:1]) == pytest.approx(1.0)


@pytest.mark.parametrize("guilty", range(len(GROUPS.prior)))
def test_the_guilty_group_is_named_whatever_it_is(guilty):
    found = asked(guilty, loss=0.1, spread=0.004, seed=guilty, count=14, by_coins=False)
    assert found.argmax() == guilty
    assert found[guilty] > 0.7


def test_what_is_said_to_be_certain_is_mostly_right():
    """At a spread where half of the searches end unsure: those that do not are right."""
    sure = right = 0
    for seed in range(80):
        guilty = seed % len(GROUPS.prior)
        found = asked(guilty, loss=0.1, spread=0.02, seed=seed, count=10, by_coins=False)
        if found.max() >= 0.95:
            sure += 1
            right += int(found.argmax() == guilty)
    assert 20 < sure < 75
    assert right / sure >= 0.9


def test_chosen_subsets_name_more_than_coins_in_as_many_trainings():
    named = {True: 0, False: 0}
    for by_coins in named:
        for seed in range(46):
            guilty = seed % len(GROUPS.prior)
            found = asked(guilty, loss=0.1, spread=0.01, seed=seed, count=8, by_coins=by_coins)
            named[by_coins] += int(found.argmax() == guilty and found.max() >= 0.95)
    assert named[False] > named[True] > 0


def test_a_restoration_that_is_early_or_late_is_read_too():
    """Half of the spoiled rows may do nearly all of the harm, or nearly none."""
    rng = np.random.default_rng(5)
    left_out = np.vstack([NOTHING, np.array(random_subsets(12, 16, rng))])
    for curve in (0.5, 2.0, 4.0):
        shares = left_out_shares(GROUPS, left_out)[4]
        losses = 0.1 * (1 - shares) ** curve + rng.normal(0, 0.004, len(left_out))
        found = alone(posterior(GROUPS, Observed(left_out, losses, 0.004, 2), 0.1))
        assert found.argmax() == 4


def test_without_a_training_the_prior_stands_and_without_a_loss_there_is_an_error():
    known = Observed(NOTHING, np.array([0.1, 0.11, 0.09]), 0.01, 2)
    found = posterior(GROUPS, known, 0.1)
    assert alone(found) == pytest.approx(GROUPS.prior * (1 - found.shared))
    assert found.shared == pytest.approx(prior(GROUPS).shared) == pytest.approx(0.1)
    for loss in (0.0, -0.1):
        with pytest.raises(ValueError, match="no loss"):
            posterior(GROUPS, known, loss)


def test_losses_that_no_group_explains_leave_nobody_certain():
    rng = np.random.default_rng(3)
    left_out = np.vstack([NOTHING, np.array(random_subsets(12, 12, rng))])
    losses = rng.normal(0, 0.05, len(left_out))
    found = alone(posterior(GROUPS, Observed(left_out, losses, 0.05, 2), 0.1))
    assert found.max() < 0.6


def test_what_is_left_out_covers_about_half_of_the_suspicion():
    rng = np.random.default_rng(0)
    for subset in next_subsets(GROUPS, prior(GROUPS), 2, rng):
        covered = GROUPS.prior @ left_out_shares(GROUPS, subset[None])[:, 0]
        assert 0.25 < covered < 0.75


def test_two_chosen_at_once_do_not_ask_the_same():
    first, second = next_subsets(GROUPS, prior(GROUPS), 2, np.random.default_rng(0))
    assert (first != second).any()
    assert (first != ~second).any()


def test_nothing_is_asked_where_one_group_is_left():
    alone = Suspects(GROUPS.members[:1], ROWS, np.array([1.0]))
    assert next_subsets(alone, prior(alone), 2, np.random.default_rng(0)) == []


def test_what_is_restored_has_the_interval_of_welch():
    first, second = [0.31, 0.28, 0.33], [0.11, 0.17, 0.16, 0.12]
    found = restored(first, second, 0.975)
    known = stats.ttest_ind(first, second, equal_var=False).confidence_interval(0.95)
    assert found.value == pytest.approx(np.mean(first) - np.mean(second))
    assert (found.low, found.high) == pytest.approx((known.low, known.high))


def test_equal_losses_have_no_width_and_one_training_no_interval():
    assert restored([0.2, 0.2], [0.1, 0.1], 0.975) == pytest.approx((0.1, 0.1, 0.1))
    with pytest.raises(ValueError, match="two trainings"):
        restored([0.2], [0.1, 0.1], 0.975)


def test_a_group_that_would_explain_half_is_told_from_twice_as_large_a_one():
    """Leaving out the smaller one restores half either way: what is asked next is the rest."""
    members = np.array([[1, 1], [1, 0], [0, 1]], dtype=bool)
    groups = Suspects(members, np.array([10.0, 10.0]), np.full(3, 1 / 3))
    left_out = np.array([[0, 0], [0, 0], [0, 0], [1, 0], [1, 0]], dtype=bool)
    losses = np.array([0.2, 0.201, 0.199, 0.1, 0.101])
    belief = posterior(groups, Observed(left_out, losses, 0.001, 2), 0.2)
    assert belief.effects[1, :, 0] == pytest.approx([0.5] * 4, abs=0.02)
    (subset,) = next_subsets(groups, belief, 1, np.random.default_rng(0))
    assert list(subset) in ([False, True], [True, True])


def test_a_pair_has_the_evidence_of_a_normal_model_with_two_effects():
    """By the density of the losses without their mean, whose covariance is known in closed form."""
    members = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    groups = Suspects(members, np.array([10.0, 20.0, 20.0]), np.array([0.5, 0.3, 0.2]))
    left_out = np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 0, 1]], dtype=bool)
    losses = np.array([0.21, 0.2, 0.1, 0.16, 0.04])
    found = posterior(groups, Observed(left_out, losses, 0.02, 2), 0.2)
    shares = left_out_shares(groups, left_out)
    contrasts = stats.ortho_group.rvs(5, random_state=1)
    contrasts = np.linalg.qr(np.column_stack([np.ones(5), contrasts]))[0][:, 1:5].T

    def evidence(of: list[int]) -> float:
        added = 0.0
        for curve in (0.5, 1, 2, 4):
            saved = 1 - (1 - shares[of]) ** curve
            mean, scale = 0.2 / len(of), 0.1 / len(of)
            for spread in np.geomspace(0.001, 0.2, 40):
                covariance = spread**2 * np.eye(5) + scale**2 * saved.T @ saved
                density = stats.multivariate_normal(
                    contrasts @ (-mean * saved.sum(axis=0)), contrasts @ covariance @ contrasts.T
                ).pdf(contrasts @ losses)
                added += density * spread**-2.0 * np.exp(-(0.02**2) / spread**2)
        return added

    alone_, pairs = 0.9 * groups.prior, np.array([0.15, 0.1]) / 2.5
    weights = [alone_[n] * evidence([n]) for n in range(3)]
    weights += [pairs[0] * evidence([0, 1]), pairs[1] * evidence([0, 2])]
    assert found.groups.tolist() == [[0, NOBODY], [1, NOBODY], [2, NOBODY], [0, 1], [0, 2]]
    assert found.probabilities == pytest.approx(np.array(weights) / sum(weights), rel=1e-6)
    assert found.unlisted == 0
    assert found.effects[3].sum(axis=1) == pytest.approx([1] * 4, abs=0.25)


def test_pairs_that_are_too_many_to_be_listed_are_counted():
    """30 groups of one unit: 435 pairs, of which 400 are listed and none is likely yet."""
    groups = Suspects(np.eye(30, dtype=bool), np.full(30, 5.0), np.full(30, 1 / 30))
    known = Observed(np.zeros((2, 30), dtype=bool), np.array([0.1, 0.12]), 0.01, 2)
    found = posterior(groups, known, 0.1)
    assert len(found.groups) == 30 + 400
    assert found.unlisted == pytest.approx(0.1 * 35 / 435, rel=0.01)
    assert found.probabilities.sum() + found.unlisted == pytest.approx(1)
    assert found.shared == pytest.approx(0.1, rel=0.01)


def test_much_is_a_share_of_what_both_explain():
    chances = np.array([[0.2, 0.2], [0.3, 0.3]])
    effects = np.array([[[1.0, 0], [1.0, 0]], [[0.9, 0.1], [0.7, 0.3]]])
    found = Belief(np.array([[4, NOBODY], [1, 2]]), chances, effects, 0.0)
    assert found.much(0.3).tolist() == [[True, False], [True, False]]
    assert found.much(0.19).tolist() == [[True, False], [True, True]]
