"""What prose around an answer does to it, and what it does not."""

from fractions import Fraction

import pytest

from tasks.benchmark import Outcome
from tasks.grading.answer_extract import How, final_number, grade_number, rule_of
from tasks.grading.answer_readers import Phrases
from ultralink_data import languages
from ultralink_data.text.number_style import style_of


def phrases_of(code: str) -> tuple[Phrases, ...]:
    texts = languages.get(code).mgsm
    assert texts is not None
    own = Phrases(
        patterns=texts.answer_phrases, style=style_of(code), worked=texts.worked, language=code
    )
    return (own,)


def found(text: str, code: str = "en") -> tuple[int, How]:
    answer = final_number(text, phrases_of(code))
    assert answer is not None
    return int(answer.value), answer.how


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("16 eggs are laid", "en"),
        ("16 eggs, say", "en"),
        ("16 " + "-" * 24, "en"),
        ("16个鸡蛋每天", "zh"),
        ("Janet 16", "en"),
        ("16 or 17", "en"),
    ],
)
def test_a_first_line_that_goes_on_in_prose_states_no_answer(first: str, code: str) -> None:
    assert found(f"{first}\n9 * 2 = 18", code) == (18, How.LAST)


@pytest.mark.parametrize(
    ("first", "code"),
    [("18", "en"), ("$18 dollars", "en"), ("18 " + "-" * 23, "en"), ("18个鸡蛋", "zh")],
)
def test_a_first_line_of_one_number_and_a_unit_is_the_answer_whatever_follows(
    first: str, code: str
) -> None:
    assert found(f"{first}\n16 - 7 = 9", code) == (18, How.LINE)


@pytest.mark.parametrize(
    "after",
    [
        " That is what she earns every day.",
        " dollars, which she makes from 9 eggs.",
        "\n\nCheck: 16 - 7 = 9.",
        "\nI hope that this helps, ask me 100 times!",
    ],
)
def test_prose_after_a_stated_answer_changes_nothing(after: str) -> None:
    assert found(f"9 * 2 = 18. So the answer is 18{after}") == (18, How.PHRASE)


def test_a_phrase_that_opens_a_solution_states_nothing() -> None:
    assert found("The answer is found with 16 eggs. 9 * 2 = 18") == (18, How.LAST)


def test_the_rule_is_named_and_is_nothing_without_a_number() -> None:
    assert rule_of("The answer is 18.", phrases_of("en")) == "answer phrase"
    assert rule_of(r"So \boxed{18}", phrases_of("en")) == "boxed"
    assert rule_of("18 eggs", phrases_of("en")) == "bare number"
    assert rule_of("9 * 2 = 18 is what she makes", phrases_of("en")) == "last number"
    assert rule_of("no idea", phrases_of("en")) == ""


@pytest.mark.parametrize(
    ("text", "hit_limit", "extracted", "outcome", "detail"),
    [
        ("The answer is 18.", False, "18", Outcome.CORRECT, ""),
        ("The answer is 18.5.", False, "18.5", Outcome.WRONG, ""),
        (r"So \boxed{18}", False, "18", Outcome.CORRECT, "by boxed"),
        ("She makes 17", False, "17", Outcome.WRONG, "by last number"),
        ("no idea", False, None, Outcome.NO_ANSWER, "no number"),
        ("The answer is 18. Good", True, "18", Outcome.CORRECT, ""),
    ],
)
def test_a_grade_has_the_number_the_outcome_and_the_rule(
    text: str, hit_limit: bool, extracted: str | None, outcome: Outcome, detail: str
) -> None:
    grade = grade_number(text, hit_limit, phrases_of("en"), Fraction(18))
    assert (grade.extracted, grade.outcome, grade.detail) == (extracted, outcome, detail)


@pytest.mark.parametrize(
    "text", ["no idea", "She makes 18 a day", "The answer is 18", "The answer is 18,"]
)
def test_what_the_limit_cut_off_before_a_stated_answer_is_truncated(text: str) -> None:
    grade = grade_number(text, True, phrases_of("en"), Fraction(18))
    assert (grade.extracted, grade.outcome) == (None, Outcome.TRUNCATED)
    assert grade.detail == "the token limit came before a stated answer"


@pytest.mark.parametrize(
    ("text", "answer", "how"),
    [
        (r"\boxed{} then \boxed{7} and 9 more words", 7, How.BOX),
        (r"\boxed{5} and then \boxed{7} and 9 more words", 7, How.BOX),
        (r"\boxed{5} and then \boxed{x} and 9 more words", 5, How.BOX),
        (r"It is \boxed{5", 5, How.BOX),
        (r"It is \boxed{9 * 2 = 18} eggs", 18, How.BOX),
    ],
)
def test_the_last_box_with_a_number_counts(text: str, answer: int, how: How) -> None:
    assert found(text) == (answer, how)


@pytest.mark.parametrize(
    ("text", "answer", "how"),
    [
        ("\n\n18 eggs\n9 and 10", 18, How.LINE),
        ("1.\n9 eggs and 8 more", 8, How.LAST),
        ("1.", 1, How.LINE),
        ("Sum: 4\n\n2. Next", 4, How.LAST),
        ("She has 5. Step 3: done", 5, How.LAST),
        ("Step 3", 3, How.LAST),
    ],
)
def test_labels_of_lists_and_steps_are_no_answers_unless_alone(
    text: str, answer: int, how: How
) -> None:
    assert found(text) == (answer, how)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("The answer is:\n\n18 eggs\nwhich is 9 * 2", 18),
        ("The answer is 9 * 2, which is 18. Good.", 18),
        ("The answer is 18 = 9 * 2. Good.", 18),
        ("The answer is 18, since 9 * 2 = 18 and 4 remain. Good.", 18),
        ("The answer is 3 + 4 = 5 + 2 = 7. Good.", 7),
        ("The answer is 20 - 2 of these. Good.", 20),
        ("The answer is five groups of 18.", 18),
        ("The answer is 9 * 2 = 3 * 6. Good.", 3),
    ],
)
def test_what_follows_a_phrase_is_a_number_or_an_expression_with_its_result(
    text: str, answer: int
) -> None:
    assert found(text) == (answer, How.PHRASE)


@pytest.mark.parametrize(
    "text",
    [
        'He asked "the answer is 5?" and 9 * 2 makes 18 eggs',
        "If the answer is 5 eggs. Then all 18 are gone",
        "Say “the answer is 5 eggs.” Then count 18 eggs",
    ],
)
def test_a_phrase_that_is_quoted_or_supposed_states_nothing(text: str) -> None:
    assert found(text) == (18, How.LAST)


def test_where_phrases_of_two_languages_end_together_the_answer_s_own_reads_the_number() -> None:
    own, other = phrases_of("en"), phrases_of("es")
    for first, second, value in ((own, other, Fraction(1234, 1000)), (other, own, Fraction(1234))):
        answer = final_number("#### 1.234 eggs", (*first, *second))
        assert answer is not None
        assert (answer.value, answer.how) == (value, How.PHRASE)
