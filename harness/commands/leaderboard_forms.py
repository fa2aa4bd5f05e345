"""Where `leaderboard show` puts what it made: the terminal, standard output, or files by form."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from harness import show
from leaderboard.table import Table
from ultralink_data import atomic

FORMS: Final = {"json": "json", "csv": "csv", "md": "markdown", "latex": "latex"}
"""The words of `--format` and the forms that they name."""


def print_or_write(
    arguments: argparse.Namespace,
    texts: Mapping[str, Callable[[], str]],
    tables: Callable[[], Sequence[Table]],
) -> None:
    """Write the files that were named, else print in the form that was asked for."""
    files = {form: path for form in texts if (path := getattr(arguments, form))}
    for form, path in files.items():
        atomic.write_text(path, texts[form]())
    if files:
        show.print_paths(files.values())
    elif arguments.format == "table":
        show.print_tables(tables())
    else:
        sys.stdout.write(texts[FORMS[arguments.format]]())
