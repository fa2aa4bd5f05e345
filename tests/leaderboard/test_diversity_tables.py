"""What a reader of a diversity study sees: numbers with intervals, words, notes."""

import math

from harness.statistics.estimators import wilson
from leaderboard.diversity_results import DiversityMeasure, Openings, Share, Study
from leaderboard.diversity_tables import share_table, study_tables
from leaderboard.estimate import Estimate


def estimate(value, half=None):
    low, high = (math.nan, math.nan) if half is None else (value - half, value + half)
    return Estimate(
        value=value,
        standard_error=half or 0.0,
        df=19,
        low=low,
        high=high,
        n_problems=1200,
        n_clusters=1200,
        n_seeds=1,
    )


def measure(name, first, against=None, half=0.1, language="fr", size=1234):
    return DiversityMeasure(
        language=language,
        measure=name,
        size=size,
        first=estimate(first, half),
        against=None if against is None else estimate(against, half),
        difference=None if against is None else estimate(first - against, half),
    )


OPENINGS = (
    Openings(
        language="fr", side="first", questions=2000, most=(("what is", 0.75), ("why so", 0.25))
    ),
    Openings(language="fr", side="against", questions=7, most=()),
)
STUDY = Study(
    measures=(
        measure("distinct-1", 0.5, 0.25),
        measure("MTLD", 60.0, 80.125, half=2.0),
        measure("distinct-1", 0.5, 0.45, language="zh"),
        measure("turns/dialogue", 4.0, 4.0, half=None, language="zh"),
    ),
    openings=OPENINGS,
    unpaired={"fr": 1500, "zh": 2},
)


def texts(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_two_sets_are_shown_with_intervals_difference_and_verdict():
    table, _ = study_tables(STUDY, "a.jsonl", "b.jsonl")
    assert table.title == "Diversity (first minus second)"
    names = ["language", "measure", "items", "a.jsonl", "b.jsonl", "difference", "verdict"]
    assert [column.name for column in table.columns] == names
    assert texts(table) == [
        ["fr", "distinct-1", "1,234", "0.500 [0.400, 0.600]", "0.250 [0.150, 0.350]",
         "+0.250 [+0.150, +0.350]", "higher"],
        ["fr", "MTLD", "1,234", "60.00 [58.00, 62.00]", "80.12 [78.12, 82.12]",
         "-20.12 [-22.12, -18.12]", "lower"],
        ["zh", "distinct-1", "1,234", "0.500 [0.400, 0.600]", "0.450 [0.350, 0.550]",
         "+0.050 [-0.050, +0.150]", "no difference shown"],
        ["zh", "turns/dialogue", "1,234", "4.00", "4.00", "+0.00", "too few articles"],
    ]  # fmt: skip


def test_words_stand_left_and_numbers_right():
    table, openings = study_tables(STUDY, "a", "b")
    assert [c.align for c in table.columns] == ["left"] * 2 + ["right"] * 4 + ["left"]
    assert [c.align for c in openings.columns] == ["left", "left", "right", "left"]
    assert [c.wrap for c in openings.columns] == [False, False, False, True]


def test_a_verdict_has_its_colour_and_a_language_its_section():
    table, _ = study_tables(STUDY, "a", "b")
    assert [row.cells[-1].emphasis for row in table.rows] == ["good", "bad", "muted", "muted"]
    assert [row.section for row in table.rows] == [False, False, True, False]


def test_cells_keep_the_whole_number_behind_the_text():
    table, openings = study_tables(STUDY, "a", "b")
    assert [cell.raw for cell in table.rows[1].cells[2:6]] == [1234, 60.0, 80.125, -20.125]
    assert openings.rows[0].cells[2].raw == 2000


def test_one_set_has_neither_difference_nor_verdict():
    study = Study(measures=(measure("MTLD", 60.0),), openings=OPENINGS[:1], unpaired={})
    table, openings = study_tables(study, "a.jsonl", None)
    assert table.title == "Diversity"
    assert [column.name for column in table.columns] == ["language", "measure", "items", "a.jsonl"]
    assert texts(table) == [["fr", "MTLD", "1,234", "60.00 [59.90, 60.10]"]]
    assert len(table.notes) == 3
    assert [row[1] for row in texts(openings)] == ["a.jsonl"]


def test_notes_say_what_items_are_and_what_was_left_out():
    notes = study_tables(STUDY, "a", "b")[0].notes
    assert notes == (
        "items: size of the random sample of n-grams (distinct-n) or questions (opening entropy, "
        "bits) whose average value is given, the same on both sides; else dialogues",
        "95 % intervals: jackknife over articles in up to 20 groups, none under 5 articles; one a "
        "cell, not adjusted for their number",
        "measures compare texts of one language, never languages",
        "fr: 1,500 dialogues without a partner of the same id were left out",
        "zh: 2 dialogues without a partner of the same id were left out",
    )


def test_openings_are_named_by_their_set_with_shares_in_percent():
    _, table = study_tables(STUDY, "a.jsonl", "b.jsonl")
    assert table.title == "Openings of questions (two words)"
    names = ["language", "set", "questions", "most frequent"]
    assert [column.name for column in table.columns] == names
    assert texts(table) == [
        ["fr", "a.jsonl", "2,000", "what is 75%, why so 25%"],
        ["fr", "b.jsonl", "7", ""],
    ]


# Articles used


def share(language="fr", pages=2000, used=500, passages=8000, used_passages=8000, elsewhere=0):
    return Share(
        language=language,
        pages=pages,
        used_pages=used,
        passages=passages,
        used_passages=used_passages,
        elsewhere=elsewhere,
    )


def test_shares_of_articles_and_passages_have_wilson_intervals():
    table = share_table(
        "a.jsonl", [share(), share("zh", pages=0, used=0, passages=4, used_passages=1)], wilson
    )
    assert texts(table) == [
        ["fr", "2,000", "500", "25.0 % [23.2, 26.9]", "8,000", "8,000", "100.0 % [100.0, 100.0]"],
        ["zh", "0", "0", "n/a", "4", "1", "25.0 % [4.6, 69.9]"],
    ]
    assert [cell.raw for cell in table.rows[0].cells] == ["fr", 2000, 500, 0.25, 8000, 8000, 1.0]
    assert [c.align for c in table.columns] == ["left"] + ["right"] * 6
    names = ["language", "articles", "used", "share", "passages", "used", "share"]
    assert (table.title, [c.name for c in table.columns]) == ("a.jsonl", names)


def test_articles_that_were_not_given_are_noted():
    table = share_table("a.jsonl", [share(), share("zh", elsewhere=1234)], wilson)
    assert table.notes == ("zh: 1,234 articles of dialogues are not among those given",)
