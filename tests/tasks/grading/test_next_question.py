"""Where an answer ends and an invented question begins; most cases are in tests/cases/mgsm.json."""

import pytest

from tasks.grading.answer_extract import final_number
from tasks.grading.answer_phrases import answer_phrases
from tasks.grading.next_question import own_answer

WORDS = ("question", "next problem", "q")
PROBLEM = "Tom has 5 apples and buys 2 more. How many apples does he have?"


def cut(text: str) -> str:
    """The own answer, where a text with "is" states one, and one with "Wait" takes it back."""
    states, takes_back = (lambda text: " is " in text), (lambda text: "Wait" in text)
    return own_answer(text, WORDS, states, takes_back)[0]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("It is 18.\nQ: 7", "It is 18."),
        ("It is 18.\n\n> **Question 2:** 7", "It is 18."),
        ("It is 18.\nQuestion 2. 7", "It is 18."),
        ("It is 18.\n## Next problem\n7", "It is 18."),
        ("9 * 2 = 18.\n\nQuestion: 7", "9 * 2 = 18."),
        ("#### 18\n\nFind another.\n#### 7", "#### 18"),
        ("#### $18\n#### 7 eggs", "#### $18"),
        ("Made $18.\n\nQ: 2 + 1?\nA: 3", "Made $18."),
        ("Made $18 of 2.\n\nQ: Of 2?\nA: 3", "Made $18 of 2."),
        ("Made $18.\n\nQuestion: 2 + 1?\nIt is 3", "Made $18."),
        ("# Question\n9 * 2 = 18\n# Question\n7", "# Question\n9 * 2 = 18"),
        ("Q: restated\nIt is 18.\n\nQ: 7", "Q: restated\nIt is 18."),
        (f"It is 18.\n{PROBLEM}\n7", "It is 18."),
        ("It is 18.\n\nTom has some apples. He eats a few. How many are left?\n7", "It is 18."),
    ],
)
def test_a_question_after_an_answer_is_not_its_own(text: str, own: str) -> None:
    assert cut(text) == own


@pytest.mark.parametrize(
    "text",
    [
        "Q: 7\nIt is 18.",
        "Made 18.\nQuestion: 7",
        "Made 18.\n\nQuestion: 7",
        "Makes 16.\n\nQ: How much?\nA: 18",
        "#### 17\nWait, 9 * 2.\n#### 18",
        "#### 18\nThat is all.\n#### 18",
        "#### 1\nEggs\n#### 2\nMoney 18",
        "#### 1. Eggs\n#### 2. Money\n18",
        "9 * 2 = 18.\n\nQuestion 2: 7",
        "No number.\n\nQuestion: 7",
        "Q: one\nIt is 9.\nQ: two\nIt is 18.",
        "Q: restated\n9 * 2 = 18\n\nQ: 7",
        "Q: restated\nMade 18.\n\n# Q\n7",
        "It is 18. Question: is it?",
        "It is 18.\nQuestions remain: 7",
        "It is 18.\nQuestion and answer",
        f"Made 18.\n{PROBLEM}\nIt is 7.",
        f"It is 9 for now.\nThen:\n{PROBLEM}",
        "It is 18.\nIs it? Yes, it is 18.",
        "It is 18.\nIs that 18?",
        "It is 18.\nHow many apples does Tom have, if not all of them?",
    ],
)
def test_what_only_looks_like_a_next_question_is_read(text: str) -> None:
    assert cut(text) == text


def test_a_question_with_the_numbers_that_were_asked_about_is_restated() -> None:
    text = "There are 16 eggs.\n\nQuestion: 16 eggs, 7 gone, $2 each?\nA: 18"

    def cut_of(asked: str) -> bool:
        return own_answer(text, WORDS, lambda _: False, lambda _: False, asked)[1]

    assert cut_of("")
    assert cut_of("Tom has 5 apples?")
    assert not cut_of("Janet has 16 eggs, eats 7 and sells the rest at $2. How much?")


@pytest.mark.parametrize(
    ("text", "cut_off"),
    [
        ("คำตอบคือ 18\n\nทอมมีแอปเปิลห้าลูกและซื้อเพิ่มอีกสองลูก ตอนนี้ทอมมีแอปเปิลกี่ลูก\nคำตอบคือ 7", True),
        ("คำตอบคือ 18\n\nทอมมีเงิน $5 และได้อีก $2 เขามีเงินทั้งหมดเท่าไร\nคำตอบคือ 7", True),
        ("มีไข่ 9 ฟอง\nขายแล้วได้เงินทั้งหมดกี่ดอลลาร์กันแน่ในแต่ละวัน\nคำตอบคือ 18", False),
    ],
)
def test_a_thai_question_has_no_mark(text: str, cut_off: bool) -> None:
    answer = final_number(text, answer_phrases("th"))
    assert answer is not None
    assert answer.value == 18
    assert answer.closed is cut_off
