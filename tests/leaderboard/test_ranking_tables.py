"""Rankings as tables: columns, order, drawings, and one flat table for files."""

import csv
from io import StringIO

import pytest
from score_examples import row

from leaderboard.fitting import width
from leaderboard.ranking import rankings
from leaderboard.ranking_tables import flat_table, ranking_table
from leaderboard.render import to_csv
from ultralink_data.errors import ConfigError

ROWS = [
    row("a", 0.5, "en", n=50, low=0.4, high=0.6),
    row("a", 0.3, "zh", n=50),
    row("b", 0.2, "en", n=300, low=0.1, high=0.3),
    row("b", 0.6, "zh", n=300, parameters=1_000_000_000),
    row("c", 0.9, "zh", n=50, origin="published"),
]
(RANKING,) = rankings(ROWS)


def texts(table):
    return [[cell.text for cell in line.cells] for line in table.rows]


def heads(table):
    return [column.name for column in table.columns]


def test_the_usual_columns_and_those_that_say_more_than_one_thing():
    table = ranking_table(RANKING, plain=True)
    assert RANKING.ranked_by == "all"
    assert heads(table) == ["#", "Model", "all", "95 % interval", "en", "zh", "n", "Origin"]
    assert [line[1] for line in texts(table)] == ["a", "b", "c"]
    assert texts(table)[0][2:6] == ["40.0", texts(table)[0][3], "50.0", "30.0"]
    assert texts(table)[2] == ["", "c", "", "", "", "90.0", "", "published"]


@pytest.mark.parametrize(
    ("sort", "said"),
    [("", ""), ("place", ""), ("all", ""), ("zh", ", sorted by zh"), ("n", ", sorted by n")],
)
def test_the_caption_says_by_what_the_rows_are_sorted_if_not_by_place(sort, said):
    table = ranking_table(RANKING, ["model"], sort)
    assert table.caption == f"Ranked by all{said}; percent."


def test_a_narrow_terminal_goes_without_sizes_then_drawings_and_is_told_so():
    (ranking,) = rankings([*ROWS[:2], row("b", 0.6, "en", n=50, parameters=7_000_000_000)])
    whole = ["#", "Model", "all", "95 % interval", "en", "zh", "n", "Size"]
    full = ranking_table(ranking)
    assert (heads(full), full.notes) == (whole, ())
    assert ranking_table(ranking, most=width(full)) == full
    tight = ranking_table(ranking, most=width(full) - 1)
    assert heads(tight) == whole[:-1]
    assert tight.notes == ("too narrow for parameters; --columns chooses what is shown",)
    tightest = ranking_table(ranking, most=10)
    assert heads(tightest) == [name for name in whole[:-1] if name != "95 % interval"]
    assert "Drawings" not in tightest.caption
    asked = ["model", "interval", "parameters"]
    assert heads(ranking_table(ranking, asked, most=10)) == ["Model", "95 % interval", "Size"]


def test_scores_have_their_interval_and_its_drawing_on_a_common_scale():
    (one,) = rankings([one for one in ROWS if one.language == "en"])
    table = ranking_table(one, ["model", "score", "interval"], plain=True)
    assert texts(table) == [
        ["a", "50.0 [40.0, 60.0]", "         |--o--|"],
        ["b", "20.0 [10.0, 30.0]", "|--o--|         "],
    ]
    assert "Drawings run from 10.0 to 60.0." in table.caption


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("place", ["a", "b", "c"]),
        ("zh", ["c", "b", "a"]),
        ("en", ["a", "b", "c"]),
        ("model", ["a", "b", "c"]),
        ("n", ["b", "a", "c"]),
        ("origin", ["a", "b", "c"]),
    ],
)
def test_models_are_sorted_by_a_column_and_what_lacks_it_comes_last(sort, order):
    found = texts(ranking_table(RANKING, ["model"], sort))
    assert [line[0] for line in found] == order


def test_bits_are_sorted_upwards():
    bits = [row(name, value, higher_is_better=False) for name, value in (("a", 2.0), ("b", 1.0))]
    (ranking,) = rankings(bits)
    assert texts(ranking_table(ranking, ["model", "score"], "zh")) == [
        ["b", "1.000"],
        ["a", "2.000"],
    ]


@pytest.mark.parametrize("how", [{"columns": ["scor"]}, {"sort": "scor"}])
def test_an_unknown_column_is_an_error_with_the_nearest(how):
    with pytest.raises(ConfigError, match="unknown column 'scor'") as caught:
        ranking_table(RANKING, **how)
    assert "did you mean 'score'?" in caught.value.hint


def test_files_have_no_drawing_unless_it_is_asked_for():
    assert "95 % interval" not in heads(ranking_table(RANKING, drawn=False))
    assert "95 % interval" in heads(ranking_table(RANKING, ["interval"], drawn=False))


def test_a_floor_is_not_drawn_as_a_measured_interval():
    (one,) = rankings([row("a", 0.0, low=0.0, high=0.2, note="floor"), row("b", 0.1)])
    table = ranking_table(one, ["model", "score", "interval"], plain=True)
    assert texts(table) == [["b", "10.0", f"{'':15}o"], ["a", "0.0 floor", f"o{'':15}"]]


def test_the_flat_table_has_a_row_for_each_score_with_its_place():
    text = to_csv(flat_table([RANKING]))
    assert text.startswith("place,origin,model,")
    found = [
        (x["place"], x["model"], x["language"], x["value"]) for x in csv.DictReader(StringIO(text))
    ]
    assert sorted(found) == [
        ("", "c", "zh", "0.9"),
        ("1", "a", "all", "0.4"),
        ("1", "a", "en", "0.5"),
        ("1", "a", "zh", "0.3"),
        ("1", "b", "all", "0.4"),
        ("1", "b", "en", "0.2"),
        ("1", "b", "zh", "0.6"),
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric": "bleu", "value": 25.31}, "Ranked by no language; higher is better."),
        (
            {"metric": "word_perplexity", "value": 9.5, "higher_is_better": False},
            "Ranked by no language; lower is better.",
        ),
        (
            {"metric": "bits_per_byte", "value": 0.5, "higher_is_better": False},
            "Ranked by no language; bits per byte, lower is better.",
        ),
    ],
)
def test_numbers_of_another_harness_stand_as_they_are(changes, said):
    value = changes.pop("value")
    (found,) = rankings([row("a", value, "", origin="imported", **changes)])
    table = ranking_table(found, plain=True)
    assert table.caption.startswith(said.removesuffix("."))
    assert heads(table)[2] == "no language"
    assert texts(table)[0][2] == f"{value:.3f}"


def test_a_score_beyond_a_share_has_its_interval_on_its_own_scale():
    (ranking,) = rankings([row("m", 31.25, metric="bleu", low=30.5, high=32.0)])
    shown = ranking_table(ranking, ("score",)).rows[0].cells[0]
    assert shown.text == "31.250 [30.500, 32.000]"
