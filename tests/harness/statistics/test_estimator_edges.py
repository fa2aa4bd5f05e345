"""Estimators at the ends of their ranges, and the words for what they refuse."""

import math

import msgspec
import numpy as np
import pytest
from scipy import stats as scipy_stats

from harness.statistics.estimators import (
    FEW_DISCORDANT,
    Estimate,
    MeanSquares,
    as_bpb_difference,
    as_percent,
    holm,
    log_bpb_scores,
    mean_squares,
    oriented,
    p_two_sided,
    p_worse,
    paired_log_ratio,
    paired_mean,
    power_noninferior,
    score_bpb,
    score_mean,
    smallest_detectable,
    t_quantile,
    variance_and_df,
    wilson,
)


def estimate(value=0.0, error=1.0, df=10.0):
    return Estimate(
        value=value,
        standard_error=error,
        df=df,
        low=value - 2 * error,
        high=value + 3 * error,
        n_problems=40,
        n_clusters=40,
        n_seeds=3,
    )


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda bad, good: paired_mean(bad, good), "variant"),
        (lambda bad, good: paired_mean(good, bad), "reference"),
        (lambda bad, good: score_mean(bad, False), "scores"),
        (lambda bad, good: log_bpb_scores(bad, good[0]), "bits"),
        (lambda bad, good: paired_log_ratio(bad, good, good[0]), "variant"),
        (lambda bad, good: paired_log_ratio(good, bad, good[0]), "reference"),
    ],
)
def test_the_array_at_fault_is_named(call, name):
    good = np.ones((2, 5))
    with pytest.raises(ValueError, match=rf"^{name} has 2 values that are not finite: leave out"):
        call(np.array([[1.0, np.nan, 1, 1, 1], [1, 1, np.inf, 1, 1]]), good)
    shapes = r"must be score\[seed, problem\] or score\[seed, problem, language\], got shape \(5,\)"
    with pytest.raises(ValueError, match=rf"^{name} {shapes}$"):
        call(np.ones(5), good)
    with pytest.raises(ValueError, match=rf"^{name} has 1 problem: .*; evaluate more problems$"):
        call(np.ones((2, 1)), good)


def test_bytes_are_of_one_run_and_named():
    with pytest.raises(ValueError, match=r"^bytes has 1 problem"):
        log_bpb_scores(np.ones((2, 5)), np.ones(1))
    with pytest.raises(ValueError, match=r"^bytes \(4,\) must have the shape \(5,\) of one run$"):
        log_bpb_scores(np.ones((2, 5)), np.ones(4))
    with pytest.raises(ValueError, match=r"got shape \(2, 5, 1\)$"):
        log_bpb_scores(np.ones((2, 5)), np.ones((2, 5, 1)))
    assert log_bpb_scores(np.ones((2, 5, 3)), np.ones((5, 3))).shape == (2, 5, 3)


def test_two_problems_are_enough_and_one_target_may_cost_nothing():
    bits, sizes = np.array([[0.0, 4.0], [2.0, 2.0]]), np.array([1, 1])
    found = score_bpb(bits, sizes)
    assert found.value == pytest.approx(2.0)
    assert found.n_problems == 2
    assert np.exp(log_bpb_scores(bits, sizes).mean(axis=1)) == pytest.approx([2.0, 2.0])


@pytest.mark.parametrize(
    ("power", "taken"), [(0.025, False), (0.026, True), (0.99, True), (1, False)]
)
def test_power_lies_between_its_bounds(power, taken):
    if taken:
        assert smallest_detectable(estimate(), power) > 0
    else:
        with pytest.raises(ValueError, match=rf"^power must be between 0\.025 and 1, got {power}$"):
            smallest_detectable(estimate(), power)


def test_the_smallest_detectable_effect_grows_with_error_and_power():
    assert smallest_detectable(estimate(error=2.0)) == 2 * smallest_detectable(estimate())
    assert smallest_detectable(estimate()) == smallest_detectable(estimate(), 0.8)
    assert smallest_detectable(estimate(), 0.5) == pytest.approx(t_quantile(10), abs=0.06)
    assert smallest_detectable(estimate(), 0.9) > smallest_detectable(estimate(), 0.8)


def test_margins_far_beyond_the_error_are_certain():
    assert power_noninferior(estimate(), 1000.0) == pytest.approx(1.0)
    assert power_noninferior(estimate(), 1e9) == 1.0
    assert power_noninferior(estimate(error=0.0), 1e-9) == 1.0
    assert 0.02 < power_noninferior(estimate(), 1e-9) < 0.03
    with pytest.raises(ValueError, match=r"^margin must be > 0, got -1$"):
        power_noninferior(estimate(), -1)


def test_without_spread_a_difference_is_certain_and_none_is_none():
    for value, two_sided, worse in ((0.0, 1.0, 1.0), (0.5, 0.0, 1.0), (-0.5, 0.0, 0.0)):
        sure = estimate(value=value, error=0.0)
        assert (p_two_sided(sure), p_worse(sure, True)) == (two_sided, worse)
    assert p_worse(estimate(value=0.5, error=0.0), False) == 0.0


def test_p_values_are_those_of_student_s_t():
    for value in (-2.0, 0.0, 1.5):
        found = estimate(value=value, df=7.0)
        assert p_two_sided(found) == pytest.approx(2 * scipy_stats.t.sf(abs(value), 7))
        assert p_worse(found, True) == pytest.approx(scipy_stats.t.cdf(value, 7))
        assert p_worse(found, False) == pytest.approx(scipy_stats.t.sf(value, 7))


def test_what_is_higher_and_better_stays_and_the_other_is_turned():
    one = estimate(value=1.0)
    assert oriented(one, True) is one
    turned = oriented(one, False)
    assert (turned.value, turned.low, turned.high) == (-1.0, -4.0, 1.0)
    assert (turned.standard_error, turned.df, turned.n_problems) == (1.0, 10.0, 40)


def test_percent_and_bits_are_exponentials_of_all_three_numbers():
    one = msgspec.structs.replace(estimate(), value=0.1, low=-0.2, high=0.3, standard_error=0.05)
    for found, scale in ((as_percent(one), 100), (as_bpb_difference(one, 2.0), 2)):
        assert found.value == pytest.approx(scale * (math.exp(0.1) - 1))
        assert found.low == pytest.approx(scale * (math.exp(-0.2) - 1))
        assert found.high == pytest.approx(scale * (math.exp(0.3) - 1))
        assert found.standard_error == pytest.approx(scale * 0.05 * math.exp(0.1))
    with pytest.raises(ValueError, match=r"^reference_bpb must be > 0, got -1$"):
        as_bpb_difference(one, -1)


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (-1, 5), (6, 5), (0, -1)])
def test_wilson_refuses_counts_that_cannot_be(successes, n):
    said = rf"^wilson needs 0 <= successes <= n and n > 0, got {successes} of {n}$"
    with pytest.raises(ValueError, match=said):
        wilson(successes, n)


def test_wilson_at_its_bounds_is_exact_and_takes_a_quantile():
    assert wilson(0, 8)[0] == 0.0
    assert wilson(8, 8)[1] == 1.0
    assert wilson(0, 8, 2.0)[1] == pytest.approx(4 / 8 / (1 + 4 / 8))
    low, high = wilson(4, 8, 2.0)
    half = 2 / 1.5 * math.sqrt(0.25 / 8 + 4 / 256)
    assert (low, high) == (pytest.approx(0.5 - half), pytest.approx(0.5 + half))


def test_few_problems_that_differ_have_the_least_half_width_and_more_do_not():
    least = wilson(0, 40)[1]
    for differing in (FEW_DISCORDANT - 1, FEW_DISCORDANT):
        variant = np.zeros((1, 40))
        variant[0, :differing] = [1e-9] * differing
        found = paired_mean(variant, np.zeros((1, 40)))
        assert ((found.high - found.low) / 2 >= least * 0.999) is (differing < FEW_DISCORDANT)
    outside = paired_mean(np.full((3, 40), 2.0), np.full((3, 40), 2.0))
    assert (outside.low, outside.high) == (0.0, 0.0)
    below = paired_mean(np.full((3, 40), -0.5), np.full((3, 40), -0.5))
    assert (below.low, below.high) == (0.0, 0.0)


def test_one_seed_has_the_spread_of_problems_alone():
    squares = mean_squares(np.array([[1.0, 2.0, 6.0]]))
    assert squares == MeanSquares(seeds=0.0, problems=7.0, residual=0.0)
    assert variance_and_df(squares, 1, 3) == (pytest.approx(7 / 3), 2.0)


def test_no_variance_leaves_the_degrees_of_freedom_of_problems():
    nothing = MeanSquares(seeds=0.0, problems=0.0, residual=0.0)
    assert variance_and_df(nothing, 3, 20) == (0.0, 19.0)


def test_degrees_of_freedom_stay_between_those_of_seeds_and_problems():
    for seeds, problems in ((3, 40), (10, 4)):
        least, most = sorted((seeds - 1, problems - 1))
        for spread in (0.0, 0.1, 1.0, 10.0, 1000.0):
            squares = MeanSquares(seeds=spread, problems=1.0, residual=0.5)
            _, df = variance_and_df(squares, seeds, problems)
            assert least <= df <= most
    assert variance_and_df(MeanSquares(seeds=1e9, problems=1.0, residual=1.0), 3, 40)[1] == 2.0


def test_holm_takes_none_one_and_the_ends():
    assert holm([]) == []
    assert holm([0.03]) == [0.03]
    assert holm([1.0, 0.0]) == [1.0, 0.0]
    with pytest.raises(
        ValueError, match=r"^p-values must be between 0 and 1, got \[0\.5, -0\.1\]$"
    ):
        holm([0.5, -0.1])


def test_shares_of_one_are_scores_and_halves_are_not_binary():
    with pytest.raises(ValueError, match="average repeated samples with binary=False"):
        score_mean(np.array([[0.0, 0.5]]), binary=True)
    whole = score_mean(np.array([[0.0, 1.0, 1.0, 1.0]]), binary=True)
    assert (whole.low, whole.high) == pytest.approx(wilson(3, 4))
    assert whole.standard_error > 0
    ceiling = score_mean(np.ones((2, 4)), binary=False)
    assert (ceiling.value, ceiling.high) == (1.0, 1.0)
    assert ceiling.low == pytest.approx(wilson(4, 4)[0])
