"""What a mixture draws from its datasets, as a table."""

from collections.abc import Sequence

from leaderboard.table import Table, TableRow, label_columns, number_cell, text_cell
from ultralink_data.mixture.mixture_config import MixedCell

_COUNTS = ("available", "taken", "repeated", "tokens")


def mixture_table(called: str, cells: Sequence[MixedCell]) -> Table:
    """Rows and tokens by dataset, language and kind in one pass; `called` names the mixture."""
    whole = [sum(getattr(cell, name) for cell in cells) for name in _COUNTS]
    rows = [
        _row(
            (cell.dataset, cell.language, cell.kind), [getattr(cell, n) for n in _COUNTS], whole[-1]
        )
        for cell in cells
    ]
    return Table(
        title=f"Mixture {called}",
        columns=label_columns(("dataset", "language", "kind", *_COUNTS, "share"), 3),
        rows=(*rows, _row(("all", "", ""), whole, whole[-1])),
        notes=(
            "One pass over the mixture. Taken rows are different ones, repeated are further copies "
            "of these; tokens are of whole dialogues as the chat template writes them.",
        ),
    )


def _row(labels: Sequence[str], counts: Sequence[int], tokens: int) -> TableRow:
    share = f"{counts[-1] / tokens:.1%}" if tokens else ""
    return TableRow(cells=(*map(text_cell, labels), *map(number_cell, counts), text_cell(share)))
