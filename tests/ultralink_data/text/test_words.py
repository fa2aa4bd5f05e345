"""Words of texts in each language, by a table of cases."""

import json
import re
from pathlib import Path

import pytest

from ultralink_data import languages
from ultralink_data.text.words import words

CASES = json.loads((Path(__file__).parents[2] / "cases" / "words.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["source"] for case in CASES])
def test_words_are_those_of_the_case(case):
    assert words(case["text"], case["language"]) == case["words"]


def test_every_language_has_a_case():
    without = set(languages.names()) - {case["language"] for case in CASES}
    assert not without, f"add a row to tests/cases/words.json for {without}"


def test_the_usual_pattern_cuts_devanagari():
    text = next(case["text"] for case in CASES if case["language"] == "hi")
    assert len(re.findall(r"\w+", text)) > len(words(text, "hi"))


def test_case_and_form_make_no_new_words():
    for case in CASES:
        if case["language"] != "tr":
            assert words(case["text"].upper(), case["language"]) == [
                word.upper().casefold() for word in case["words"]
            ]
