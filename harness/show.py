"""Print a command's output: tables, warnings, paths. Progress is in `harness.progress`."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

    from leaderboard.table import Table


PIPE_WIDTH = 110


def console(*, error: bool = False, least: int = 0) -> "Console":
    """A console without markup, emoji codes or highlighting.

    It is as wide as the terminal. A file or pipe gets `PIPE_WIDTH` columns, or `least` if that is
    more; `COLUMNS` in the environment decides in all cases.
    """
    from rich.console import Console

    class Unhurried(Console):
        """Goes on where the reader is gone, so that the exit code stays what it would be."""

        def on_broken_pipe(self) -> None:
            """Say nothing more (`| head`), in place of ending with 1: "the answer is no"."""
            self.quiet = True
            silence(stream)

    stream = sys.stderr if error else sys.stdout
    asked = os.environ.get("COLUMNS", "").isdigit()
    width = None if asked or stream.isatty() else max(PIPE_WIDTH, least)
    return Unhurried(stderr=error, markup=False, emoji=False, highlight=False, width=width)


def silence(stream: TextIO) -> None:
    """Let what is still written to a closed pipe go nowhere, at the end of the process too."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def warn(text: str) -> None:
    """Print one line on standard error, however long."""
    from leaderboard.visible_text import bounded, visible

    console(error=True).print(f"warning: {bounded(visible(text))}", soft_wrap=True)


def print_tables(tables: Iterable["Table"]) -> None:
    """Print tables to standard output."""
    from leaderboard.fitting import width
    from leaderboard.render import to_rich

    for table in tables:
        out = console(least=width(table))
        out.print(to_rich(table))
        out.print()


def print_paths(paths: Iterable[Path]) -> None:
    """Print the paths of written files, one per line, as by `short`."""
    out = console()
    out.print("written:")
    for path in paths:
        out.print(f"  {short(path)}", soft_wrap=True)


def short(path: Path) -> str:
    """The path, relative to the working folder if it is below it; a link keeps its name."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
