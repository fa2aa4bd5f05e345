"""Print a command's output: tables, warnings, paths. Progress is in `harness.progress`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from leaderboard.table import Table


PIPE_WIDTH = 110


def console(*, error: bool = False) -> "Console":
    """A console without markup, emoji codes or highlighting.

    It is `PIPE_WIDTH` columns wide when writing to a file or pipe.
    """
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(stderr=error, markup=False, emoji=False, highlight=False, width=width)


def warn(text: str) -> None:
    """Print one line on standard error, however long."""
    console(error=True).print(f"warning: {text}", soft_wrap=True)


def print_tables(tables: Iterable["Table"]) -> None:
    """Print tables to standard output."""
    from leaderboard.render import to_rich

    out = console()
    for table in tables:
        out.print(to_rich(table))
        out.print()


def print_paths(paths: Iterable[Path]) -> None:
    """Print the paths of written files, one per line, as by `short`."""
    out = console()
    out.print("written:")
    for path in paths:
        out.print(f"  {short(path)}", soft_wrap=True)


def short(path: Path) -> str:
    """The path, relative to the working folder if it is below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
