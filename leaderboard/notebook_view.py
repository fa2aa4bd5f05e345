"""What a notebook shows of a record."""


class NotebookView:
    """Something that a notebook shows as its tables (`shown_tables`), with all text escaped."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        from leaderboard.shown_tables import tables
        from leaderboard.site.html_table import to_html

        return "".join(to_html(table, heading=4) for table in tables(self))

    def _repr_markdown_(self) -> str:
        from leaderboard.render import to_markdown
        from leaderboard.shown_tables import tables

        return "\n".join(map(to_markdown, tables(self)))
