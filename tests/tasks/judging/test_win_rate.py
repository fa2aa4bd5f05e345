"""What verdicts add up to, on small cases worked by hand."""

import statistics

import pytest

from tasks.judging.judge import JudgeVerdict, Result
from tasks.judging.win_rate import WinRate, question_result, win_rate

WIN, TIE, LOSS, BAD, ERROR = (
    Result.WIN,
    Result.TIE,
    Result.LOSS,
    Result.BAD_VERDICT,
    Result.ERROR,
)


def rate(*questions: tuple[Result, ...], clusters: str = "") -> WinRate:
    """`clusters` has a letter a question; "-" for none."""
    verdicts = [
        JudgeVerdict(problem_id=str(n), language="en", model_first=bool(order), result=result)
        for n, results in enumerate(questions)
        for order, result in enumerate(results)
    ]
    named = {str(n): letter for n, letter in enumerate(clusters) if letter != "-"}
    return win_rate(verdicts, {str(n): (9, 9) for n in range(len(questions))}, named)


@pytest.mark.parametrize("gone", [BAD, ERROR])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_question_of_which_one_order_is_unreadable_enters_the_bounds_alone(
    gone: Result, swapped: bool
) -> None:
    half = (gone, WIN) if swapped else (WIN, gone)
    found = rate(half, (WIN, WIN), (LOSS, TIE))
    assert (found.questions, found.n) == (3, 2)
    assert found.value == pytest.approx((1 + 0.25) / 2)
    assert found.low == pytest.approx((0.5 + 1 + 0.25) / 3)
    assert found.high == pytest.approx((1 + 1 + 0.25) / 3)
    assert found.bad_rate == pytest.approx(1 / 6)
    assert found.flip_rate == 0.0
    counts = {name: number for name, number in found.counts.items() if number}
    assert counts == {gone.value: 1, "win": 1, "loss": 1}


def test_the_standard_error_is_that_of_a_mean_of_a_sample() -> None:
    scores = [1.0, 0.25, 0.5, 0.0]
    found = rate((WIN, WIN), (LOSS, TIE), (WIN, LOSS), (LOSS, LOSS))
    assert found.standard_error == pytest.approx(statistics.stdev(scores) / 4**0.5)
    assert rate((WIN, WIN)).standard_error is None
    assert rate((WIN, WIN), (LOSS, LOSS)).standard_error == pytest.approx(0.5)


def test_near_copies_of_a_question_count_as_one() -> None:
    answers = ((WIN, WIN), (WIN, WIN), (WIN, TIE), (LOSS, LOSS), (WIN, LOSS))
    alone, grouped = rate(*answers), rate(*answers, clusters="aaa--")
    assert alone.value == pytest.approx((1 + 1 + 0.75 + 0 + 0.5) / 5)
    means = [(1 + 1 + 0.75) / 3, 0.0, 0.5]
    assert grouped.value == grouped.low == grouped.high == pytest.approx(sum(means) / 3)
    assert grouped.standard_error == pytest.approx(statistics.stdev(means) / 3**0.5)
    assert (grouped.n, grouped.questions, grouped.counts) == (5, 5, alone.counts)
    assert rate((WIN, WIN), (LOSS, LOSS), clusters="aa").standard_error is None


def test_flips_are_counted_among_readable_questions() -> None:
    found = rate((WIN, LOSS), (LOSS, WIN), (WIN, WIN), (WIN, TIE), (LOSS, BAD))
    assert found.flip_rate == pytest.approx(2 / 4)
    assert rate((WIN,), (LOSS,)).flip_rate is None


def test_nothing_readable_has_bounds_and_no_value() -> None:
    found = rate((BAD, WIN), (ERROR, ERROR))
    assert (found.n, found.value, found.standard_error, found.flip_rate) == (0, None, None, None)
    assert (found.low, found.high) == (0.25, 1.0)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ((WIN, TIE), WIN),
        ((LOSS, TIE), LOSS),
        ((WIN, LOSS), TIE),
        ((WIN, BAD), BAD),
        ((BAD, ERROR), ERROR),
        ((LOSS,), LOSS),
    ],
)
def test_a_question_ends_as_its_orders_say_together(
    results: tuple[Result, ...], expected: Result
) -> None:
    assert question_result(results) == expected


def test_no_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="no verdict"):
        rate()
