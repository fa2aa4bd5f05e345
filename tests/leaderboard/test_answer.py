"""The answer in a dozen lines: every endpoint, every cell that changed, nothing lost."""

import io
import re
from collections import Counter

import pytest
from report_examples import effect, report, variant
from rich.console import Console

from leaderboard.answer import MOST_ROWS, answer_table
from leaderboard.fitting import width
from leaderboard.gaps import MISSING, Gap
from leaderboard.render import to_rich
from leaderboard.table import Cell, Column, Table, TableRow


def average(**changes):
    fields = {"language": "non-en", "metric": "bpb", "primary": True, "unit": "log-ratio"}
    return effect(**(fields | changes))


def asked(effects, **changes):
    names = dict.fromkeys(["1", *(e.variant for e in effects)])
    return report(effects=tuple(effects), variants=tuple(map(variant, names)), scores=(), **changes)


def texts(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_each_primary_endpoint_is_a_row_and_other_cells_are_named_if_they_changed():
    table = answer_table(
        asked(
            [
                average(),
                average(variant="1/8", verdict="inconclusive", low=-0.1, high=0.1, p_value=0.3),
                effect(metric="bpb", language="fr", verdict="worse within margin"),
                effect(metric="bpb", language="zh", verdict="worse"),
                effect(metric="bpb", language="es", verdict="non-inferior"),
                effect(variant="1/8", language="en", verdict="better", low=0.1, high=0.2),
            ]
        )
    )
    assert [row[:3] for row in texts(table)] == [
        ["0", "starter_math bpb", "worse"],
        ["1/8", "starter_math bpb", "inconclusive"],
    ]
    assert table.notes[:2] == (
        "single cells that are worse: 0: starter_math bpb (fr zh)",
        "single cells that are better: 1/8: starter_math exact_match (en)",
    )
    assert table.title == "Answer: How much can go?"


def test_that_no_cell_changed_is_said_too():
    table = answer_table(
        asked([average(), effect(verdict="inconclusive", low=-0.1, high=0.1, language="fr")])
    )
    assert "no single cell is worse or better" in table.notes


def test_a_missing_language_stands_in_the_verdict_and_below():
    gap = Gap(variant="0", task="", metric="", language="fr", text=f"{MISSING} in 0: no row")
    table = answer_table(asked([average()], gaps=(gap,)))
    assert texts(table)[0][2] == "worse; fr MISSING"
    assert "fr MISSING in 0: no row" in table.notes


def test_without_a_primary_endpoint_the_cells_are_the_answer():
    table = answer_table(asked([effect(language="en"), effect(language="en", metric="bpb_prose")]))
    assert texts(table)[0][:3] == ["0", "starter_math exact_match en", "worse"]
    assert len(table.rows) == 1


def test_of_very_many_endpoints_those_that_changed_have_rows_and_the_others_are_counted():
    few = [
        average(variant=str(n), verdict="better" if n % 5 == 0 else "inconclusive")
        for n in range(2, 2 + MOST_ROWS)
    ]
    assert len(answer_table(asked(few)).rows) == MOST_ROWS
    many = [*few, average(variant="last", verdict="non-inferior")]
    table = answer_table(asked(many))
    assert [row[2] for row in texts(table)] == ["better", "better"]
    assert table.notes[0] == f"and {MOST_ROWS - 2} inconclusive, 1 non-inferior: in the tables"


def test_caveats_and_earlier_looks_are_part_of_the_answer():
    assert "A proxy." in answer_table(asked([average()], caveats=("A proxy.",))).notes


# Tables in terminals of any width


def printed(table, columns):
    text = io.StringIO()
    Console(file=text, width=columns, force_terminal=False).print(to_rich(table))
    return text.getvalue()


def wide(columns=7):
    names = ["Language", "Score [95 %]", *(f"Figure number {n}" for n in range(columns - 2))]
    rows = [
        ["non-en *", "2.359 [2.285, 2.435]", *(f"value{n}of{r}" for n in range(columns - 2))]
        for r in range(3)
    ]
    return Table(
        title="T",
        columns=tuple(Column(name=n, align="right" if i else "left") for i, n in enumerate(names)),
        rows=tuple(TableRow(cells=tuple(Cell(text=text) for text in row)) for row in rows),
    )


@pytest.mark.parametrize("columns", [80, 100, 120, 200])
@pytest.mark.parametrize("table", [wide(), wide(12), answer_table(asked([average()]))])
def test_a_table_fits_and_nothing_of_it_is_cut(table, columns):
    out = printed(table, columns)
    assert max(map(len, out.splitlines())) <= columns
    texts = [table.title, table.caption, *table.notes, *(c.name for c in table.columns)]
    texts += [cell.text for row in table.rows for cell in row.cells if not cell.repeat]
    signs = Counter(re.sub(r"[\s-]", "", "".join(texts)))  # the rule is made of dashes
    assert Counter(re.sub(r"[\s-]", "", out)) == signs
    if width(table) <= columns:
        for row in table.rows:
            assert all(cell.text in out for cell in row.cells if not cell.repeat)


def test_in_a_narrow_terminal_no_interval_is_broken():
    out = printed(wide(), 80)
    assert out.count("[2.285, 2.435]") == 3
    assert out.count("value4of2") == 1
    assert width(wide()) > 80
