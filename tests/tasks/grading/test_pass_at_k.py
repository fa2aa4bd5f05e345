"""pass@k beside the definition, by counting all choices, and its error over problems."""

import math
import statistics
from itertools import combinations

import pytest

from tasks.grading.pass_at_k import estimate, pass_at_k

COUNTS = [(10, 0), (10, 3), (10, 10), (10, 1), (8, 2)]


@pytest.mark.parametrize("samples", range(1, 8))
def test_it_is_the_share_of_choices_that_hold_a_passing_sample(samples: int) -> None:
    for correct in range(samples + 1):
        passed = [n < correct for n in range(samples)]
        for k in range(1, samples + 1):
            choices = [any(choice) for choice in combinations(passed, k)]
            assert estimate(samples, correct, k) == pytest.approx(statistics.mean(choices))


def test_the_error_is_that_of_a_mean_over_a_sample_of_problems() -> None:
    (one, five) = pass_at_k(COUNTS, [1, 5])
    for found in (one, five):
        values = [estimate(samples, correct, found.k) for samples, correct in COUNTS]
        assert found.value == pytest.approx(statistics.mean(values))
        assert found.error == pytest.approx(statistics.stdev(values) / math.sqrt(len(values)))


def test_one_problem_has_no_error() -> None:
    (found,) = pass_at_k([(4, 2)], [1])
    assert found.value == pytest.approx(0.5)
    assert math.isnan(found.error)


def test_a_k_that_one_problem_has_too_few_samples_for_is_left_out() -> None:
    assert [found.k for found in pass_at_k(COUNTS, [1, 8, 9, 10])] == [1, 8]
    assert pass_at_k([], [1]) == []


@pytest.mark.parametrize(("samples", "correct", "k"), [(5, 1, 0), (5, 1, 6), (5, 6, 1), (5, -1, 1)])
def test_counts_that_cannot_be_are_refused(samples: int, correct: int, k: int) -> None:
    with pytest.raises(ValueError, match=r"samples, got|correct of"):
        estimate(samples, correct, k)


def test_near_copies_count_as_one_problem():
    counts = [(2, 2), (2, 2), (2, 2), (2, 0)]
    (alone,) = pass_at_k(counts, [1])
    (grouped,) = pass_at_k(counts, [1], ["a", "a", "a", ""])
    assert (alone.value, grouped.value) == (0.75, 0.5)
    assert grouped == pass_at_k([(2, 2), (2, 0)], [1])[0]
    assert pass_at_k(counts, [1], ["", "", "", ""])[0] == alone
    assert math.isnan(pass_at_k(counts, [1], ["a"] * 4)[0].error)
