"""Tables as files, in the form that each name says."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from leaderboard.render import latex_text, to_csv, to_markdown
from leaderboard.table import Table
from ultralink_data import atomic

_TEXTS: Final[Mapping[str, Callable[[Sequence[Table]], str]]] = {
    "markdown": lambda tables: "\n".join(map(to_markdown, tables)),
    "csv": lambda tables: "\n".join(map(to_csv, tables)),
    "latex": latex_text,
}

FORMS: Final = tuple(_TEXTS)
"""The forms that tables can be written in."""


def write_tables(tables: Sequence[Table], files: Mapping[str, Path]) -> list[Path]:
    """Write the tables into a file for each form; returns the paths.

    Raises:
        PrerequisiteError: the disk is full or a folder is not writable.
    """
    for form, path in files.items():
        atomic.write_text(path, _TEXTS[form](tables))
    return list(files.values())
