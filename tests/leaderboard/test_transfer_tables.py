"""The transfer matrix as a table: cells, marks, colours, what fits into 80 columns."""

import io

import pytest
from report_examples import effect
from rich.console import Console

from leaderboard.render import COLOUR_PACKAGE, latex_packages, to_latex, to_markdown, to_rich
from leaderboard.transfer_tables import OTHERS, Transfer, transfer_tables

CODES = ("en", "es", "fr", "ru", "zh")


def transfer(variant="without-zh", language="fr", *, own=False, value=-0.05, half=0.01, **changes):
    fields = {
        "variant": variant,
        "reference": "1",
        "language": language,
        "metric": "bpb",
        "unit": "log-ratio",
        "effect": value,
        "low": value - half,
        "high": value + half,
        "p_value": 0.01,
        "verdict": "worse",
        "p_holm": None if own else 0.02,
    }
    return Transfer(own=own, effect=effect(**fields | changes))


def matrix_of(*cells):
    return transfer_tables("languages", cells)[0]


def full_matrix():
    cells = [
        transfer(f"without-{out}", code, own=out == code, value=-0.11 if out == code else 0.03)
        for out in CODES
        for code in (*CODES, OTHERS)
    ]
    return matrix_of(*cells)


def shown_at(table, width):
    console = Console(width=width, file=io.StringIO(), color_system=None)
    console.print(to_rich(table))
    return console.file.getvalue()


def test_a_cell_has_difference_half_width_and_mark():
    table = matrix_of(transfer(), transfer(language="en", value=0.02, verdict="non-inferior"))
    assert [column.name for column in table.columns] == ["Variant", "en", "fr"]
    cells = [cell.text for cell in table.rows[0].cells]
    assert cells == ["without-zh", "+2.0 ±1.0 =", "-5.1 ±1.1 x"]
    assert "marks: x worse, = non-inferior" in table.notes


def test_the_own_language_is_in_brackets_and_sets_no_colour():
    table = matrix_of(transfer(), transfer(language="zh", own=True, value=-0.7))
    own = table.rows[0].cells[2]
    assert own.text == "(-101.4 ±2.0) x"
    assert own.heat is None
    assert table.rows[0].cells[1].heat == pytest.approx(-1.0)


def test_what_cannot_be_told_is_marked_and_faint():
    table = matrix_of(
        transfer(),
        transfer(language="ru", value=-0.05, half=0.2, verdict="underpowered", p_holm=1.0),
    )
    known, unknown = table.rows[0].cells[1:]
    assert unknown.text.endswith("?")
    assert abs(unknown.heat) < abs(known.heat) / 3
    assert known.emphasis == "strong"
    assert unknown.emphasis == ""
    assert any(note.startswith("2 cells between languages") for note in table.notes)


def test_the_matrix_of_five_languages_fits_into_80_columns():
    lines = shown_at(full_matrix(), 80).splitlines()
    assert max(map(len, lines)) <= 80
    (row,) = [line for line in lines if line.startswith("without-fr")]
    assert row.split()[1:3] == ["+3.0", "±1.0"]


def test_colour_is_on_the_terminal_and_in_latex_and_nowhere_else():
    table = full_matrix()
    console = Console(width=100, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    console.print(to_rich(table))
    assert "\x1b[38;2;0;0;0;48;2;90;155;212m" in console.file.getvalue().replace("1;", "")
    assert r"\cellcolor[HTML]{5A9BD4}" in to_latex(table)
    assert r"\textpm{}" in to_latex(table)
    assert latex_packages([table])[-1] == COLOUR_PACKAGE
    assert "5A9BD4" not in to_markdown(table)


def test_the_averages_of_primary_metrics_are_the_last_table():
    cells = [
        transfer(f"without-{code}", OTHERS, metric=metric, verdict="non-inferior", value=-0.01)
        for metric in ("bpb_prose", "bpb")
        for code in ("fr", "zh")
    ]
    tables = transfer_tables("languages", cells)
    assert [table.title.partition(" (")[0] for table in tables] == [
        "languages: transfer to each language, starter_math, bpb_prose",
        "languages: transfer to each language, starter_math, bpb",
        "languages: the other languages",
    ]
    rows = [[cell.text for cell in row.cells] for row in tables[-1].rows]
    assert rows == [
        ["starter_math bpb", name, "-1.0 % [-2.0, 0.0]", "0.010", "non-inferior"]
        for name in ("without-fr", "without-zh")
    ]
    assert tables[-1].rows[1].cells[0].repeat
