"""A list whose first column leads to a page: a table with links that no other format has."""

from typing import Final

from leaderboard.site.html_table import bare_table, scrolled
from leaderboard.site.markup import Markup, element, text
from leaderboard.table import Cell, Column, Table, TableRow


class LinkedTable:
    """Rows of cells, each with the address of a page of this site, made of its key."""

    def __init__(self, title: str, columns: tuple[Column, ...]) -> None:
        self._title: Final = title
        self._columns: Final = columns
        self._rows: list[TableRow] = []
        self._links: dict[int, str] = {}

    def add(self, link: str, *cells: Cell) -> None:
        """Add a row; the first cell becomes a link, unless `link` is ""."""
        if link:
            self._links[id(cells[0])] = link
        self._rows.append(TableRow(cells=cells))

    def html(self) -> Markup:
        """The table, in a region that scrolls where it is wide."""
        table = Table(title=self._title, columns=self._columns, rows=tuple(self._rows))
        return scrolled(bare_table(table, cell=self._content), self._title)

    def _content(self, cell: Cell) -> Markup:
        link = self._links.get(id(cell))
        return element("a", cell.text, href=link) if link else text(cell.text)
