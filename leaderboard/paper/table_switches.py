"""What the options of a paper take out of a table that an experiment made."""

import re

import msgspec

from leaderboard.paper.paper_parts import PaperOptions
from leaderboard.table import Cell, Table, TableRow

_INTERVAL = re.compile(r"(?<=[\d%t]) \[[^\]]*\]")
_VERDICT = "Verdict"


def switched(table: Table, options: PaperOptions) -> Table:
    """The table without intervals or verdicts, where those are switched off."""
    shown = table if options.verdicts else _without_verdicts(table)
    return shown if options.intervals else _without_intervals(shown)


def _without_verdicts(table: Table) -> Table:
    kept = [place for place, column in enumerate(table.columns) if column.name != _VERDICT]
    return msgspec.structs.replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(
            TableRow(cells=tuple(row.cells[place] for place in kept), section=row.section)
            for row in table.rows
        ),
    )


def _without_intervals(table: Table) -> Table:
    """No interval beside a number; what notes say in words stays."""
    columns = tuple(
        msgspec.structs.replace(column, name=column.name.replace(" [95 %]", ""))
        for column in table.columns
    )
    rows = tuple(
        TableRow(cells=tuple(map(_bare, row.cells)), section=row.section) for row in table.rows
    )
    return msgspec.structs.replace(table, columns=columns, rows=rows)


def _bare(cell: Cell) -> Cell:
    text = _INTERVAL.sub("", cell.text)
    beside = tuple(pair for pair in cell.beside if pair[0] not in ("low", "high"))
    return msgspec.structs.replace(cell, text=text, beside=beside)
