"""From each seed's scores to the cell of a record: values, intervals, bounds, counts."""

import pytest

from harness.statistics.cells import estimate, score_cell, stack
from harness.statistics.measured import MeasuredTask


def measured(values, metric="exact_match", **outcomes):
    return MeasuredTask(
        task="starter_math",
        language="zh",
        metric=metric,
        values=values,
        outcomes=outcomes or {"correct": len(values)},
        file="",
    )


@pytest.mark.parametrize(
    ("score", "note"), [((0.0, 0.0), "floor"), ((1.0, 1.0), "ceiling"), ((0.0, 1.0), "")]
)
def test_all_zero_is_floor_and_all_one_is_ceiling(score, note):
    cell = score_cell([measured({"a": (score[0],), "b": (score[1],)})], "zh")
    assert cell.note == note
    assert cell.interval.low < cell.interval.high


def test_one_problem_has_a_value_and_no_interval():
    cell = score_cell([measured({"a": (1.0,)})], "zh")
    assert (cell.n, cell.value, cell.interval) == (1, 1.0, None)


def test_no_graded_problem_has_no_value():
    cell = score_cell([measured({}, error=3)], "zh")
    assert (cell.n, cell.value, cell.samples, cell.note) == (0, None, 3, "")


def test_only_problems_that_all_seeds_scored_are_stacked_in_order_of_id():
    first = {"b": (2.0,), "a": (1.0,), "x": (9.0,)}
    second = {"a": (3.0,), "b": (4.0,)}
    (array,), clusters = stack([[first, second]], {})
    assert clusters is None
    assert array[..., 0].tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert stack([[{"a": (1.0,)}, {"a": (1.0,), "b": (1.0,)}]], {}) is None
    assert stack([[first, second]], {"a": "same", "b": "same"}) is None
    assert estimate([{"a": (1.0,)}], "exact_match") is None


def test_a_cell_over_seeds_adds_up_their_rows():
    runs = [
        measured({"a": (1.0,), "b": (0.0,)}, correct=1, wrong=1),
        measured({"a": (1.0,), "b": (1.0,)}, correct=2, error=1),
    ]
    cell = score_cell(runs, "zh", sample_file="f")
    assert cell.outcomes == {"correct": 3, "wrong": 1, "error": 1}
    assert (cell.samples, cell.n, cell.value, cell.sample_file) == (5, 2, 0.75, "f")
    assert (cell.task, cell.language, cell.metric) == ("starter_math", "zh", "exact_match")
    assert cell.higher_is_better
    assert cell.interval.low < 0.75 < cell.interval.high
    assert cell.standard_error > 0


def test_one_problem_over_seeds_is_the_mean_of_its_scores():
    cell = score_cell([measured({"a": (1.0,)}), measured({"a": (0.0,)})], "zh")
    assert (cell.n, cell.value, cell.interval, cell.standard_error) == (1, 0.5, None, None)
    bits = [measured({"a": (bits, 10.0)}, metric="bpb") for bits in (5.0, 15.0)]
    assert (score_cell(bits, "zh").value, score_cell(bits, "zh").note) == (1.0, "")


def test_shares_between_0_and_1_have_the_interval_of_means():
    halves = {"a": (0.5,), "b": (0.0,), "c": (1.0,)}
    found = estimate([halves], "exact_match")
    assert found.value == pytest.approx(0.5)
    assert 0 < found.low < found.high < 1  # Wilson's, of the effective size
    whole = estimate([{"a": (0.0,), "b": (0.0,), "c": (1.0,)}], "exact_match")
    assert 0 < whole.low < whole.high < 1
