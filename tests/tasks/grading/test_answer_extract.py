"""What prose around an answer does to it, and what it does not."""

import pytest

from tasks.grading.answer_extract import How, Phrases, final_number
from ultralink_data import languages
from ultralink_data.text.digits import style_of


def phrases_of(code: str) -> tuple[Phrases, ...]:
    texts = languages.get(code).mgsm
    assert texts is not None
    return (Phrases(patterns=texts.answer_phrases, style=style_of(code), worked=texts.worked),)


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
