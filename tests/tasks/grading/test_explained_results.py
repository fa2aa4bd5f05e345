"""Results that a text goes on to explain, and results on the way."""

from fractions import Fraction

import pytest

from tasks.benchmark import Outcome
from tasks.grading.answer_extract import How, final_number, grade_number
from tasks.grading.answer_phrases import answer_phrases
from tasks.grading.explained_results import numbers_given

QUESTION = "Ann packs 5 boxes of 12 pens, and sells three boxes at $7 each. What does she earn?"


def read(text: str, question: str = QUESTION) -> tuple[int, How]:
    answer = final_number(text, answer_phrases("en"), question)
    assert answer is not None
    return int(answer.value), answer.how


@pytest.mark.parametrize(
    ("text", "value", "how"),
    [
        ("The result is 21. Each box costs $7.", 21, How.RESULT),
        ("So the total comes to $21. She had 5 boxes.", 21, How.RESULT),
        ("The total is 21 dollars, at 7 dollars a box.", 21, How.PHRASE),
        # A number that the question does not give, one of an equation, or made of the result.
        ("The result is 3. She sells them for 7 dollars and earns 21.", 21, How.LAST),
        ("The result is 3. Then 28 - 3 * 7 = 7.", 7, How.LAST),
        ("The total is 60 pens. After 53 are gone she has 7.", 7, How.LAST),
        # A number of the question is no result.
        ("The total is 60 pens. The total is 5 boxes. She sells 3.", 3, How.LAST),
        # A later phrase for the answer wins.
        ("The result is 21. Each costs $7. The answer is 20.", 20, How.PHRASE),
        # Supposed or denied results state nothing.
        ("If the result is 21, each box costs $7.", 7, How.PHRASE),
        ("The result is not 21. Each box costs $7.", 7, How.LAST),
    ],
)
def test_what_follows_tells_a_result_from_one_on_the_way(text, value, how):
    assert read(text) == (value, how)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The result is 21. Each box costs $7.", 21),
        ("3 * 7 = 21. The result is 21. She had 5 boxes.", 21),
        ("3 boxes at $7. The result is 21. Each costs $7.", 21),
        ("The result is 3. Each costs $7, so she earns 21.", 21),
        ("First she takes the boxes that are sold. The result is 9. So 7 are left.", 7),
    ],
)
def test_without_a_question_the_text_before_stands_for_it(text, value):
    assert read(text, "")[0] == value


def test_a_result_that_is_explained_may_be_on_the_way_where_the_limit_came():
    text = "The result is 3. Each box costs $7"
    grade = grade_number(text, True, answer_phrases("en"), Fraction(3), QUESTION)
    assert grade.outcome is Outcome.TRUNCATED
    grade = grade_number(f"{text}.", False, answer_phrases("en"), Fraction(21), QUESTION)
    assert grade.outcome is Outcome.WRONG


def test_numbers_of_a_question_count_in_words_too():
    assert {5, 12, 3, 7} <= numbers_given(QUESTION, "en")
    assert numbers_given("", "en") == frozenset()
