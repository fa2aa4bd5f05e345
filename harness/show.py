"""What a command prints: tables, warnings, paths. Progress is `harness.progress`."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from leaderboard.table import Table


PIPE_WIDTH = 110


def console(*, error: bool = False) -> "Console":
    """A console that reads no markup, no emoji codes and highlights nothing by itself.

    Into a file or pipe it writes `PIPE_WIDTH` columns.
    """
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(stderr=error, markup=False, emoji=False, highlight=False, width=width)


def warn(text: str) -> None:
    """One line on standard error, however long."""
    console(error=True).print(f"warning: {text}", soft_wrap=True)


def print_tables(tables: Iterable["Table"]) -> None:
    """Print tables to standard output."""
    from leaderboard.render import to_rich

    out = console()
    for table in tables:
        out.print(to_rich(table))
        out.print()


def print_paths(paths: Iterable[Path]) -> None:
    """Print what was written, a path a line, relative to the working folder where below it."""
    out = console()
    out.print("written:")
    for path in paths:
        out.print(f"  {short(path)}", soft_wrap=True)


def short(path: Path) -> str:
    """A path relative to the working folder where it is below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
