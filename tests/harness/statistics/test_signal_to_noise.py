"""Signal to noise: true ratios are found, identical variants are told as such."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from harness.statistics.signal_to_noise import _signal, signals
from tests.harness.statistics.power_runs import arms_of, scored


def endpoint(means, seeds, rng, noise=1.0):
    arms = {
        f"v{n}": mean + rng.normal(0, noise, (seeds, 1, 1)) + np.zeros((1, 4, 1))
        for n, mean in enumerate(means)
    }
    return scored(arms, problems=4)


@pytest.mark.parametrize("means", [(0.0, 0.0, 0.0), (0.0, 1.0, 2.0), (0.0, 0.0, 6.0)])
def test_the_interval_holds_the_true_ratio(means):
    rng, truth = np.random.default_rng(1), float(np.std(means, ddof=1))
    found = [_signal(endpoint(means, 4, rng)) for _ in range(200)]
    held = np.mean([s.low - 1e-9 <= truth <= s.high + 1e-9 for s in found])
    assert held == pytest.approx(0.955, abs=0.045)


def test_identical_variants_are_told_apart_in_one_of_twenty():
    rng = np.random.default_rng(2)
    found = [_signal(endpoint((0.0,) * 4, 3, rng)) for _ in range(400)]
    assert np.mean([s.tells_apart for s in found]) == pytest.approx(0.05, abs=0.03)
    assert np.median([s.ratio for s in found]) < 0.5


def test_p_is_that_of_the_f_test():
    found = endpoint((0.0, 1.0, 0.5), 5, np.random.default_rng(3))
    scores = [found.table(arm).mean(axis=1) for arm in found.arms]
    assert _signal(found).p_value == pytest.approx(scipy_stats.f_oneway(*scores).pvalue)


def test_spread_and_noise_are_in_the_units_of_the_scores():
    (average, *_) = signals(arms_of(seeds=6, effect=0.3))
    assert (average.language, average.metric) == ("non-en", "bpb")
    assert average.primary
    assert average.spread == pytest.approx(0.3, abs=0.05)
    assert average.noise == pytest.approx(0.03 / 2**0.5, rel=0.6)
    assert average.tells_apart


def test_floors_single_seeds_and_single_variants_have_no_signal():
    assert {s.metric for s in signals(arms_of(seeds=3))} == {"bpb"}
    assert signals(arms_of(seeds=1)) == ()
    assert signals({"a": arms_of(seeds=3)["keep-all"]}) == ()
