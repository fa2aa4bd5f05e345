"""Rank agreement between scales, and growth with scale, on drawn runs."""

import pytest
from scipy import stats as scipy_stats

from harness.statistics.scale_agreement import proxy_lines
from tests.harness.statistics.power_runs import arms_of

VARIANTS = ("a", "b", "c", "d")


def scale(effect, shift=0.0, seeds=3, variants=VARIANTS):
    runs = arms_of(seeds, variants=("zero", *variants), effect=effect)
    if shift:
        further = arms_of(seeds, variants=("zero", *variants), effect=shift)
        runs = dict.fromkeys(variants, further["a"])
    return {name: runs[name] for name in variants}


def average(lines):
    return next(line for line in lines if (line.metric, line.language) == ("bpb", "non-en"))


def test_the_same_order_agrees_in_every_pair_and_the_reverse_in_none():
    lines = proxy_lines({"small": scale(0.3), "other": scale(-0.3), "large": scale(0.2)})
    small, other = average(lines).agreements
    assert (small.agreed, small.pairs, small.tau) == (6, 6, 1.0)
    assert small.low > 0.9
    assert (other.agreed, other.tau) == (0, -1.0)
    assert other.high < 0.1
    assert average(lines).primary


def test_what_is_noise_has_a_wide_interval():
    lines = proxy_lines({"small": scale(0.001), "large": scale(0.3)})
    (one,) = average(lines).agreements
    assert one.high - one.low > 0.4


def test_scores_that_grow_with_scale_are_monotonic():
    # A lower effect is fewer bits: each scale is better than the one before, in every variant.
    grown = {str(n): scale(0.0, shift=1.0 - 0.3 * n) for n in range(4)}
    mean, low, high = average(proxy_lines(grown)).monotonic
    assert mean == pytest.approx(1.0)
    assert low == pytest.approx(1.0)
    shrunk = dict(reversed(grown.items()))
    assert average(proxy_lines(shrunk)).monotonic[0] == pytest.approx(-1.0)
    assert average(proxy_lines(grown)).runs == 12
    assert high == pytest.approx(1.0)


def test_the_rank_correlation_is_spearmans():
    import numpy as np

    from harness.statistics.scale_agreement import rank_correlations

    tables = [np.random.default_rng(n).normal(size=(1, 1)) for n in range(6)]
    expected = scipy_stats.spearmanr(range(6), [t[0, 0] for t in tables]).statistic
    assert rank_correlations(tables)[0] == pytest.approx(expected)


def test_two_scales_have_no_monotonicity():
    assert average(proxy_lines({"a": scale(0.1), "b": scale(0.2)})).monotonic is None


def test_one_scale_or_one_common_variant_is_refused():
    with pytest.raises(ValueError, match="got 1 of 4"):
        proxy_lines({"a": scale(0.1)})
    with pytest.raises(ValueError, match="got 2 of 1"):
        proxy_lines({"a": scale(0.1, variants=("a", "b")), "b": scale(0.1, variants=("b", "c"))})
