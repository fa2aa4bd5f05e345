import json
from pathlib import Path

import pytest

from ultralink_data.culture.keywords import keyword_findings

CASES = json.loads((Path(__file__).parents[2] / "cases" / "culture_keywords.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:40] for case in CASES])
def test_keywords_find_what_the_table_says(case):
    found = {x.name: x.evidence for x in keyword_findings([case["text"], "Yes."])}
    assert found == case["found"]


def test_every_turn_is_looked_at_and_evidence_is_one_short_line():
    found = keyword_findings(["Hello", "Hi", "SELECT a\nFROM b", "`" + "x" * 300 + "`"])
    assert [x.name for x in found] == ["code_formulas"]
    assert len(found[0].evidence) <= 100
    assert "\n" not in found[0].evidence


@pytest.mark.parametrize("text", ["a" * 200_000, "<a " * 50_000, "x_" * 100_000, "`" * 99_999])
def test_long_odd_text_comes_to_an_end(text):
    keyword_findings([text])  # a pattern that backtracks would take hours
