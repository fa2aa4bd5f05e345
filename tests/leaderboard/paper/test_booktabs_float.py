"""Tables for print: numbers in siunitx columns, marks, long tables and long words."""

import re

import msgspec
import pytest

from leaderboard.paper.booktabs_float import breakable, float_text
from leaderboard.paper.print_columns import LINE_WIDTH, NumberPiece, number_piece, print_columns
from leaderboard.table import Cell, Column, Table, TableRow


def table(*rows: tuple[Cell | str, ...], columns: tuple[str, ...] = (), **changes) -> Table:
    made = [tuple(x if isinstance(x, Cell) else Cell(text=x) for x in row) for row in rows]
    names = columns or ("Name", *(f"C{n}" for n in range(1, len(made[0]))))
    return Table(
        title="T",
        columns=tuple(
            Column(name=name, align="right" if place else "left", wrap=not place)
            for place, name in enumerate(names)
        ),
        rows=tuple(TableRow(cells=cells) for cells in made),
        **changes,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28.8", NumberPiece("", "28.8", "", "")),
        ("-1.5", NumberPiece("", "-1.5", "", "")),
        ("12,345", NumberPiece("", "12,345", "", "")),
        ("<0.001", NumberPiece("<", "0.001", "", "")),
        ("! 1.5 [0.1, 15.5]", NumberPiece("!", "1.5", "", "[0.1, 15.5]")),
        ("+0.3 % [-1.0, +2.0]", NumberPiece("", "+0.3", " %", "[-1.0, +2.0]")),
        ("12.2 ‡", NumberPiece("", "12.2", " ‡", "")),
        ("3.5 ~", NumberPiece("", "3.5", " ~", "")),
        ("9.0 [8.0, 9.9] ‡", NumberPiece("", "9.0", " ‡", "[8.0, 9.9]")),
        ("0.0 floor", NumberPiece("", "0.0", "", "floor")),
        ("576 / 34.8k", None),
        ("12.3k", None),
        ("2026-11-28", None),
        ("n/a", None),
        ("\u0663", None),
        ("5 \u0663", None),
        ("1\u0662.5", None),
        (f"5 {'w ' * 40}", None),
    ],
)
def test_a_number_is_told_from_what_stands_around_it(text, expected):
    assert number_piece(text) == expected


def test_columns_of_numbers_have_the_form_of_their_longest():
    shown = table(("a", "1.25", "-3.0", "12,345", "x"), ("b", "100.5", "n/a", "7", "y"))
    name, plain, signed, grouped, words = print_columns(shown)
    assert (plain.number, plain.digits) == (True, "3.2")
    assert (signed.number, signed.digits) == (True, "+1.1")
    assert (grouped.digits, grouped.grouped) == ("5.0", True)
    assert not name.number
    assert not words.number
    text = float_text("t", shown)
    assert "S[table-format=3.2]S[table-format=+1.1]" in text
    assert "& {n/a} & 7 & y" in text
    assert "12345" in text


def test_best_is_bold_second_is_underlined_and_both_stay_numbers():
    shown = table(
        ("a", Cell(text="31.2", emphasis="strong")),
        ("b", Cell(text="-8.4", emphasis="second")),
        ("c", Cell(text="7.0 ‡")),
    )
    text = float_text("t", shown)
    assert r"a & \bestscore 31.2 \\" in text
    assert r"b & {\secondscore{$-$8.4}}-8.4 \\" in text
    assert r"c & 7.0{\textsuperscript{\textdaggerdbl{}}} \\" in text
    assert r"table-space-text-post={\textsuperscript{\textdaggerdbl{}}}" in text


def test_an_interval_stands_beside_its_number_under_one_heading():
    text = float_text("t", table(("a", "1.5 [0.1, 15.5]"), ("b", "-2.0 [-3.0, +1.0]")))
    assert r"S[table-format=+1.1]@{\,}l" in text
    assert r"\multicolumn{2}{c}{C1}" in text
    assert r"b & -2.0 & {[}$-$3.0, +1.0{]} \\" in text


def test_many_intervals_stand_below_their_numbers():
    cells = ("a model with a name", *["31.5 [20.1, 45.5]"] * 6)
    text = float_text("t", table(cells))
    assert text.count(r"{\scriptsize {[}20.1, 45.5{]}}") == 6
    assert r"\multicolumn" not in text


def test_long_texts_are_broken_where_the_table_would_be_too_wide():
    shown = table(("word " * 60, "1.0"), ("short", "2.0"))
    first, number = print_columns(shown)
    assert first.width is not None
    assert first.width < LINE_WIDTH
    assert number.width is None
    assert r">{\raggedright\arraybackslash}p{" in float_text("t", shown)


def test_a_table_longer_than_a_page_is_several_with_one_label():
    rows = [(f"row {n}", str(n)) for n in range(130)]
    text = float_text("t", table(*rows, notes=("a note",)))
    captions = re.findall(r"\\caption\{T \((\d of \d)\)", text)
    assert captions == ["1 of 3", "2 of 3", "3 of 3"]
    assert text.count(r"\label{tab:t}") == 1
    assert text.count("a note") == 1
    assert [f"row {n} & {n} " in text for n in range(130)] == [True] * 130


def test_a_part_of_a_table_shows_the_label_that_it_would_repeat():
    rows = [(Cell(text="group", repeat=n > 0), str(n)) for n in range(80)]
    text = float_text("t", table(*rows))
    assert text.count("group") == 2


def test_notes_that_fill_a_page_stand_behind_the_float():
    text = float_text("t", table(("a", "1"), notes=("long " * 900,)))
    inside, _, after = text.partition(r"\end{table}")
    assert "long" not in inside
    assert r"Notes to Table~\ref{tab:t}" in after


def test_a_long_word_may_break_and_loses_nothing():
    word = "runs/a_folder-with/many_parts/" + "x" * 70
    text = breakable(word)
    assert text.count(r"\allowbreak{}") >= 4
    assert text.replace(r"\allowbreak{}", "").replace("\\_", "_") == word
    assert max(map(len, re.split(r"\\allowbreak\{\}", text))) <= 32


def test_a_row_cannot_end_the_document():
    text = float_text("t", table((r"\end{document} % $x$ & y", "1")))
    assert r"\end{document}" not in text
    assert r"\textbackslash{}end\{document\} \% \$x\$ \& y" in text


def test_a_huge_name_takes_a_few_lines_and_the_table_stays_on_its_page():
    text = float_text("t", table(("a" * 2_000_000, "1.0"), ("b", "2.0"), notes=("n" * 2_000_000,)))
    assert len(text) < 30_000
    assert text.count(r"\begin{table}") == 1
    assert "characters" in text


def test_rows_of_many_lines_make_more_parts():
    rows = [(f"{n} " + "a_long_name/" * 8, *["10.0 [1.0, 20.0]"] * 6) for n in range(30)]
    assert float_text("t", table(*rows)).count(r"\begin{table}") >= 2


def test_names_that_begin_with_a_number_are_texts():
    names = ("3 of them", "12 rounds")
    columns = (Column(name="A"), Column(name="B"), Column(name="C", align="right"))
    rows = [TableRow(cells=(Cell(text=x), Cell(text=x), Cell(text="0.0 floor"))) for x in names]
    found = print_columns(Table(title="T", columns=columns, rows=tuple(rows)))
    assert [one.number for one in found] == [False, False, True]


def test_no_column_is_wider_than_tex_can_measure():
    """TeX measures up to 16,383 points, about 3,800 characters of a table."""
    shown = table(("a", f"5 {'w ' * 3000}", "x" * 9000), columns=("Model", "N" * 9000, "Text"))
    assert max(map(len, float_text("t", shown).splitlines())) < 3800


@pytest.mark.parametrize("letter", ["x", "\u4e2d", "\U0001f600", "\x00"])
def test_a_caption_is_no_longer_than_tex_can_measure_in_any_script(letter):
    """TeX measures it as one line, with the code of every letter that its fonts lack."""
    shown = msgspec.structs.replace(table(("a", "1")), title=letter * 5000, caption=letter * 5000)
    (caption,) = [x for x in float_text("t", shown).splitlines() if x.startswith("\\caption")]
    printed = re.sub(r"\\allowbreak\{\}|\\text[a-z]+\{\}|\\", "x", caption)
    assert 1000 < len(printed) < 2000
