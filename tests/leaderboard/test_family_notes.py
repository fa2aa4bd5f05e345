"""Families under the tables: any, every, and what a null result rules out."""

import pytest
from report_examples import effect

from leaderboard.family_notes import (
    family_answer,
    family_notes,
    has_families,
    holm_cell,
    ruled_out_notes,
)


def language(code, p_holm, verdict="non-inferior", **changes):
    return effect(language=code, p_holm=p_holm, verdict=verdict, **changes)


def average(**changes):
    return effect(language="non-en", primary=True, **changes)


def test_languages_that_are_worse_after_holm_are_named_with_their_p():
    cells = [language("fr", 0.0004, "worse"), language("zh", 0.03, "worse"), average()]
    (worse, every) = family_notes(cells)
    assert worse.endswith("0, starter_math exact_match: fr (p <0.001)")
    assert "adjusted by Holm" in worse
    assert every.endswith("not shown for fr (worse), zh (worse)")
    assert "intersection-union" in every


def test_the_answer_names_the_languages_that_are_worse_after_holm_in_one_line():
    cells = [language("fr", 0.0004, "worse"), language("zh", 0.03, "worse"), average()]
    (said,) = family_answer(cells)
    assert said.endswith(f": {cells[0].variant}: starter_math exact_match (fr)")
    (said,) = family_answer([language("fr", 0.2), language("zh", 0.03), average()])
    assert said.endswith(": none shown")
    assert family_answer([language("fr", 0.2), average()]) == ()


def test_nothing_shown_says_how_near_it_was():
    cells = [language("fr", 0.2), language("zh", 0.03), average()]
    worse, every = family_notes(cells)
    assert worse.endswith("none shown (least p 0.030)")
    assert every.endswith(": shown")


def test_a_language_without_a_test_keeps_every_language_from_being_shown():
    cells = [language("fr", 0.2), language("zh", 0.3), language("es", None, "floor"), average()]
    assert family_notes(cells)[1].endswith("not shown for es (floor)")


def test_without_margins_only_worse_is_told():
    cells = [language("fr", 0.2, margin=None), language("zh", 0.3, margin=None), average()]
    assert len(family_notes(cells)) == 1


@pytest.mark.parametrize("cells", [[language("fr", 0.2), average()], [average()], []])
def test_one_language_is_no_family(cells):
    assert family_notes(cells) == ()
    assert not has_families(cells)
    assert all(holm_cell(cells, cell).text == "" for cell in cells)


def test_adjusted_p_stands_with_languages_and_not_with_averages():
    cells = [language("fr", 0.2), language("zh", 0.0123), average()]
    assert has_families(cells)
    assert [holm_cell(cells, cell).text for cell in cells] == ["0.200", "0.012", ""]
    assert holm_cell(cells, None).text == ""


def test_a_null_result_says_what_it_rules_out():
    null = average(effect=0.0, low=-0.015, high=0.02, verdict="underpowered")
    (said,) = ruled_out_notes([null, language("fr", 0.2)])
    assert said.endswith("a loss of more than 1.5 pt and a gain of more than 2.0 pt")
    bits = average(effect=0.0, low=-0.01, high=0.02, unit="log-ratio", verdict="no margin")
    assert "1.0 % and a gain of more than 2.0 %" in ruled_out_notes([bits])[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"low": -0.3, "high": -0.1},
        {"low": 0.1, "high": 0.2, "effect": 0.15},
        {"low": None, "high": None, "p_value": None},
    ],
)
def test_an_effect_that_is_shown_or_not_tested_rules_out_nothing(changes):
    assert ruled_out_notes([average(**changes)]) == ()
