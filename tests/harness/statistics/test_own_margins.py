"""Margins from one's own A/A runs, and how well few seeds know them."""

import msgspec
import numpy as np
import pytest
from scipy import stats as scipy_stats

from harness.statistics.own_margins import margins_for_runs, measured_margins, sd_factors
from tests.harness.statistics.power_runs import arms_of, drawn_run


def test_the_margin_is_the_larger_bound_and_that_of_the_primary_metric_is_taken():
    found, study = measured_margins(arms_of(seeds=9)["keep-all"])
    (one,) = found  # an accuracy at its floor has none
    assert (one.task, one.metric, one.primary) == ("starter_math", "bpb", True)
    assert one.margin == max(one.noise_floor, one.even_odds)
    assert one.low < one.even_odds < one.high
    assert one.margin <= one.high
    assert study.seeds == 9
    taken = margins_for_runs(found)
    assert taken.accuracy is None
    assert one.margin <= taken.bpb < one.margin + 0.005
    assert (taken.bpb * 200) % 1 == pytest.approx(0)


def test_the_factors_are_those_of_a_standard_deviation():
    for seeds in (5, 9):
        df = seeds - 1
        low, high = sd_factors(seeds)
        assert low == pytest.approx((df / scipy_stats.chi2.ppf(0.975, df)) ** 0.5)
        assert high == pytest.approx((df / scipy_stats.chi2.ppf(0.025, df)) ** 0.5)


def test_the_interval_of_even_odds_holds_the_true_one():
    rng = np.random.default_rng(4)
    truth = np.mean([measured_margins(_runs(rng, 9))[0][0].even_odds ** 2 for _ in range(5)])
    held = []
    for _ in range(40):
        (one,) = measured_margins(_runs(rng, 5))[0]
        held.append(one.low <= truth**0.5 <= one.high)
    assert np.mean(held) >= 0.85


def test_bits_per_byte_count_where_they_are_nobody_s_primary_metric():
    tasks = {"starter_math": ("mgsm", "bpb"), "of digits": ("mgsm", "bpb_digits")}
    runs = tuple(
        tuple(
            msgspec.structs.replace(task, task=tasks[kind][0], metric=tasks[kind][1])
            for kind in tasks
            for task in drawn_run(np.random.default_rng(seed * 9 + (kind == "of digits")))
            if task.metric == "bpb"
        )
        for seed in range(5)
    )
    found, _ = measured_margins(runs)
    assert {one.metric: one.primary for one in found} == {"bpb": True, "bpb_digits": False}
    (whole,) = (one for one in found if one.primary)
    assert whole.margin <= margins_for_runs(found).bpb < whole.margin + 0.005


def _runs(rng, seeds):
    return tuple(drawn_run(rng) for _ in range(seeds))


def test_four_seeds_and_runs_without_spread_are_refused():
    with pytest.raises(ValueError, match="at least 5 seeds of one dataset, got 4"):
        measured_margins(arms_of(seeds=4)["keep-all"])
    same = arms_of(seeds=1)["keep-all"] * 5
    with pytest.raises(ValueError, match="differs between seeds"):
        measured_margins(same)
