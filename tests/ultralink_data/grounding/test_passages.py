"""Passages join to the article and keep to the limit."""

import random
import time

import pytest

from ultralink_data.documents import Page
from ultralink_data.grounding.passages import split
from ultralink_data.text.tokens import estimate_tokens

SENTENCES = {
    "en": "The sea rose again. Nobody had seen that (since 1953)! Was it the wind? ",
    "zh": "海平面又上升了。自一九五三年以来没有人见过！是风吗？",
    "hi": "समुद्र फिर उठा। किसी ने ऐसा नहीं देखा था। ",
    "ar": "ارتفع البحر مرة أخرى. هل كانت الريح؟ ",
}


def page(text: str, language: str = "en") -> Page:
    return Page(id=f"{language}:1", language=language, title="T", revision=None, text=text)


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("limit", [1, 7, 50, 2000])
def test_the_passages_join_to_the_article_and_keep_to_the_limit(language, limit):
    dice = random.Random(f"{language}{limit}")
    text = ""
    for _ in range(40):
        text += SENTENCES[language] * dice.randint(0, 6) + "\n" * dice.randint(0, 3)
    found = split(page(text, language), limit)
    assert "".join(passage.text for passage in found) == text
    assert [passage.number for passage in found] == list(range(len(found)))
    assert len({passage.id for passage in found}) == len(found)
    assert max(estimate_tokens(p.text, language) for p in found) <= limit


def test_borders_are_those_of_paragraphs_where_paragraphs_fit():
    text = "one " * 20 + "\n\n" + "two " * 20 + "\n\n" + "three " * 20
    found = split(page(text), 30)
    assert [passage.text.split()[0] for passage in found] == ["one", "two", "three"]
    assert len(found) == 3


def test_a_long_paragraph_is_split_at_sentences():
    found = split(page(SENTENCES["en"] * 10), 30)
    assert all(p.text.rstrip().endswith(("again.", "1953)!", "wind?")) for p in found)


def test_an_article_within_the_limit_is_one_passage():
    found = split(page("Short.\n\nAnd whole.\n"), 2000)
    assert [(p.id, p.text) for p in found] == [("en:1#0", "Short.\n\nAnd whole.\n")]


def test_an_empty_article_has_no_passage():
    assert split(page(""), 10) == []


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="got 0"):
        split(page("x"), 0)


ODD_PAGES = {
    "begins with an empty line": "\n\n{0}",
    "begins with blanks": " \t\u3000{0}",
    "begins with many empty lines": "\n" * 300 + "{0}",
    "only an empty line": "\n",
    "only blanks": " \n\u3000\t\n  ",
    "many blanks in the middle": "{0}" + " " * 400 + "\n" + " " * 400 + "{0}",
    "ends without a line end": "{0}\n{0}",
    "one long line": "{0}" * 300,
    "one long line without a mark": "{1}" * 900,
    "one long line of marks": "{0}" + "." * 5000 + "{1}" + "。" * 900,
    "line ends of other systems": "{0}\r\n\r\n{0}\r{0}\x85{0}\u2029{0}",
}


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("form", ODD_PAGES)
@pytest.mark.parametrize("limit", [1, 7, 2000])
def test_an_odd_page_joins_and_keeps_to_the_limit_too(language, form, limit):
    text = ODD_PAGES[form].format(SENTENCES[language], SENTENCES[language][0])
    found = split(page(text, language), limit)
    assert "".join(passage.text for passage in found) == text
    assert all(passage.text for passage in found)
    assert max(estimate_tokens(p.text, language) for p in found) <= limit


def test_a_line_of_dots_takes_no_square_of_time():
    started = time.process_time()
    split(page("." * 200_000), 2000)
    assert time.process_time() - started < 2


def test_a_passage_of_blanks_is_known_as_blank():
    found = split(page("\n" * 20 + "word"), 5)
    assert [passage.is_blank for passage in found] == [True, False]
