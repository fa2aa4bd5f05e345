"""Raised and lowered text keeps values as they are."""

import json
from pathlib import Path

import pytest

from ultralink_data.wiki.raised import on_one_line
from ultralink_data.wiki.wikitext import clean

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "wikitext_raised.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['language']}:{case['wikitext']}")
def test_no_value_changes_on_one_line(case):
    assert clean(case["wikitext"], language=case["language"]).strip() == case["text"]


def test_many_marks_are_read_in_one_pass():
    # Would take minutes if each mark looked through the rest of the page.
    many = 20_000
    assert on_one_line("x<sup>2</sup>" * many, "en") == "x²" * many
    assert on_one_line("<sup>x " * many, "en") == "x " * many
