"""Score intervals beside what is published, and what they promise near the bounds."""

import numpy as np
import pytest
from scipy import optimize
from scipy import stats as scipy_stats

from harness.statistics.estimators import (
    lower_error,
    p_two_sided,
    paired_mean,
    power_noninferior,
    t_quantile,
)
from harness.statistics.proportions import null_variance, paired_bounds, wilson

NORMAL = scipy_stats.norm.ppf(0.975)


def restricted_share(gains, losses, n, difference):
    """The likeliest share of losses if the true difference is this, found by search."""

    def minus_likelihood(share):
        terms = ((gains, share + difference), (losses, share))
        terms += ((n - gains - losses, 1 - 2 * share - difference),)
        return -sum(count * np.log(p) for count, p in terms if count)

    ends = (max(0, -difference) + 1e-12, (1 - difference) / 2 - 1e-12)
    return optimize.minimize_scalar(
        minus_likelihood, bounds=ends, method="bounded", options={"xatol": 1e-12}
    ).x


@pytest.mark.parametrize("difference", [-0.9, -0.4, -0.1, -0.02, 0.05, 0.3, 0.8])
@pytest.mark.parametrize(("gains", "losses"), [(12, 2), (1, 0), (2, 9), (20, 20), (44, 0)])
def test_the_variance_is_that_of_the_likeliest_shares(gains, losses, difference):
    share = restricted_share(gains, losses, 44, difference)
    expected = 2 * share + difference - difference**2
    found = null_variance(gains / 44, losses / 44, difference)
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("gains", "losses"), [(12, 2), (1, 0), (2, 9), (20, 20)])
def test_a_bound_is_where_tango_s_score_is_the_quantile(gains, losses):
    for bound in paired_bounds(gains / 44, losses / 44, 44, NORMAL):
        share = restricted_share(gains, losses, 44, bound)
        error = np.sqrt(44 * (2 * share + bound * (1 - bound)))
        assert abs(gains - losses - 44 * bound) / error == pytest.approx(NORMAL, abs=1e-4)


@pytest.mark.parametrize("n", [8, 44, 164])
def test_without_differing_problems_the_bound_is_wilson_s(n):
    assert paired_bounds(0, 0, n, NORMAL) == pytest.approx((-wilson(0, n)[1], wilson(0, n)[1]))


@pytest.mark.parametrize(("gains", "losses"), [(0, 0), (3, 0), (0, 3), (5, 9), (40, 2), (44, 0)])
def test_bounds_turn_with_the_sides_and_contain_what_was_seen(gains, losses):
    low, high = paired_bounds(gains / 44, losses / 44, 44, NORMAL)
    assert paired_bounds(losses / 44, gains / 44, 44, NORMAL) == pytest.approx((-high, -low))
    assert -1 <= low <= (gains - losses) / 44 <= high <= 1


def test_the_variance_at_what_was_seen_is_that_of_the_sample():
    gains, losses = 0.12, 0.05
    seen = gains - losses
    assert null_variance(gains, losses, seen) == pytest.approx(gains + losses - seen**2)
    assert null_variance(gains, losses, 0.0) == pytest.approx(gains + losses)


def test_many_differing_problems_leave_the_t_interval():
    rng = np.random.default_rng(3)
    variant, reference = rng.random((2, 3, 4000)) < 0.5
    result = paired_mean(variant, reference)
    table = variant.astype(float) - reference
    half = t_quantile(result.df) * result.standard_error
    assert result.value == pytest.approx(table.mean())
    assert (result.low, result.high) == pytest.approx(
        (result.value - half, result.value + half), abs=2e-4
    )


@pytest.mark.parametrize("lost", range(12))
def test_interval_and_p_value_agree_on_no_difference(lost):
    variant, reference = np.ones((1, 60)), np.ones((1, 60))
    variant[0, :lost] = 0
    result = paired_mean(variant, reference)
    assert (result.high < 0) == (p_two_sided(result) < 0.05)
    assert (result.high < 0) == (lost > 5)  # five of five by chance: 2 / 32


def test_power_follows_the_bound_of_non_inferiority():
    variant, reference = np.ones((1, 164)), np.ones((1, 164))
    variant[0, :2] = reference[0, 2:4] = 0
    result = paired_mean(variant, reference)
    assert result.value == 0
    assert lower_error(result) > 1.1 * result.standard_error
    assert power_noninferior(result, -result.low) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("seeds", "problems", "right", "margin"),
    [(1, 164, 0.98, 0.03), (3, 164, 0.98, 0.03), (3, 164, 0.98, 0.05), (3, 50, 0.06, 0.05)],
)
@pytest.mark.parametrize("alike", [0.0, 0.8])
def test_a_loss_of_the_margin_is_seldom_called_non_inferior(seeds, problems, right, margin, alike):
    """Nominal is 2.5 %; of 1,000 draws its standard error is 0.5 points."""
    rng = np.random.default_rng(7)
    called = 0
    for _ in range(1000):
        ours, theirs = rng.random((2, 1, problems)).repeat(seeds, axis=1)
        ours = np.where(rng.random(problems) < alike, theirs, ours)
        called += paired_mean(ours < right - margin, theirs < right).low >= -margin
    assert called <= 38


@pytest.mark.parametrize("samples", [1, 5])
@pytest.mark.parametrize("seeds", [1, 3])
def test_a_difference_of_shares_never_leaves_100_points(seeds, samples):
    rng = np.random.default_rng(seeds + samples)
    beyond = 0
    for problems in (2, 3, 4, 6) * 20:
        sides = rng.binomial(samples, rng.choice([0, 0.2, 0.5, 1], 2)[:, None, None],
                             (2, seeds, problems)) / samples  # fmt: skip
        result = paired_mean(*sides)
        assert -1 <= result.low <= result.value <= result.high <= 1
        beyond += t_quantile(result.df) * result.standard_error > 1 - abs(result.value)
    assert beyond  # the bound of the scale was needed
