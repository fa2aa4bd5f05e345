"""A table as HTML: the same text as in the terminal and in Markdown, with scopes for its headings.

Colours are classes (`good`, `bad`, `heat-p2`), as the pages' policy allows no style in the page;
bold type and the words themselves say what a colour says.
"""

from collections.abc import Callable
from typing import TypeAlias

from leaderboard.site.markup import Markup, element, text
from leaderboard.table import Cell, Column, Table, TableRow, heat_step

CellMaker: TypeAlias = Callable[[Cell], Markup]


def to_html(
    table: Table, *, heading: int = 2, labels: int = 1, cell: CellMaker | None = None
) -> Markup:
    """A section with the title as its heading, the caption, the table and the notes.

    Args:
        table: its text is plain; everything is escaped.
        heading: level of the heading, 2 to 6.
        labels: columns at the left that name a row; the first is its heading.
        cell: makes the content of a cell, by default its text.
    """
    parts = [element(f"h{heading}", table.title)]
    if table.caption:
        parts.append(element("p", table.caption, class_="caption"))
    parts.append(scrolled(bare_table(table, labels=labels, cell=cell), table.title))
    if table.notes:
        notes = [element("li", note) for note in table.notes]
        parts.append(element("ul", *notes, class_="notes"))
    return element("section", *parts, class_="table")


def bare_table(table: Table, *, labels: int = 1, cell: CellMaker | None = None) -> Markup:
    """The `<table>` alone; its caption, for those who do not see the heading, is the title."""
    make = cell or _cell_text
    caption = element("caption", table.title, class_="unseen")
    names = [
        element("th", column.name, scope="col", class_=_column_class(column))
        for column in table.columns
    ]
    head = element("thead", element("tr", *names))
    rows = [
        _row(row, table.columns, labels, make, rule=rule)
        for row, rule in zip(table.rows, table.rules, strict=True)
    ]
    return element("table", caption, head, element("tbody", *rows))


def scrolled(content: Markup, name: str) -> Markup:
    """Content wider than the page scrolls in a region of its own, which the keyboard reaches."""
    return element("div", content, class_="scroll", role="region", aria_label=name, tabindex=0)


def _cell_text(cell: Cell) -> Markup:
    return text(cell.text)


def _column_class(column: Column) -> str | None:
    return "number" if column.align == "right" else None


def _row(
    row: TableRow, columns: tuple[Column, ...], labels: int, make: CellMaker, *, rule: bool
) -> Markup:
    cells = []
    for place, (one, column) in enumerate(zip(row.cells, columns, strict=True)):
        classes = [
            "number" if column.align == "right" else "",
            one.emphasis,
            _heat_class(one),
            "repeat" if one.repeat else "",
            "long" if column.wrap else "",
        ]
        content = make(one)
        if one.emphasis in ("strong", "bad") and content:
            content = element("strong", content)
        named = " ".join(filter(None, classes)) or None
        if place < labels:
            cells.append(element("th", content, scope="row", class_=named))
        else:
            cells.append(element("td", content, class_=named))
    return element("tr", *cells, class_="ruled" if rule else None)


def _heat_class(cell: Cell) -> str:
    step = heat_step(cell)
    return f"heat-{'p' if step > 0 else 'n'}{abs(step)}" if step else ""
