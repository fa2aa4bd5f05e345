"""A table with coloured cells as an SVG picture: Markdown has no colour of its own.

Written by hand, as a matrix of rectangles needs no library; every text is escaped.
"""

import re
from collections.abc import Container
from html import escape
from itertools import count

from leaderboard.render import ground
from leaderboard.table import Cell, Table
from leaderboard.visible_text import visible

_ROW = 26
_CHARACTER = 7.4
"""Width of a character of the font, in pixels; the digits of a fixed-width font fit."""
_GAP = 12


def has_heat(table: Table) -> bool:
    """Whether any cell has a colour."""
    return any(ground(cell) for row in table.rows for cell in row.cells)


def file_name(table: Table, taken: Container[str] = ()) -> str:
    """A name for the picture, from the letters and digits of the title before any bracket.

    One that is taken, as by the scores of the same metric without some problems, gets a number.
    """
    words = re.findall(r"[A-Za-z0-9_]+", table.title.partition("(")[0])
    stem = "-".join(words)[:80] or "table"
    names = (f"{stem}-{number}.svg" if number > 1 else f"{stem}.svg" for number in count(1))
    return next(name for name in names if name not in taken)


def heat_map(table: Table) -> str:
    """The table as a picture: a rectangle a cell, with its text and colour; title above."""
    lines = [[column.name for column in table.columns]]
    lines += [[cell.text for cell in row.cells] for row in table.rows]
    widths = [
        _CHARACTER * max(len(visible(text)) for text in texts) + _GAP
        for texts in zip(*lines, strict=True)
    ]
    left = [sum(widths[:place]) for place in range(len(widths))]
    wide = max(sum(widths), _CHARACTER * len(visible(table.title)) + _GAP)
    high = _ROW * (len(lines) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high}" '
        'font-family="monospace" font-size="12">',
        f"<title>{escape(visible(table.title))}</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        _text(table.title, _GAP / 2, 0, bold=True),
    ]
    for place, column in enumerate(table.columns):
        end = column.align == "right"
        across = left[place] + (widths[place] - _GAP / 2 if end else _GAP / 2)
        parts.append(_text(column.name, across, 1, bold=True, end=end))
        for number, row in enumerate(table.rows, 2):
            cell = row.cells[place]
            parts += _rectangle(cell, left[place], number, widths[place])
            parts.append(_text(cell.text, across, number, bold=cell.emphasis == "strong", end=end))
    return "\n".join([*parts, "</svg>", ""])


def _rectangle(cell: Cell, across: float, line: int, wide: float) -> list[str]:
    colour = ground(cell)
    if not colour:
        return []
    return [
        f'<rect x="{across:.1f}" y="{line * _ROW}" width="{wide:.1f}" height="{_ROW}" '
        f'fill="{colour}"/>'
    ]


def _text(text: str, across: float, line: int, *, bold: bool = False, end: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return (
        f'<text x="{across:.1f}" y="{line * _ROW + 17}" fill="#000000"{weight}{anchor}>'
        f"{escape(visible(text))}</text>"
    )
