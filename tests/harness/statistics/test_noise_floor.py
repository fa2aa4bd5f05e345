"""The band of identical data holds 95 % of the differences of identical data."""

import numpy as np
import pytest

from harness.statistics.noise_floor import noise_bands
from tests.harness.statistics.power_runs import arms_of, drawn_run

KEY = ("starter_math", "non-en", "bpb")


def test_the_band_holds_the_differences_of_identical_data():
    rng, inside = np.random.default_rng(3), []
    for _ in range(150):
        runs = [drawn_run(rng) for _ in range(8)]
        (band,) = noise_bands(runs[:3], runs[3:5], {KEY})
        # Two fresh groups of identical data, which the band knows nothing of.
        (fresh,) = noise_bands(runs[5:], [drawn_run(rng) for _ in range(3)], {KEY})
        inside.append(abs(fresh.difference) <= band.half)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.05)


def test_only_what_is_shown_has_a_band_and_a_floor_has_none():
    runs = arms_of(seeds=5)["keep-all"]
    shown = {("starter_math", code, m) for code in ("zh", "es") for m in ("bpb", "exact_match")}
    bands = noise_bands(runs[:3], runs[3:], shown)
    assert {(b.language, b.metric, b.unit) for b in bands} == {
        ("zh", "bpb", "log-ratio"),
        ("es", "bpb", "log-ratio"),
    }


def test_further_runs_that_are_better_differ_upwards():
    own, better = (arms_of(seeds=3, variants=("a", "b"), effect=-0.5)[name] for name in "ab")
    (band,) = noise_bands(own, better, {KEY})
    assert band.difference == pytest.approx(0.5, abs=0.1)
