"""What a notebook shows of a record.

The modules that make tables and text are named and not imported: whatever holds a table would
otherwise depend on all of them, and so would the keys of stages that make one.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any


class NotebookView:
    """Something that a notebook shows as its tables (`shown_tables`), with all text escaped."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        to_html = _function("site.html_table", "to_html")
        tables = _function("shown_tables", "tables")(self)
        return "".join(to_html(table, heading=4) for table in tables)

    def _repr_markdown_(self) -> str:
        to_markdown = _function("render", "to_markdown")
        return "\n".join(map(to_markdown, _function("shown_tables", "tables")(self)))


def _function(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(import_module(f"{__package__}.{module}"), name)
    return found
