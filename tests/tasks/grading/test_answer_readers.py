"""The shortcuts of reading: English words only where a Latin letter is, bare digits at sight."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tasks.grading.answer_extract import Answer, How, final_number
from tasks.grading.answer_phrases import answer_phrases
from tasks.grading.answer_readers import readers_of

CASES = Path(__file__).parents[2] / "cases"
TEXTS = [
    (case["language"], case["text"])
    for case in json.loads((CASES / "stated_answers.json").read_text("utf-8"))
    if case["language"] not in ("en", "de", "es", "fr", "sw")
]


def test_the_first_language_alone_is_enough_without_a_latin_letter():
    readers = readers_of(answer_phrases("ru"))
    assert readers.enough_for("Ответ: 18.") is readers.alone
    assert readers.enough_for("Ответ: x = 18.") is readers
    assert readers.enough_for("Answer: 18.") is readers
    assert readers_of(answer_phrases("en")).alone is None
    both = (*answer_phrases("ru"), *answer_phrases("es"))
    assert readers_of(both).alone is None


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_a_word_in_latin_letters_behind_the_answer_changes_no_reading(language, text):
    """English patterns are read with it, and without it they are not."""
    alone = final_number(text, answer_phrases(language))
    with_latin = final_number(f"{text}\n\nQED", answer_phrases(language))
    assert alone is not None
    assert with_latin is not None
    assert alone.value == with_latin.value


@pytest.mark.parametrize("text", ["18", " 18\n", "007", "0", "123456789012345"])
def test_bare_digits_are_what_every_reading_gives(text):
    expected = Answer(value=Fraction(int(text)), how=How.LINE, at_end=True)
    assert final_number(text, answer_phrases("en")) == expected
    longer = final_number(f"{text.rstrip()} ", answer_phrases("es"))
    assert longer == expected


def test_digits_longer_than_a_number_are_read_with_care():
    assert final_number("1" * 16, answer_phrases("en")) is not None
    assert final_number("1" * 2000, answer_phrases("en")) is None
