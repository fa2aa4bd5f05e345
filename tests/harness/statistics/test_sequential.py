"""Looks while seeds are added: the error is spent once, and intervals hold at every stop."""

import numpy as np
import pytest

from harness.statistics.estimators import p_two_sided, paired_log_ratio, paired_mean
from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.sequential import at_look, look_sizes, tails
from harness.statistics.two_way import mean_variance_df, t_quantile


@pytest.mark.parametrize(
    ("first", "last", "sizes"),
    [
        (3, 8, (3, 5, 8)),
        (3, 3, (3,)),
        (3, 4, (3, 4)),
        (3, 20, (3, 5, 8, 12, 18, 20)),
        (1, 3, (1, 2, 3)),
        (5, 9, (5, 8, 9)),
    ],
)
def test_looks_grow_by_half_up_to_the_last(first, last, sizes):
    assert look_sizes(first, last) == sizes


@pytest.mark.parametrize(("first", "last"), [(0, 3), (4, 3)])
def test_looks_go_forward(first, last):
    with pytest.raises(ValueError, match="looks need"):
        look_sizes(first, last)


@pytest.mark.parametrize("last", range(3, 30))
def test_the_error_of_all_looks_adds_up_to_that_of_one(last):
    spent = [1 - tail for tail in tails(look_sizes(3, last))]
    assert sum(spent) == pytest.approx(1 - UPPER_TAIL)
    assert all(share > 0 for share in spent)


def test_a_single_look_is_the_plain_interval():
    assert tails((3,)) == (UPPER_TAIL,)
    assert at_look(0.03, UPPER_TAIL) == 0.03


def scores(seed=0, shape=(5, 40)):
    rng = np.random.default_rng(seed)
    return rng.normal(2, 0.2, shape) + rng.normal(0, 0.1, (shape[0], 1))


@pytest.mark.parametrize("tail", tails((3, 5, 8)))
def test_interval_and_p_value_of_a_look_agree_on_zero(tail):
    for seed in range(60):
        variant, reference = scores(seed), scores(seed + 1000) + 0.15
        found = paired_mean(variant, reference, shares=False, tail=tail)
        p = at_look(p_two_sided(found), tail)
        assert (p < 0.05) == (found.low > 0 or found.high < 0)
        plain = paired_mean(variant, reference, shares=False)
        assert found.high - found.low > plain.high - plain.low
        assert found.tail == tail


@pytest.mark.parametrize("tail", [0.98, 0.9965])
def test_answers_and_bits_get_the_level_too(tail):
    rng = np.random.default_rng(1)
    first, second = (rng.random((4, 60)) < share for share in (0.5, 0.4))
    wide, plain = (paired_mean(first, second, tail=t) for t in (tail, UPPER_TAIL))
    assert wide.low < plain.low < plain.high < wide.high
    bits, more = rng.uniform(50, 90, (2, 4, 60))
    sizes = rng.uniform(20, 30, 60)
    wide, plain = (paired_log_ratio(bits, more, sizes, tail=t) for t in (tail, UPPER_TAIL))
    assert wide.low < plain.low < plain.high < wide.high


def test_an_interval_excludes_the_truth_at_any_look_no_more_often_than_it_says():
    sizes = look_sizes(3, 8)
    levels, reps = tails(sizes), 1500
    rng = np.random.default_rng(7)
    ours = peeking = 0
    for _ in range(reps):
        # Seeds dominate: the looks depend on each other least.
        table = rng.normal(0, 1, (8, 1)) + rng.normal(0, 0.5, (8, 20))
        outside = []
        for level in ("ours", "peeking"):
            missed = False
            for size, tail in zip(sizes, levels, strict=True):
                quantile = tail if level == "ours" else UPPER_TAIL
                value, variance, df = mean_variance_df(table[:size], quantile)
                missed |= abs(value) > t_quantile(df, quantile) * np.sqrt(variance)
            outside.append(missed)
        ours += outside[0]
        peeking += outside[1]
    assert ours / reps < 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / reps)
    assert peeking / reps > 0.08  # what the bounds are for
