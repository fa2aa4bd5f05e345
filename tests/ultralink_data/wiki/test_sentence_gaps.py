"""A template that no table knows: counted, and its sentence dropped or its gap marked."""

import json
from pathlib import Path

import pytest

from ultralink_data.wiki.articles import extract
from ultralink_data.wiki.dump import RawPage
from ultralink_data.wiki.extract_config import ExtractConfig
from ultralink_data.wiki.silent_templates import is_silent
from ultralink_data.wiki.wikitext import cleaned

FOLDER = Path(__file__).parents[2] / "cases"
CASES = json.loads((FOLDER / "wikitext_gaps.json").read_text("utf-8"))

PAIRS = json.loads((FOLDER / "wikitext_sentence_ends.json").read_text("utf-8"))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['first']}|{pair['second']}")
def test_a_gap_takes_its_own_sentence_and_no_other(pair):
    first, second = pair["first"], pair["second"]
    word, _, rest = second.partition(" ")
    behind = cleaned(f"{first} {word} {{{{odd|2}}}} {rest}", language=pair["language"])
    assert behind.text.strip() == (first if pair["ends"] else "")
    in_front = cleaned(f"{{{{odd|2}}}} {first} {second}", language=pair["language"])
    assert in_front.text.strip() == (second if pair["ends"] else "")
    assert behind.dropped == in_front.dropped == 1


def test_pairs_of_sentences_are_of_both_kinds_in_many_languages():
    for ends in (True, False):
        languages = [pair["language"] for pair in PAIRS if pair["ends"] is ends]
        assert len(languages) >= 80
        assert len(set(languages)) == 8


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['language']}:{case['wikitext']}")
def test_a_sentence_with_a_gap_is_dropped_or_marked(case):
    made = cleaned(case["wikitext"], language=case["language"])
    assert made.text.strip() == case["text"]
    assert (list(made.unknown), made.dropped) == (case["unknown"], case["dropped"])
    marked = cleaned(case["wikitext"], language=case["language"], gaps="mark")
    assert marked.text.strip() == case["marked"]
    assert (list(marked.unknown), marked.dropped) == (case["unknown"], 0)


@pytest.mark.parametrize("name", ["cite web", "cn", "ficha de país", "нет аи", "ébauche"])
def test_notes_and_boxes_are_known_to_print_nothing(name):
    assert is_silent(name)


@pytest.mark.parametrize("name", ["", "convert", "as of", "unité", "population of", "число"])
def test_what_may_be_a_word_is_not_silent(name):
    assert not is_silent(name)


def test_an_outcome_has_the_names_and_the_sentences():
    raw = RawPage(
        id="en:1",
        language="en",
        title="Ulm",
        namespace=0,
        redirect=False,
        revision=None,
        text="The old town of Ulm has {{odd|5}} gates. People in the town like the tall church.",
    )
    outcome = extract(raw, ExtractConfig(min_tokens=0))
    assert outcome.accepted[0].text == "People in the town like the tall church.\n"
    assert (outcome.unknown_templates, outcome.dropped_sentences) == (("odd",), 1)
