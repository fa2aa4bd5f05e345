"""The table of what pruning left of each source problem's rows."""

from collections.abc import Sequence

from leaderboard.table import Table, TableRow, label_columns, text_cell
from ultralink_data.whole.prune import Problems


def problems_table(before: Sequence[Problems], after: Sequence[Problems]) -> Table:
    """Source problems of math and code, and rows per problem, before and after."""
    left = {(x.language, x.kind): x for x in after}
    names = ("language", "kind", "rows", "problems", "rows/problem", "most rows of one")
    rows = []
    for one in before:
        other = left.get((one.language, one.kind), one._replace(rows=0, problems=0, most_rows=0))
        pairs = [
            (f"{one.rows:,}", f"{other.rows:,}"),
            (f"{one.problems:,}", f"{other.problems:,}"),
            (_mean(one), _mean(other)),
            (f"{one.most_rows:,}", f"{other.most_rows:,}"),
        ]
        texts = [a if a == b else f"{a} → {b}" for a, b in pairs]
        cells = (one.language, one.kind, *texts)
        rows.append(TableRow(cells=tuple(map(text_cell, cells))))
    return Table(
        title="Source problems of math and code",
        columns=label_columns(names),
        rows=tuple(rows),
    )


def _mean(found: Problems) -> str:
    return f"{found.rows / found.problems:.2f}" if found.problems else "0"
