"""Checks of grounded replies against a table of replies in nine languages, and human text."""

import json
from collections import Counter
from pathlib import Path

import pytest

from ultralink_data import languages
from ultralink_data.grounding.reply_checks import check_answer, check_question, check_reply
from ultralink_data.starter.chats import starter_chats
from ultralink_data.text.words import words

CASES_FOLDER = Path(__file__).parents[2] / "cases"
CASES = json.loads((CASES_FOLDER / "ground_checks.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[f"{c['language']}-{c['text'][:30]}" for c in CASES])
def test_a_reply_passes_or_fails_as_the_table_says(case):
    text, language = case["text"], case["language"]
    shared = {"instruction": "", "earlier": ()}
    if case["kind"] == "question":
        about = "\n".join(words(text, language))  # its words, and none of its phrases
        failure = check_question(text, language, about=about, **shared)
    else:
        failure = check_answer(text, language, about="", question="x", minimum=10, **shared)
    assert (failure.check if failure else "") == case["check"]


MENTIONS = json.loads((CASES_FOLDER / "source_mentions.json").read_text("utf-8"))


@pytest.mark.parametrize("case", MENTIONS, ids=[f"{c['language']}-{c['text']}" for c in MENTIONS])
def test_a_text_speaks_of_its_source_as_the_table_says(case):
    text, language = case["text"], case["language"]
    failure = check_answer(
        text, language, about="", question="x", minimum=1, instruction="", earlier=()
    )
    seen = failure is not None and failure.check == "source_mention"
    assert seen == case["mention"]


def test_what_the_article_itself_says_is_no_mention():
    question = "Who was named in the document that is known as Magna Carta?"
    article = "In the document, barons were named. It is known as Magna Carta."
    checked = check_question(question, "en", instruction="", about=article, earlier=())
    assert checked is None
    other = check_question(question, "en", instruction="", about="Magna Carta", earlier=())
    assert other is not None
    assert other.check == "source_mention"


def test_the_table_has_good_and_bad_replies_of_each_kind_in_every_language():
    counts = Counter((c["language"], c["kind"], bool(c["check"])) for c in CASES)
    for code in languages.names():
        bad_ones = sum(counts[code, kind, True] for kind in ("question", "answer"))
        assert bad_ones >= 10, f"add rows in {code} to tests/cases/ground_checks.json"
        for kind in ("question", "answer"):
            assert counts[code, kind, False] >= 1
        bad = {c["check"] for c in CASES if c["language"] == code}
        assert {"refusal", "preface", "source_mention", "several_questions", "markup"} <= bad


@pytest.mark.parametrize("code", ["en", "es", "fr", "ru", "zh"])
def test_what_people_wrote_passes(code):
    for chat in starter_chats(code):
        for turn in chat.turns:
            assert check_reply(turn, code, instruction="", about="") is None, turn


def test_a_question_about_a_quoted_question_is_one_question():
    text = 'What did the poet mean by "Do I dare to eat a peach?"'
    assert check_question(text, "en", instruction="", about=text, earlier=[]) is None
    failure = check_question(
        text.replace("mean", "say? Or mean"), "en", instruction="", about=text, earlier=[]
    )
    assert failure is not None
    assert failure.check == "several_questions"
