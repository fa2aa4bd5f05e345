"""A matrix with coloured cells as a figure for print, in the colours of its table."""

from typing import TYPE_CHECKING, Final

from leaderboard.paper.print_figures import WIDTH, drawn, new_figure
from leaderboard.render import ground
from leaderboard.table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_CELL: Final = 0.8
"""Inches of a cell, where so many fit."""


def transfer_picture(table: Table) -> "Figure":
    """Rows as the table has them, in the first column their names; a cell is a rectangle."""
    from matplotlib.patches import Rectangle

    heads = [column.name for column in table.columns[1:]]
    names = [drawn(row.cells[0].text, 30) for row in table.rows]
    wide = 0.4 + 0.075 * max(map(len, names), default=0) + _CELL * len(heads)
    figure, axes = new_figure(0.6 + 0.27 * len(table.rows), width=min(WIDTH, wide))
    axis = axes[0][0]
    for line, row in enumerate(table.rows):
        for place, cell in enumerate(row.cells[1:]):
            shade = ground(cell) or "#FFFFFF"
            axis.add_patch(
                Rectangle((place, line), 1, 1, facecolor=shade, edgecolor="#FFFFFF", linewidth=1)
            )
            axis.text(
                place + 0.5,
                line + 0.5,
                drawn(cell.text, 16).replace("-", "\N{MINUS SIGN}"),
                ha="center",
                va="center",
                fontsize=7,
            )
    axis.set_xlim(0, len(heads))
    axis.set_ylim(len(table.rows), 0)
    axis.set_xticks([n + 0.5 for n in range(len(heads))], [drawn(name, 12) for name in heads])
    axis.set_yticks([n + 0.5 for n in range(len(names))], names)
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    axis.grid(visible=False)
    for side in axis.spines.values():
        side.set_visible(False)
    axis.set_xlabel("language scored")
    return figure
