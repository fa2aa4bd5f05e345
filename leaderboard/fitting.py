"""How wide the columns of a table are in a terminal, so that nothing of it is cut off."""

from collections.abc import Callable, Sequence

from leaderboard.table import Column, Table
from leaderboard.visible_text import visible


def width(table: Table) -> int:
    """Columns that a table needs in a terminal if only columns that may wrap do."""
    found = _longest(table, lambda column, text: text.split() if column.wrap else [text])
    return sum(found) + _GAP * (len(found) - 1)


_GAP = 2
"""Blanks between two columns."""


def _longest(table: Table, parts: Callable[[Column, str], Sequence[str]]) -> list[int]:
    """The longest part of the texts of each column, in terminal columns."""
    from rich.cells import cell_len

    found = []
    for place, column in enumerate(table.columns):
        cells = (row.cells[place] for row in table.rows)
        texts = [visible(column.name), *(visible(c.text) for c in cells if not c.repeat)]
        lengths = (cell_len(part) for text in texts for part in parts(column, text))
        found.append(max(lengths, default=0))
    return found


def narrow_widths(table: Table, most: int) -> list[int]:
    """The width of each column where a table is wider than `most`: what can break, breaks.

    Numbers keep theirs as long as there is room, and their intervals go to the next line; words
    are folded where even that does not fit.
    """
    room = most - _GAP * (len(table.columns) - 1)
    found = _longest(table, _unbroken)
    whole = _longest(table, lambda column, text: [text])
    while sum(found) > room and max(found) > 1:
        found[found.index(max(found))] -= 1
    while sum(found) < room:
        wanting = [place for place, one in enumerate(found) if one < whole[place]]
        if not wanting:
            break
        # The column whose text takes the most lines gets the next place.
        found[max(wanting, key=lambda place: whole[place] / max(found[place], 1))] += 1
    return found


def _unbroken(column: Column, text: str) -> Sequence[str]:
    """What is kept together in a narrow table: words, and lines of a number with its interval."""
    return broken_lines(text).split("\n") if _is_number(column, text) else text.split()


def _is_number(column: Column, text: str) -> bool:
    return column.align == "right" and text != column.name


def broken_lines(text: str) -> str:
    """A number with its interval on the next line, so that no interval is broken."""
    return text.replace(" [", "\n[")
