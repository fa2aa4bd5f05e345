"""What templates print, by Wikipedia, and that the tables of patterns hold together."""

import json
import re
from pathlib import Path

import pytest

from ultralink_data import languages
from ultralink_data.wiki.language_names import LABELS
from ultralink_data.wiki.template_arguments import number
from ultralink_data.wiki.template_text import prints
from ultralink_data.wiki.templates import BY_LANGUAGE, EVERYWHERE
from ultralink_data.wiki.wikitext import clean

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "wikitext_templates.json").read_text("utf-8")
)
TABLES = [("everywhere", EVERYWHERE), *BY_LANGUAGE.items()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['language']}:{case['wikitext']}")
def test_a_template_prints_what_its_page_shows(case):
    assert clean(case["wikitext"], language=case["language"]).strip() == case["text"]


def test_every_language_that_is_built_has_tables():
    built = {code for code in languages.names() if languages.get(code).ground is not None}
    assert built == set(BY_LANGUAGE), "a table in ultralink_data/wiki/templates.py"
    assert built == set(LABELS), "a table in ultralink_data/wiki/language_names.py"


@pytest.mark.parametrize(("language", "table"), TABLES, ids=[name for name, _ in TABLES])
def test_names_are_written_as_they_are_looked_up_and_stand_once(language, table):
    names = [name for listed in table.values() for name in listed.split("|")]
    assert [name for name in names if name != name.casefold().strip()] == []
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("language", "table"), TABLES, ids=[name for name, _ in TABLES])
def test_patterns_are_closed(language, table):
    for pattern in table:
        assert pattern.count("{") == pattern.count("}")
        assert pattern.count("[") == pattern.count("]")
        assert all(re.fullmatch(r"[#*]?[^{}]*", place) for place in re.findall(r"{(.*?)}", pattern))


@pytest.mark.parametrize("name", ["Infobox city", "cite web", "sfn", "reflist", "x", "main"])
def test_boxes_and_notes_print_nothing(name):
    assert not any(prints(name, language) for language in BY_LANGUAGE)


@pytest.mark.parametrize("text", ["", "n/a", "1,234", "12e5", "{{{1}}}", "٣"])
def test_what_is_no_plain_number_stays(text):
    assert number(text, "fr") == text


def test_digits_that_are_no_number_stay_as_they_are():
    assert number("1" * 5000, "es") == "1" * 5000
