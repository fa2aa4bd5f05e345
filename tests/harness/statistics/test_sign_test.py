"""The exact test of one paired run, against other implementations and by counting."""

from itertools import product

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from harness.statistics.estimators import p_two_sided, paired_mean
from harness.statistics.sign_test import exact_p


def counted(differences):
    """The p of all signs, one by one."""
    sizes = np.abs(differences)
    sums = [np.dot(signs, sizes) for signs in product((-1, 1), repeat=len(sizes))]
    return np.mean(np.abs(sums) >= abs(sum(differences)) - 1e-9)


@pytest.mark.parametrize(("gains", "losses"), [(0, 1), (5, 0), (3, 9), (40, 61), (300, 250)])
def test_right_and_wrong_answers_give_mcnemars_exact_p(gains, losses):
    found = exact_p(np.array([1.0] * gains + [-1.0] * losses + [0.0] * 30))
    assert found == pytest.approx(mcnemar([[9, gains], [losses, 9]], exact=True).pvalue)
    assert found == pytest.approx(stats.binomtest(gains, gains + losses).pvalue)


@pytest.mark.parametrize("seed", range(5))
def test_unequal_differences_give_the_share_of_all_signs(seed):
    differences = np.random.default_rng(seed).choice([-0.5, 0.25, 0.75, 1.0, 0.0], 12)
    assert exact_p(differences) == pytest.approx(counted(differences))


def test_no_difference_has_p_one_and_many_unequal_ones_have_none():
    assert exact_p(np.zeros(9)) == 1
    assert exact_p(np.random.default_rng(0).normal(size=40)) is None


def test_halves_of_thirds_that_add_up_are_equal_despite_rounding():
    third = 1 / 3
    assert exact_p(np.array([third, third, third, -1.0])) == 1


@pytest.mark.parametrize("gains", range(1, 9))
def test_interval_and_p_agree_on_zero_for_one_run(gains):
    variant = np.zeros((1, 804))
    variant[0, :gains] = 1
    found = paired_mean(variant, np.zeros((1, 804)))
    assert p_two_sided(found) == pytest.approx(2 / 2**gains)
    assert (found.low > 0) == (p_two_sided(found) < 0.05) == (gains > 5)


@pytest.mark.parametrize(
    ("problems", "chance"), [(804, 0.004), (50, 0.05), (164, 0.98), (250, 0.5)]
)
def test_models_that_are_alike_are_seldom_called_worse(problems, chance):
    rng = np.random.default_rng(1)
    worse = 0
    for _ in range(800):
        sides = (rng.random((2, 1, problems)) < chance).astype(float)
        worse += paired_mean(*sides).high < 0
    assert worse / 800 <= 0.0375


def test_several_runs_are_left_to_the_two_way_interval():
    rng = np.random.default_rng(2)
    sides = (rng.random((2, 3, 60)) < 0.5).astype(float)
    assert paired_mean(*sides).p_value is None


@pytest.mark.parametrize("problems", [2, 5, 6])
def test_equal_differences_on_another_scale_are_no_surer_than_their_signs(problems):
    scores = np.arange(problems, dtype=float)[None]
    found = paired_mean(scores + 2, scores)
    assert found.standard_error == 0
    assert p_two_sided(found) == pytest.approx(2 / 2**problems)
    assert (found.low > 0) == (problems > 5)


def test_ten_thousand_answers_that_differ_are_counted_exactly():
    found = exact_p(np.array([1.0] * 5060 + [-1.0] * 4940))
    assert found == pytest.approx(stats.binomtest(5060, 10_000).pvalue)
