"""Estimators: worked examples, independent computations, and data that breaks naive formulas."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from harness.statistics.estimators import (
    Estimate,
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
    wilson,
)

HAND = np.array([[1.0, 2.0, 3.0], [3.0, 4.0, 8.0]])


def crossed(seeds=3, problems=30, seed_sd=1.0, problem_sd=1.0, rng_seed=0):
    rng = np.random.default_rng(rng_seed)
    return (
        rng.normal(0, seed_sd, (seeds, 1))
        + rng.normal(0, problem_sd, problems)
        + rng.normal(0, 1, (seeds, problems))
    )


def estimate(value=0.0, error=1.0, df=10.0):
    quantile = scipy_stats.t.ppf(0.975, df)
    return Estimate(
        value=value,
        standard_error=error,
        df=df,
        low=value - quantile * error,
        high=value + quantile * error,
        n_problems=40,
        n_clusters=40,
        n_seeds=3,
    )


# --- the two-way machinery -------------------------------------------------------------------


def test_mean_squares_of_the_worked_example():
    squares = mean_squares(HAND)
    assert squares.seeds == pytest.approx(13.5)
    assert squares.problems == pytest.approx(6.5)
    assert squares.residual == pytest.approx(1.5)


def test_mean_squares_are_those_of_statsmodels_anova():
    table = crossed()
    rows = [(s, q, table[s, q]) for s in range(3) for q in range(30)]
    frame = pd.DataFrame(rows, columns=["s", "q", "y"])
    anova = anova_lm(ols("y ~ C(s) + C(q)", frame).fit())
    expected = (anova["sum_sq"] / anova["df"]).to_dict()
    squares = mean_squares(table)
    assert squares.seeds == pytest.approx(expected["C(s)"])
    assert squares.problems == pytest.approx(expected["C(q)"])
    assert squares.residual == pytest.approx(expected["Residual"])


def test_worked_example_variance_quantile_and_interval():
    result = paired_mean(HAND, np.zeros_like(HAND))
    variance = (13.5 + 6.5 - 1.5) / 6
    # Cochran and Cox: 12 of 18.5 parts come from one df, 6.5 from two.
    quantile = math.sqrt((12 * 12.7062**2 + 6.5 * 4.3027**2) / 18.5)
    assert result.value == pytest.approx(3.5)
    assert result.standard_error == pytest.approx(math.sqrt(variance))
    assert result.high - result.value == pytest.approx(quantile * math.sqrt(variance), rel=1e-4)
    assert scipy_stats.t.ppf(0.975, result.df) == pytest.approx(quantile, rel=1e-4)
    assert (result.n_seeds, result.n_problems) == (2, 3)


def test_variance_never_falls_under_that_of_problems_alone():
    # Seed means are equal while cells differ, so MS_s = 0 and V_q + V_s - V_qs < V_q.
    table = np.array([[1.0, 0.0, 0.0, 3.0], [0.0, 1.0, 0.0, 3.0], [0.0, 0.0, 1.0, 3.0]])
    squares = mean_squares(table)
    assert squares.seeds == pytest.approx(0.0)
    v_q = squares.problems / 12
    assert paired_mean(table + 5, np.full_like(table, 5.0)).standard_error ** 2 == pytest.approx(
        v_q
    )


def test_seeds_that_dominate_leave_two_degrees_of_freedom():
    result = paired_mean(crossed(seed_sd=100), np.zeros((3, 30)))
    assert result.df == pytest.approx(2.0, abs=0.05)


def test_problems_that_dominate_leave_nearly_all_degrees_of_freedom():
    result = paired_mean(crossed(seed_sd=0, problem_sd=100), np.zeros((3, 30)))
    assert 27 < result.df <= 29


def test_one_seed_is_the_paired_t_test_over_problems():
    variant, reference = crossed(1), crossed(1, rng_seed=1)
    expected = scipy_stats.ttest_rel(variant[0], reference[0])
    result = paired_mean(variant, reference)
    interval = expected.confidence_interval()
    assert (result.low, result.high) == pytest.approx((interval.low, interval.high))
    assert p_two_sided(result) == pytest.approx(expected.pvalue)


def test_pairing_removes_what_both_share():
    shared = 50 * crossed(rng_seed=4)
    variant, reference = shared + crossed(rng_seed=5), shared + crossed(rng_seed=6)
    unpaired = (
        score_mean(variant, False).standard_error + score_mean(reference, False).standard_error
    )
    assert paired_mean(variant, reference).standard_error < unpaired / 10


def test_two_seeds_are_estimated():
    result = paired_mean(crossed(2), np.zeros((2, 30)))
    assert result.n_seeds == 2
    assert 1 <= result.df <= 29


def test_languages_are_averaged_within_a_problem():
    cube = np.stack([crossed(rng_seed=k) for k in range(4)], axis=2)
    assert paired_mean(cube, 0 * cube) == paired_mean(cube.mean(axis=2), np.zeros((3, 30)))


def test_copies_of_a_language_add_no_information():
    one = crossed()
    copies = np.repeat(one[:, :, None], 5, axis=2)
    single, copied = paired_mean(one, 0 * one), paired_mean(copies, 0 * copies)
    assert copied.standard_error == pytest.approx(single.standard_error)


# --- rare and absent differences -------------------------------------------------------------


def test_no_difference_on_eight_problems_is_no_proof_of_none():
    scores = np.tile([1.0, 0, 0, 0, 0, 0, 0, 0], (3, 1))
    result = paired_mean(scores, scores)
    assert result.value == 0
    assert result.high == pytest.approx(wilson(0, 8, t_quantile(7))[1])
    assert result.low == pytest.approx(-result.high)
    assert result.standard_error == pytest.approx(result.high / t_quantile(7))


@pytest.mark.parametrize("differing", range(8))
def test_half_width_is_never_under_that_of_no_difference(differing):
    variant, reference = np.zeros((1, 100)), np.zeros((1, 100))
    variant[0, :differing] = 1
    reference[0, 50] = variant[0, 50] = 1
    result = paired_mean(variant, reference)
    least = wilson(0, 100)[1]
    assert min(result.high - result.value, result.value - result.low) >= least * 0.6
    assert result.high - result.low >= 2 * least


def test_equal_log_ratios_have_no_spread():
    bits = np.abs(crossed()) + 1
    sizes = np.ones(30)
    result = paired_log_ratio(bits, bits, sizes)
    assert (result.value, result.standard_error, result.low, result.high) == (0, 0, 0, 0)
    assert p_two_sided(result) == 1
    assert p_worse(result, False) == 1


def test_constant_shift_without_spread_is_certain():
    table = crossed() + 10  # not a score between 0 and 1: no bound applies
    result = paired_mean(table, table + 0.5)
    assert result.standard_error == 0
    assert p_two_sided(result) == 0
    assert p_worse(result, True) == 0


# --- bits per byte ---------------------------------------------------------------------------


def test_log_ratio_is_that_of_the_sums():
    rng = np.random.default_rng(0)
    bits_v, bits_r = rng.gamma(4, 100, (3, 50)), rng.gamma(4, 110, (3, 50))
    sizes = rng.integers(50, 400, 50)
    expected = np.mean(np.log(bits_v.sum(axis=1) / bits_r.sum(axis=1)))
    assert paired_log_ratio(bits_v, bits_r, sizes).value == pytest.approx(expected)


def test_log_ratio_error_agrees_with_resampling_problems():
    rng = np.random.default_rng(1)
    difficulty = rng.gamma(4, 100, 200)
    bits_v = (difficulty * rng.lognormal(0, 0.1, 200))[None]
    bits_r = (difficulty * rng.lognormal(0, 0.1, 200))[None]
    sizes = rng.integers(50, 400, 200)
    draws = rng.integers(0, 200, (4000, 200))
    resampled = np.log(bits_v[0][draws].sum(axis=1) / bits_r[0][draws].sum(axis=1))
    result = paired_log_ratio(bits_v, bits_r, sizes)
    assert result.standard_error == pytest.approx(resampled.std(), rel=0.05)


def test_score_error_agrees_with_resampling_problems():
    rng = np.random.default_rng(2)
    sizes = rng.integers(50, 400, 200)
    bits = (sizes * rng.gamma(20, 0.1, 200))[None]
    draws = rng.integers(0, 200, (4000, 200))
    resampled = bits[0][draws].sum(axis=1) / sizes[draws].sum(axis=1)
    result = score_bpb(bits, sizes)
    assert result.value == pytest.approx(bits.sum() / sizes.sum())
    assert result.standard_error == pytest.approx(resampled.std(), rel=0.05)


def test_bpb_of_languages_is_the_mean_of_logs():
    rng = np.random.default_rng(3)
    bits, sizes = rng.gamma(4, 100, (3, 40, 2)), rng.integers(50, 400, (40, 2))
    by_language = bits.sum(axis=1) / sizes.sum(axis=0)
    assert score_bpb(bits, sizes).value == pytest.approx(np.exp(np.log(by_language).mean()))
    other = bits * 1.1
    assert paired_log_ratio(other, bits, sizes).value == pytest.approx(math.log(1.1))


def test_linearised_rows_average_to_the_log_of_the_run():
    rng = np.random.default_rng(4)
    bits, sizes = rng.gamma(4, 100, (3, 40)), rng.integers(50, 400, 40)
    expected = np.log(bits.sum(axis=1) / sizes.sum())
    assert log_bpb_scores(bits, sizes).mean(axis=1) == pytest.approx(expected)


def test_log_ratio_reads_as_percent_and_as_bits():
    ratio = estimate(math.log(1.02), 0.01, 100)
    assert as_percent(ratio).value == pytest.approx(2.0)
    assert as_percent(ratio).high == pytest.approx(100 * (math.exp(ratio.high) - 1))
    assert as_bpb_difference(ratio, 1.5).value == pytest.approx(0.03)
    assert as_bpb_difference(ratio, 1.5).standard_error == pytest.approx(0.01 * 1.02 * 1.5)


# --- one score on its own --------------------------------------------------------------------


@pytest.mark.parametrize(("k", "n"), [(0, 20), (1, 20), (7, 8), (50, 164), (20, 20)])
def test_wilson_is_that_of_statsmodels(k, n):
    assert wilson(k, n) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)


def test_one_run_of_outcomes_gets_wilson():
    scores = np.array([[1.0] * 6 + [0.0] * 14])
    result = score_mean(scores, binary=True)
    assert result.value == pytest.approx(0.3)
    assert (result.low, result.high) == pytest.approx(wilson(6, 20))


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("shape", [(1, 20), (3, 20), (3, 20, 4)])
def test_scores_at_a_bound_get_wilson_on_problems(value, binary, shape):
    result = score_mean(np.full(shape, value), binary)
    assert result.value == value
    assert (result.low, result.high) == pytest.approx(wilson(20 * value, 20))
    assert not math.isnan(result.standard_error)


def test_seeds_that_agree_add_no_information_to_a_score():
    one = np.array([[1.0] * 10 + [0.0] * 30])
    single, three = score_mean(one, True), score_mean(np.repeat(one, 3, axis=0), True)
    assert (three.low, three.high) == pytest.approx((single.low, single.high), abs=0.01)


def test_between_seed_spread_widens_the_interval_of_a_score():
    rng = np.random.default_rng(0)
    chance = np.array([[0.2], [0.5], [0.8]])
    spread = (rng.random((3, 200)) < chance).astype(float)
    level = (rng.random((3, 200)) < 0.5).astype(float)
    wide, narrow = score_mean(spread, True), score_mean(level, True)
    assert wide.standard_error > 5 * narrow.standard_error
    assert wide.high - wide.low > 0.7
    assert wide.low >= 0
    assert wide.high <= 1


def test_repeated_samples_get_wilson_s_interval_of_their_effective_size():
    rates = np.array([[0.0, 0.25, 0.5, 0.5, 1.0]])
    result = score_mean(rates, binary=False)
    size = 0.45 * 0.55 / (rates.var(ddof=1) / 5)
    expected = wilson(0.45 * size, size, t_quantile(4))
    assert (result.low, result.high) == pytest.approx(expected)
    assert result.standard_error == pytest.approx(rates.std(ddof=1) / math.sqrt(5))


@pytest.mark.parametrize(
    "rates",
    [
        [1.0, 1.0, 1.0, 0.9],
        [0.0, 0.0, 0.1, 0.0, 0.0],
        [1.0] * 19 + [0.2],
        [0.95, 1.0],
        [0.5, 0.5, 0.5],
        [0.999] * 40,
    ],
)
@pytest.mark.parametrize("seeds", [1, 3])
def test_intervals_of_means_of_samples_stay_between_0_and_1(rates, seeds):
    result = score_mean(np.tile(rates, (seeds, 1)), binary=False)
    assert 0 <= result.low < result.value < result.high <= 1


def test_scores_that_are_no_shares_get_the_t_interval():
    points = np.array([[7.0, 9.0, 3.0, 8.0]])
    result = score_mean(points, binary=False)
    half = scipy_stats.t.ppf(0.975, 3) * points.std(ddof=1) / 2
    assert (result.low, result.high) == pytest.approx((6.75 - half, 6.75 + half))


def test_seeds_that_cancel_exactly_claim_no_more_than_all_cells():
    scores = np.array([[1.0, 0.0] * 10, [0.0, 1.0] * 10])
    result = score_mean(scores, binary=True)
    half = (result.high - result.low) / 2
    assert half > 0.1
    assert result.standard_error > 0


# --- tests and power -------------------------------------------------------------------------


def test_p_values_agree_with_the_interval():
    quantile = scipy_stats.t.ppf(0.975, 10)
    assert p_two_sided(estimate(quantile)) == pytest.approx(0.05)
    assert p_worse(estimate(-quantile), higher_is_better=True) == pytest.approx(0.025)
    assert p_worse(estimate(-quantile), higher_is_better=False) == pytest.approx(0.975)


def test_oriented_turns_value_and_ends():
    turned = oriented(estimate(1.0, 0.1), higher_is_better=False)
    assert turned.value == -1
    assert turned.low < -1 < turned.high < 0
    assert oriented(estimate(1.0), True) == estimate(1.0)


@pytest.mark.parametrize("df", [2.0, 5.5, 39.0])
def test_smallest_detectable_has_eighty_percent_power_by_simulation(df):
    effect = smallest_detectable(estimate(0, 0.5, df))
    rng = np.random.default_rng(0)
    error = 0.5 * np.sqrt(rng.chisquare(df, 200_000) / df)
    found = rng.normal(effect, 0.5, 200_000) / error > scipy_stats.t.ppf(0.975, df)
    assert found.mean() == pytest.approx(0.8, abs=0.005)


def test_power_to_show_noninferiority_by_simulation():
    rng = np.random.default_rng(0)
    error = 0.5 * np.sqrt(rng.chisquare(2, 200_000) / 2)
    low = rng.normal(0, 0.5, 200_000) - scipy_stats.t.ppf(0.975, 2) * error
    assert power_noninferior(estimate(0, 0.5, 2), 2.0) == pytest.approx(
        (low >= -2.0).mean(), abs=0.005
    )


@pytest.mark.parametrize("margin", [1e-6, 1.0, 50.0, 1e9])
@pytest.mark.parametrize("df", [1.0, 2.0, 100.0])
def test_power_is_a_probability_at_any_margin(margin, df):
    assert 0 <= power_noninferior(estimate(0, 1, df), margin) <= 1


def test_power_is_certain_without_spread():
    assert power_noninferior(estimate(0, 0.0), 0.01) == 1
    assert smallest_detectable(estimate(0, 0.0)) == 0


def test_holm_is_that_of_statsmodels_to_the_last_digit():
    generator = np.random.default_rng(0)
    for size in (1, 2, 3, 7, 40):
        values = generator.uniform(size=size) ** 3
        values[-1] = values[0]
        expected = multipletests(values, method="holm")[1]
        assert holm(list(values)) == expected.tolist()


def test_holm_of_a_worked_example():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9]) == [0.9]
    assert holm([]) == []


# --- bad arguments ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: paired_mean(np.zeros((3, 1)), np.zeros((3, 1))), "1 problem: .*at least 2"),
        (lambda: paired_mean(np.zeros((3, 5)), np.zeros((3, 4))), r"\(3, 5\).*\(3, 4\)"),
        (lambda: paired_mean(np.zeros(5), np.zeros(5)), r"shape \(5,\)"),
        (lambda: paired_mean(np.zeros((0, 5)), np.zeros((0, 5))), r"shape \(0, 5\)"),
        (lambda: paired_mean(np.full((3, 5), np.nan), np.zeros((3, 5))), "15 values .*not finite"),
        (lambda: score_mean(np.full((1, 5), 0.5), binary=True), "must be 0 or 1"),
        (lambda: score_bpb(np.ones((3, 5)), np.ones(4)), r"\(4,\).*\(5,\)"),
        (lambda: score_bpb(np.ones((3, 5)), np.zeros(5)), "bytes must be > 0, got 0"),
        (lambda: score_bpb(-np.ones((3, 5)), np.ones(5)), "bits must be >= 0.*-1"),
        (lambda: score_bpb(np.zeros((3, 5)), np.ones(5)), "not all 0"),
        (lambda: wilson(3, 2), "3 of 2"),
        (lambda: power_noninferior(estimate(), 0), "margin must be > 0, got 0"),
        (lambda: smallest_detectable(estimate(), 1.5), r"got 1\.5"),
        (lambda: holm([0.5, 1.5]), r"1\.5"),
        (lambda: as_bpb_difference(estimate(), 0), "reference_bpb must be > 0, got 0"),
    ],
)
def test_bad_argument_is_refused_with_its_value(call, message):
    with pytest.raises(ValueError, match=message):
        call()
