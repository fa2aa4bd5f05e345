"""benchmarks/coverage_grid.py draws what it says, and a few of its cells hold with fixed seeds."""

import numpy as np
import pytest
from scipy import stats

from benchmarks import coverage_grid, discreteness, grid_cells, many_intervals
from harness.statistics.estimators import log_bpb_scores, paired_log_ratio, paired_mean


def drawn(cell, reps, seed, **changed):
    rng = np.random.default_rng(seed)
    truth = grid_cells.truth_of(cell, rng)._replace(**changed)
    blocks = list(grid_cells.tables(cell, truth, reps, rng))
    return truth, *(np.concatenate([block[k] for block in blocks]) for k in (0, 1))


@pytest.mark.parametrize("chance", [0.02, 0.5, 0.98])
def test_answers_are_right_with_the_chance_of_the_cell(chance):
    _, variant, reference = drawn(grid_cells.GridCell(804, 3, chance, 0.0, 0.0), 40, 0)
    assert variant.shape == (40, 3, 804)
    assert variant.mean() == pytest.approx(chance, abs=0.01)
    assert reference.mean() == pytest.approx(chance, abs=0.01)


@pytest.mark.parametrize("chance", [0.2, None])
def test_the_true_effect_is_the_mean_difference_that_is_drawn(chance):
    cell = grid_cells.GridCell(250, 3, chance, 1.0, -3.0)
    truth, variant, reference = drawn(cell, 400, 1)
    seen = (variant - reference).mean(axis=(1, 2))
    assert truth.effect < 0
    assert seen.mean() == pytest.approx(truth.effect, abs=4 * seen.std() / 20)
    # An effect of three standard errors, of which the draws have one each.
    assert -truth.effect / seen.std() == pytest.approx(3, rel=0.25)


def test_scores_of_bits_are_those_of_log_ratios():
    rng = np.random.default_rng(2)
    bits, sizes = rng.gamma(4, 100, (2, 3, 20)), rng.integers(50, 400, 20).astype(float)
    expected = paired_log_ratio(bits[0], bits[1], sizes)
    scores = [log_bpb_scores(one, sizes)[None] for one in bits]
    found = many_intervals.intervals(many_intervals.summaries(*scores), 3, 20, shares=False)
    assert (found.low[0], found.high[0]) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(("seeds", "problems"), [(2, 50), (3, 50), (5, 8), (8, 164)])
@pytest.mark.parametrize("chance", [0.01, 0.1, 0.5, 0.9])
def test_many_intervals_are_those_of_the_tables(seeds, problems, chance):
    rng = np.random.default_rng([seeds, problems])
    variant = (rng.random((20, seeds, problems)) < chance).astype(float)
    other = rng.random((20, seeds, problems)) < chance * rng.random((20, seeds, 1))
    reference = np.where(rng.random((20, 1, problems)) < 0.5, variant, other)
    found = many_intervals.intervals(many_intervals.summaries(variant, reference), seeds, problems)
    for k in range(20):
        one = paired_mean(variant[k], reference[k])
        assert (found.low[k], found.high[k]) == pytest.approx((one.low, one.high), abs=1e-6)


def test_a_changed_estimator_is_noticed(monkeypatch):
    rng = np.random.default_rng(3)
    both = (rng.random((2, 4, 3, 30)) < 0.5).astype(float)
    many_intervals.checked(*both)
    monkeypatch.setattr(many_intervals, "FEW_DISCORDANT", 40)
    with pytest.raises(AssertionError, match="paired_mean is off by"):
        many_intervals.checked(*both)


def test_other_rules_are_parts_of_the_interval_or_narrower():
    rng = np.random.default_rng(6)
    variant, reference = (rng.random((2, 300, 3, 60)) < 0.05).astype(float)
    one = many_intervals.summaries(variant, reference)
    found = {
        rule: many_intervals.intervals(one, 3, 60, rule=rule)
        for rule in ("ours", "t", "tango", "apart")
    }
    for side, outer in (("low", np.minimum), ("high", np.maximum)):
        t, tango, ours = (getattr(found[rule], side) for rule in ("t", "tango", "ours"))
        assert np.clip(outer(t, tango), -1, 1) == pytest.approx(ours)
    # Without a part of seeds, and one outcome a problem, the score interval is the same.
    same = np.repeat(variant[:, :1], 3, axis=1), np.repeat(reference[:, :1], 3, axis=1)
    equal = many_intervals.summaries(*same)
    tango, apart = (
        many_intervals.intervals(equal, 3, 60, rule=rule) for rule in ("tango", "apart")
    )
    assert apart.low == pytest.approx(tango.low, abs=1e-6)
    assert (found["apart"].high - found["apart"].low).mean() < (
        found["tango"].high - found["tango"].low
    ).mean()


def test_one_run_a_side_is_refused():
    with pytest.raises(ValueError, match="needs 2 seeds and 2 problems or more, got 1 and 30"):
        many_intervals.summaries(np.ones((2, 1, 30)), np.ones((2, 1, 30)))


# --- what no interval can do better ----------------------------------------------------------


@pytest.mark.parametrize("n", [1, 4, 5, 6, 9, 20])
def test_the_level_of_equal_coins_is_that_of_the_binomial_test(n):
    levels = [stats.binomtest(k, n).pvalue for k in range(n + 1)]
    expected = max([p for p in levels if p <= 0.05 + 1e-12], default=0.0)
    assert discreteness.coin_level((0, n), 0.05) == pytest.approx(expected)
    assert discreteness.coin_level((0, 0, 0, n), 0.05) == pytest.approx(expected)


def test_the_level_of_unequal_coins_is_counted_by_hand():
    # 3 + 3 + 3 + 2 + 2 + 1: as far out as 14 in 2 of 64 ways, as 12 in 4, as 10 in 8.
    assert discreteness.coin_level((0, 1, 2, 3), 0.05) == pytest.approx(2 / 64)
    assert discreteness.coin_level((0, 1, 2, 3), 0.07) == pytest.approx(4 / 64)
    assert discreteness.coin_level((5,), 0.05) == 0


def test_five_differing_problems_can_call_nothing():
    sums = np.zeros((1, 50))
    sums[0, :5] = [1, -1, 1, 1, 1]
    assert discreteness.coin_coverage(sums, spread=False) == 1
    assert discreteness.coin_coverage(sums, spread=False, level=0.07) == 1 - 2 / 32
    sums[0, :6] = 3
    assert discreteness.coin_coverage(sums, spread=False) == 1 - 2 / 64
    assert discreteness.coin_coverage(sums, spread=True) == 0.95


def test_an_oracle_leaves_out_whole_values():
    values = np.repeat([-2.0, -1.0, 0.0, 1.0], [20, 30, 930, 20])
    assert discreteness.oracle_coverage(values) == pytest.approx(1 - 0.02 - 0.02)
    assert discreteness.oracle_coverage(values, 0.01) == 1
    assert discreteness.oracle_coverage(np.arange(1000.0)) == pytest.approx(0.95)


def test_an_exact_test_keeps_to_the_least_coverage_of_coins():
    """McNemar's exact test, on the same draws, covers no difference no less than the bound."""
    rng = np.random.default_rng(4)
    sums = rng.choice([-1.0, 0.0, 1.0], (3000, 60), p=[0.06, 0.88, 0.06])
    called = [
        stats.binomtest(int((row > 0).sum()), int((row != 0).sum())).pvalue <= 0.05
        for row in sums
        if row.any()
    ]
    bound = discreteness.coin_coverage(sums, spread=False)
    assert bound > 0.96
    assert 1 - sum(called) / len(sums) == pytest.approx(bound, abs=0.008)


# --- cells of the grid -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problems", "seeds", "chance", "spread"),
    [(50, 3, 0.5, 1.0), (164, 3, 0.05, 1.0), (250, 8, 0.98, 0.0), (164, 5, None, 1.0)],
)
def test_cells_with_three_seeds_or_more_are_not_low(problems, seeds, chance, spread):
    cell = grid_cells.GridCell(problems, seeds, chance, spread, 0.0)
    found = coverage_grid.measure(cell, 1000, np.random.default_rng(2))
    # Two standard errors of 1,000 draws below the bounds of the grid.
    assert found.coverage >= 0.914
    assert found.worse <= coverage_grid.MOST_FALSE + 0.012
    assert found.coverage == pytest.approx(1 - found.above - found.below)


def test_two_seeds_that_agree_by_chance_cover_too_little():
    """Why two seeds have no interval: the reason stands in the log."""
    cell = grid_cells.GridCell(164, 2, 0.98, 1.0, -3.0)
    found = coverage_grid.measure(cell, 1500, np.random.default_rng(3))
    assert found.coverage < 0.925
    assert coverage_grid.mark(cell, found) == "low"


def test_where_hardly_anything_differs_the_cell_is_bounded_by_discreteness():
    cell = grid_cells.GridCell(50, 3, 0.02, 0.0, 0.0)
    found = coverage_grid.measure(cell, 1000, np.random.default_rng(5))
    assert found.differing < 6
    assert found.coverage >= found.at_least > 0.97
    assert coverage_grid.mark(cell, found) == "d"


@pytest.mark.parametrize(
    ("coverage", "worse", "at_least", "said"),
    [
        (0.95, 0.02, 0.95, ""),
        (0.95, 0.04, 0.95, "low"),
        (0.92, 0.02, 0.95, "low"),
        (0.98, 0.01, 0.96, "wide"),
        (0.98, 0.01, 0.975, "d"),
    ],
)
def test_marks_say_which_bound_is_missed(coverage, worse, at_least, said):
    cell = grid_cells.GridCell(50, 3, 0.02, 0.0, 0.0)
    found = coverage_grid.Measured(coverage, worse, 0, 0, 0.1, 9, at_least)
    assert coverage_grid.mark(cell, found) == said


def test_the_grid_is_printed_the_same_each_time(monkeypatch, capsys, tmp_path):
    printed = []
    for name in ("one.csv", "two.csv"):
        options = [
            "--reps",
            "20",
            "--seeds",
            "2",
            "--problems",
            "50",
            "--csv",
            str(tmp_path / name),
        ]
        monkeypatch.setattr("sys.argv", ["coverage_grid", *options])
        monkeypatch.setenv("COLUMNS", "80")
        coverage_grid.main()
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert "at least" in printed[0]
    rows = (tmp_path / "one.csv").read_text().splitlines()
    assert len(rows) == 1 + 6 * 4
    assert rows[0].endswith("differing,at_least,mark")
    assert rows == (tmp_path / "two.csv").read_text().splitlines()
