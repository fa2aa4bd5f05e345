"""Readings of two texts, compared: cases of our own, each reading valid for its text."""

import json
from pathlib import Path

import pytest

from ultralink_data.translation.meaning_compare import differences, unit_name
from ultralink_data.translation.quantities import Reading, read_reading

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "meaning_readings.json").read_text("utf-8")
)


def reading(case: dict, name: str) -> Reading:
    names = ("value", "unit", "what", "relation", "to")
    said = {"quantities": [dict(zip(names, q, strict=True)) for q in case[f"{name}_quantities"]]}
    if asked := case[f"{name}_asked"]:
        said["asked"] = dict(zip(("what", "unit"), asked, strict=True))
    language = "en" if name == "source" else case["language"]
    return read_reading(json.dumps(said), case[name], language)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_differs_is_said_and_what_is_the_same_is_not(case):
    found = differences(reading(case, "source"), reading(case, "translation"))
    if case["differs"] is None:
        assert found == ()
    else:
        assert any(case["differs"] in one for one in found), found


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_text_says_what_it_says(case):
    for name in ("source", "translation"):
        one = reading(case, name)
        assert differences(one, one) == ()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_difference_is_seen_from_both_sides(case):
    ours, theirs = reading(case, "source"), reading(case, "translation")
    assert bool(differences(ours, theirs)) == bool(differences(theirs, ours))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("dollars", "dollar"),
        ("km", "kilometre"),
        ("kg", "kilogram"),
        ("lbs", "pound (weight)"),
        ("years", "year"),
        ("weekly", "week"),
        ("daily", "day"),
        ("%", "percent"),
        ("apples", ""),
        ("", ""),
        ("weekend", ""),
    ],
)
def test_units_have_one_name(said, name):
    assert unit_name(said) == name
