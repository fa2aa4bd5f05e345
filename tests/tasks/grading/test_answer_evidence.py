"""Which of several numbers of a sentence counts: a table of phrasings and single rules."""

import json
import time
from fractions import Fraction
from pathlib import Path

import pytest

from tasks.benchmark import Outcome
from tasks.grading.answer_evidence import MOST, AnswerEvidence
from tasks.grading.answer_extract import final_number, grade_number
from tasks.grading.answer_phrases import answer_phrases

TABLE = json.loads(
    (Path(__file__).parents[2] / "cases" / "answer_phrasings.json").read_text("utf-8")
)
UNSOLVED = {case["output"] for case in TABLE if case.get("unsolved")}
"""Phrasings that are known to be read wrongly; each says why."""


def graded(case: dict[str, str], number: str) -> Outcome:
    phrases = answer_phrases(case["language"])
    return grade_number(case["output"], False, phrases, Fraction(number), case["question"]).outcome


@pytest.mark.parametrize("case", TABLE, ids=[f"{c['language']} {c['output']}" for c in TABLE])
def test_a_phrasing_counts_its_answer_and_no_other_number(case):
    counts = graded(case, case["target"]) is Outcome.CORRECT
    assert counts != bool(case.get("unsolved"))
    if counts:
        others = [number for number in case["others"] if graded(case, number) is Outcome.CORRECT]
        assert others == []


STATED = json.loads(
    (Path(__file__).parents[2] / "cases" / "stated_answers.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", STATED, ids=[f"{c['language']} {c['text']}" for c in STATED])
def test_the_number_that_a_text_states(case):
    """Corrections, denials, words, results, quantities, qualifiers, labels and differences."""
    found = value(case["text"], case.get("question", ""), case["language"])
    assert found == str(Fraction(case["number"]))


def test_every_language_and_kind_is_in_both_halves():
    for split in ("seen", "held out"):
        rows = [case for case in TABLE if case["split"] == split]
        assert len(rows) > 100
        assert len({case["language"] for case in rows}) == 11
        assert {"qualifier", "correction", "denied", "spelled", "unit"} <= {c["kind"] for c in rows}


def value(text: str, question: str = "", code: str = "en") -> str:
    answer = final_number(text, answer_phrases(code), question)
    return "-" if answer is None else str(answer.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The answer is 45. Wait, no: 25.", "25"),
        ("\\boxed{45}\nWait, no: 25.", "25"),
        ("45\n\nSorry, that was wrong. It is 25.", "25"),
        ("The answer is 45. No discount applies to the 3 books.", "45"),
        ("The answer is 45. Wait, no: 25. Wait, no: 20.", "20"),
        ("The answer is 45. Sorry, I forgot the tax. 45 * 2 = 90, and 90 - 65 = 25.", "25"),
        ("The answer is 45. Sorry for the long answer.", "45"),
        ("The answer is 45. No, that is right.", "45"),
    ],
)
def test_an_answer_is_taken_back_only_by_words_that_say_so(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("It takes 2 hours and 30 minutes.", "How many minutes does it take?", "150"),
        ("It takes 2 hours and 30 minutes.", "How many hours does it take?", "5/2"),
        ("It takes 2 hours and 30 minutes.", "", "150"),
        ("The answer is 3 dollars and 50 cents.", "How many dollars?", "7/2"),
        ("The answer is 3 dollars and 50 cents.", "How many cents is it?", "350"),
        ("The answer is 1 h 10.", "", "70"),
        ("The answer is 1 h 10 apples.", "", "1"),
        ("She is 5 feet 3 inches tall.", "How tall is she in inches?", "63"),
        ("It weighs 2.6 kg, that is 2600 g.", "", "13/5"),
        ("It weighs 2.6 kg, and 3 g are lost.", "How many grams are lost?", "3"),
        ("The answer is 2.6 kg = 2600 g.", "How many grams does it weigh?", "2600"),
    ],
)
def test_a_quantity_is_read_in_the_unit_that_is_asked_for(text, question, expected):
    assert value(text, question) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She keeps **18** eggs and gives 4 to 2 friends.", "18"),
        ("She keeps **18** eggs and gives **4** to 2 friends.", "4"),
        ("**Step 2:** She keeps 18 eggs in 2 boxes.", "18"),
        ("He bought 3 pens for 18 dollars.", "18"),
        ("He needs 3 boxes for 18 apples.", "3"),
        ("Find the total: 33 square feet + 32 square feet = 65 square feet", "65"),
        ("The result is 9. Then 9 * 2 gives 18.", "18"),
        ("The result is \\boxed{18} since 9 and 9 are equal.", "18"),
        ("In 1 week she makes 145*7 = 1015.00", "1015"),
        ("He has $150 x 5 = $750 for 3 months.", "750"),
        ("Mary will remain with 56 plants - 18 plants given away = 38 plants.", "38"),
        ("It takes 1200 seconds / 60 seconds/minute = 20 minutes.", "20"),
        ("She jumped ahead 1 spot to finish in 4th place.", "4"),
        ("In total he has 9 + 9 = 18 pens in 2 boxes.", "18"),
        ("She had 20 eggs, sold 2-18 left.", "18"),
        ("The result is a total of 18 eggs.", "18"),
        ("They are 18 (9 and 9).", "18"),
        ("It took i.e. 18 days, not 20.", "18"),
    ],
)
def test_evidence_within_a_sentence(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The answer is nine.", "9"),
        ("The answer is two times 9, or 18.", "18"),
        ("The answer is eighteen, since 27 - 9 = 18 and 9 is left.", "18"),
        ("The answer is one of 3 numbers: 18", "18"),
        ("The answer is one.", "1"),
        ("Answer: she has one brother with nine eggs", "9"),
        ("Answer: she has one brother", "-"),
        ("Nine", "9"),
        ("Nine\n\nShe had 16.", "9"),
        ("Nine eggs", "9"),
        ("Three steps\nShe had 16.", "16"),
        ("She had 16 and kept nine.", "16"),
        ("The answer is minus five.", "-5"),
        ("\\boxed{eighteen}", "18"),
        ("The answer is unknown.", "-"),
        ("No one knows.", "-"),
    ],
)
def test_words_count_where_the_answer_stands(text, expected):
    assert value(text) == expected


def test_words_that_open_a_text_cut_at_the_limit_state_no_answer():
    grade = grade_number("Three oak tr", True, answer_phrases("en"), Fraction(3))
    assert grade.outcome is Outcome.TRUNCATED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She counts " + "1, " * 4000 + "and has 18 eggs.", "18"),
        ("The answer is 45. " + "Wait, no: 25. " * 4000, "25"),
        ("The answer is 18. " + '"""\n' * 4000, "18"),
        ("The answer is " * 4000 + "18.", "18"),
        ("She has 18 eggs.\n\n" + "Q: What now?\n\n" * 4000, "18"),
        ("It is 18.\n" + "10 cm, not 8. " * 4000, "10"),
    ],
)
def test_a_text_that_repeats_itself_is_read_like_any_other(text, expected):
    """Each took more than a minute when every number was weighed against all others."""
    assert value(text) == expected


def test_of_many_numbers_the_last_are_weighed(monkeypatch):
    weighed = []
    monkeypatch.setattr(AnswerEvidence, "is_denied", lambda _, n: weighed.append(n) or False)
    assert value("She counts " + "1, " * 1000 + "and 18 eggs.") == "18"
    assert len(weighed) < 3 * MOST


@pytest.mark.parametrize(
    ("code", "words"),
    [("zh", "比"), ("th", "เพื่อ"), ("es", "sando"), ("en", "if "), ("ru", "чтобы ")],
)
def test_a_run_of_words_that_open_a_clause_is_read_in_one_way(code, words):
    """Read in all ways of cutting it up, the run before one number cost a third of a second."""
    text = f"{(words * 60)[:60]}5" * 64
    started = time.process_time()
    assert final_number(text, answer_phrases(code)) is not None
    assert time.process_time() - started < 2
