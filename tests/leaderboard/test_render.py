import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pandas
import pytest
from report_examples import cell, effect, report, starter_report, variant

from leaderboard.effect_notes import size_cell
from leaderboard.latex_escape import escape_latex
from leaderboard.records import ExperimentReport, VariantScore, read_report
from leaderboard.render import (
    escape_markdown,
    latex_document,
    to_csv,
    to_latex,
    to_markdown,
    to_rich,
    visible,
    write_report,
)
from leaderboard.report_tables import report_tables, results_table
from leaderboard.table import Cell, Column, Table, TableRow, bounds
from ultralink_data.errors import PrerequisiteError

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = (
    "[bold red]x[/]",
    "a|b",
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "=1+1",
    "@SUM(A1)",
    "-2+3",
    '=cmd|" /C calc"!A0',
    r"\input{/etc/passwd}",
    "100%&$#_{}~^\\",
    "*bold* _under_ `code`",
    "\x1b[31mred\x1b[0m",
    "two\nlines",
    "a\u202eb",
    "语言",
    '"quoted", comma',
    "--",
    "@someone #12",
)


def terminal(table: Table, width: int = 100) -> str:
    from rich.console import Console

    file = io.StringIO()
    Console(file=file, width=width, color_system="truecolor", force_terminal=True).print(
        to_rich(table)
    )
    return file.getvalue()


def plain(table: Table, width: int = 100) -> str:
    from rich.console import Console

    file = io.StringIO()
    Console(file=file, width=width).print(to_rich(table))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def one_cell(text: str) -> Table:
    columns = (Column(name="Name", wrap=True), Column(name="Value", align="right"))
    row = TableRow(cells=(Cell(text=text), Cell(text="-1.5", raw=-1.5)))
    return Table(title=text, columns=columns, rows=(row,), caption=text, notes=(text,))


def hostile_report() -> ExperimentReport:
    names = [f"{i} {text}" if i % 2 else text for i, text in enumerate(HOSTILE)]
    return report(
        variants=tuple(
            variant(name, label=text) for name, text in zip(names, HOSTILE, strict=True)
        ),
        reference=names[0],
        scores=tuple(VariantScore(variant=name, cell=cell()) for name in names),
        effects=tuple(effect(variant=name, reference=names[0], primary=True) for name in names[1:]),
        question=" ".join(HOSTILE),
        caveats=HOSTILE,
    )


RENDERED = {
    "report.txt": lambda tables, _: "\n".join(plain(t) for t in tables),
    "report.md": lambda tables, _: "\n".join(to_markdown(t) for t in tables),
    "report.tex": lambda tables, _: "\n".join(to_latex(t) for t in tables),
    "report.csv": lambda _, some: to_csv(results_table(some)),
}


@pytest.mark.parametrize("name", RENDERED)
def test_small_report_reads_as_recorded(name):
    expected = (GOLDEN / name).read_bytes().decode("utf-8")
    assert RENDERED[name](report_tables(report()), report()) == expected


@pytest.mark.parametrize(("shown", "value"), [("12.5", 0.125), ("1.875", 1.875)])
def test_the_same_number_stands_in_all_formats(tmp_path, shown, value):
    tables = report_tables(report())
    for render in (plain, to_markdown, to_latex):
        assert any(f" {shown} " in render(table) for table in tables), render
    write_report(report(), tmp_path)
    assert value in pandas.read_csv(tmp_path / "table.csv")["value"].tolist()
    assert value in [score.cell.value for score in read_report(tmp_path / "report.json").scores]


def test_terminal_tables_fit_in_100_columns_with_one_line_a_row():
    for table in report_tables(starter_report()):
        lines = plain(table).splitlines()
        assert max(map(len, lines)) <= 100
        assert not any("…" in line for line in lines)
        bare = plain(msgspec.structs.replace(table, notes=())).splitlines()
        start = next(i for i, line in enumerate(bare) if line.startswith("-----")) + 1
        body = [line for line in bare[start:] if line.strip()]
        # Languages that are worse under an average go on to the next line if they are many.
        goes_on = [line for line in body if not line[:60].strip()]
        assert len(body) - len(goes_on) == len(table.rows)
        assert not goes_on or "primary" in table.title


@pytest.mark.parametrize(
    ("sections", "apart"), [((False, True, True), False), ((False, False, True), True), ((), False)]
)
def test_sections_of_one_row_each_are_not_set_apart(sections, apart):
    rows = tuple(TableRow(cells=(Cell(text=str(s)),), section=s) for s in sections)
    table = Table(title="t", columns=(Column(name="c"),), rows=rows)
    body = plain(table).rstrip().partition("---")[2]
    assert ("" in [line.strip() for line in body.splitlines()[1:]]) == apart
    assert (r"\addlinespace" in to_latex(table)) == apart


def test_long_names_are_folded_and_not_cut():
    name = "a-very-long-variant-name-" * 5
    text = plain(one_cell(name), width=60)
    assert "…" not in text
    assert name in text.replace("\n", "").replace(" ", "").replace("-1.5", "")


def test_terminal_reads_no_markup_and_lets_no_escape_code_through():
    shown = terminal(one_cell("[bold red]x[/] \x1b[31mred\x1b]8;;http://evil\x07"))
    assert "[bold red]x[/]" in shown
    assert "<U+001B>[31mred" in shown
    assert "\x1b[31mred" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_invisible_characters_are_written_out(text):
    assert visible(text).isprintable()
    assert visible("a\u202eb\x00") == "a<U+202E>b<U+0000>"
    assert visible("two\r\n lines\ttab") == "two lines tab"


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_table_keeps_its_shape(text):
    lines = to_markdown(one_cell(text)).splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == 3
    assert [line.replace("\\|", "").count("|") for line in rows] == [3, 3, 3]
    assert sum(line.startswith("#") for line in lines) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("starter_math [10.1, 15.2]", "starter_math [10.1, 15.2]"),
        ("-12.5", "-12.5"),
        ("a|b", r"a\|b"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("[x](y) [x][y] [x]: y", r"\[x\](y) [x\][y] [x\]: y"),
        ("_x_ a_b", r"\_x\_ a_b"),
        (r"\| `c` *b* ~s~ $m$", r"\\\| \`c\` \*b\* \~s\~ \$m\$"),
        ("@me #1 https://a www.b", "&#64;me &#35;1 https&#58;//a www&#46;b"),
        ("- x", r"\- x"),
        ("1. x", "&#49;. x"),
    ],
)
def test_markdown_escapes(text, expected):
    assert escape_markdown(text) == expected


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_reads_back_and_starts_no_formula(text):
    header, row = list(csv.reader(io.StringIO(to_csv(one_cell(text)), newline="")))
    assert header == ["Name", "Value"]
    assert row[0][0] not in "=+-@"
    assert row[0].removeprefix("'") == visible(text)
    assert row[1] == "-1.5"


def test_csv_formula_after_blanks_is_stopped_too():
    assert to_csv(one_cell("  =1+1")).splitlines()[1].startswith("'  =1+1,")


def test_csv_ends_lines_as_rfc_4180_says():
    text = to_csv(results_table(report()))
    assert text.count("\r\n") == len(report().scores) + 1
    assert text.replace("\r\n", "").count("\n") == 0


def test_csv_round_trips_through_pandas_unrounded():
    big = starter_report()
    frame = pandas.read_csv(io.StringIO(to_csv(results_table(big))))
    assert len(frame) == len(big.scores)
    assert frame["value"].tolist() == [score.cell.value for score in big.scores]
    assert frame["language"].tolist() == [score.cell.language for score in big.scores]
    assert frame["primary"].dtype == bool
    compared = frame[frame["effect"].notna()].set_index(["variant", "task", "language", "metric"])
    assert len(compared) == len(big.effects)
    for one in big.effects:
        row = compared.loc[(one.variant, one.task, one.language, one.metric)]
        assert row["effect"] == one.effect
        assert row["p_value"] == one.p_value or (
            one.p_value is None and pandas.isna(row["p_value"])
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100%&$#_{}", r"100\%\&\$\#\_\{\}"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("~^<>|", r"\textasciitilde{}\textasciicircum{}\textless{}\textgreater{}\textbar{}"),
        ("--", "-{}-"),
        ("---", "-{}-{}-"),
        ("a,,b", "a,{},b"),
        ("[x]*", "{[}x{]}{*}"),
        ("é语", r"é\textless{}U+8BED\textgreater{}"),
        ("† ‡ ° →", r"\textdagger{} \textdaggerdbl{} \textdegree{} \textrightarrow{}"),
        ("Straße × ÷ ÿ", r"Stra\ss{}e \texttimes{} \textdiv{} \"{y}"),
    ],
)
def test_latex_escapes(text, expected):
    assert escape_latex(text) == expected


def test_latex_shows_a_minus_for_numbers_only():
    text = to_latex(one_cell("a-b -2"))
    assert r"a-b -2 & $-$1.5 \\" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("make", [report, starter_report, hostile_report])
def test_latex_compiles(tmp_path, make):
    tables = report_tables(make())
    (tmp_path / "t.tex").write_text(latex_document(tables), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "t.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "t.log").read_text(errors="replace")
    if make is starter_report:
        assert "Overfull" not in done.stdout


def test_hostile_report_renders_everywhere():
    some = hostile_report()
    for table in (*report_tables(some), results_table(some)):
        assert "\x1b[31m" not in terminal(table, width=400)
        assert "<script" not in to_markdown(table)
        assert r"\input" not in to_latex(table)


def test_write_report_writes_four_files_and_says_which(tmp_path):
    folder = tmp_path / "new" / "out"
    paths = write_report(report(), folder)
    assert [path.name for path in paths] == ["table.md", "table.csv", "table.tex", "report.json"]
    assert sorted(paths) == sorted(folder.iterdir())
    assert read_report(folder / "report.json") == report()
    assert "A proxy at 1M parameters." in (folder / "table.md").read_text(encoding="utf-8")
    assert "A proxy at 1M parameters." in (folder / "table.tex").read_text(encoding="utf-8")
    assert rb"\usepackage{booktabs}" in (folder / "table.tex").read_bytes()
    assert (folder / "table.csv").read_bytes().count(b"\r\n") == 5


def test_unwritable_folder_is_two_lines_and_no_traceback(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PrerequisiteError, match="cannot write"):
        write_report(report(), tmp_path / "file" / "out")


def test_import_loads_neither_rich_nor_pandas():
    code = (
        "import sys, leaderboard.render, leaderboard.run_tables\n"
        "sys.exit(sorted({'rich', 'pandas', 'numpy', 'torch'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_table_without_rows_is_printed():
    assert "Nothing" in plain(Table(title="Nothing", columns=(Column(name="Name"),), rows=()))


def csv_rows(*rows: tuple[Cell, ...]) -> list[list[str]]:
    columns = tuple(Column(name=name) for name in ("who", "B vs A [95 %]", "n")[: len(rows[0])])
    table = Table(title="t", columns=columns, rows=tuple(TableRow(cells=row) for row in rows))
    return list(csv.reader(io.StringIO(to_csv(table), newline="")))


def test_csv_has_columns_for_what_a_cell_holds_beside_its_value():
    effect = Cell(text="+1.2 [-0.5, +2.9]", raw=0.0123, beside=bounds(-0.005, 0.029))
    rows = csv_rows(
        (Cell(text="a"), effect, size_cell(66, 18)),
        (Cell(text="b"), Cell(text=""), size_cell(5, 5)),
    )
    low, high = "B vs A [95 %] low", "B vs A [95 %] high"
    assert rows[0] == ["who", "B vs A [95 %]", low, high, "n", "n clusters"]
    assert rows[1] == ["a", "0.0123", "-0.005", "0.029", "66", "18"]
    assert rows[2] == ["b", "", "", "", "5", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+1.2 % [-0.5, +2.9]", ["-0.5", "2.9"]),
        ("! 63.1 [60, 1,066.0]", ["60.0", "1066.0"]),
        ("12 % [1, 20 %]", ["1.0", "20.0"]),
        ("f(1) [1, 2]", []),
        ("take 3 [1, 2]", []),
        ("n/a", []),
    ],
)
def test_csv_reads_the_bounds_of_a_cell_that_is_only_text(text, expected):
    header, row = csv_rows((Cell(text="x"), Cell(text=text)))
    assert row[2:] == expected
    assert len(header) == len(row)
