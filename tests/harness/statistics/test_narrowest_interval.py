"""benchmarks/narrowest_interval.py has the curve of the tables, and finds hardly a narrower."""

import numpy as np
import pytest
from scipy import stats

from benchmarks import narrowest_interval as narrow
from harness.statistics.two_way import MeanSquares, t_quantile, variance_and_df


@pytest.mark.parametrize("seeds", [2, 3, 8])
@pytest.mark.parametrize("ratio", [1.0, 0.4])
def test_the_curve_is_that_of_the_tables_with_many_problems(seeds, ratio):
    curve, many = narrow.curves(seeds, ratio)["two_way"], 5_000_000
    for by_seeds in (0.0, 0.3 * ratio, ratio, 1.7, 40.0):
        # Mean squares in units of the variance by problems.
        n = seeds * many
        squares = MeanSquares(seeds=by_seeds * n, problems=1.0 * n, residual=ratio * n)
        variance, df = variance_and_df(squares, seeds, many)
        expected = t_quantile(df) * np.sqrt(variance)
        assert curve(np.array([by_seeds]))[0] == pytest.approx(expected, rel=1e-3)


def test_a_t_test_of_seeds_covers_95_percent_whatever_the_spread():
    curve = narrow.curves(3, 1.0)["t of seeds"]
    assert narrow.coverages(curve, 3, 1.0) == pytest.approx(np.full(51, 0.95), abs=1e-3)


def test_coverage_is_that_of_simulated_draws():
    rng = np.random.default_rng(0)
    curve = narrow.curves(4, 0.5)["Cochran only"]
    found = narrow.coverages(curve, 4, 0.5)
    for place in (0, 20):
        by_seeds = 0.5 * narrow.SPREADS[place]
        shown = (0.5 + by_seeds) * rng.chisquare(3, 200_000) / 3
        mean = rng.normal(0, np.sqrt(1 + by_seeds), 200_000)
        assert (np.abs(mean) <= curve(shown)).mean() == pytest.approx(found[place], abs=0.003)


def test_the_narrowest_covers_as_much_at_its_worst_and_is_hardly_narrower():
    ours = narrow.curves(3, 0.45)["two_way"]
    least = narrow.coverages(ours, 3, 0.45).min()
    best = narrow.narrowest(3, 0.45, least)
    assert narrow.coverages(best, 3, 0.45).min() == pytest.approx(least, abs=1e-3)
    assert 0.97 < narrow.width(best, 3, 0.45) / narrow.width(ours, 3, 0.45) < 1
    heights = best(np.linspace(0, 300, 400))
    assert heights[0] >= stats.norm.ppf(0.975) - 1e-9
    assert (np.diff(heights) >= -1e-9).all()
