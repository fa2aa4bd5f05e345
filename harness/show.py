"""What a person sees in the terminal: tables, live progress, paths."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

    from harness.engine.graph import Graph, Made
    from harness.engine.pool import Pool
    from harness.engine.worker import Progressed
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


@contextmanager
def counting(stage: str, what: str) -> Iterator[Callable[[int, int], None]]:
    """A line that counts what is done where the whole is not known; yields what moves it."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    out = console(error=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=out, transient=True, disable=not out.is_terminal) as bar:
        line = bar.add_task(stage)

        def advance(done: int, _: int) -> None:
            bar.update(line, description=f"{stage}: {done:,} {what}")

        yield advance


@contextmanager
def reading(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of a file; yields what moves it on by so many bytes."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    out = console(error=True)
    columns = (TextColumn(what, markup=False), BarColumn(24), DownloadColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=out, transient=True, disable=not out.is_terminal
    ) as bar:
        line = bar.add_task(what, total=total)

        def advance(size: int) -> None:
            bar.advance(line, size)

        yield advance


class Live:
    """A bar over all artefacts and a line for each one in progress.

    Where the output is no terminal, one line an artefact when it is finished.
    """

    def __init__(self, total: int) -> None:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        self._console = console(error=True)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[what]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._all = self._progress.add_task("all", total=total, what="")
        self._lines: dict[str, TaskID] = {}
        self._started: dict[str, float] = {}
        self._total = total
        self._done = 0

    def __enter__(self) -> "Live":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def progressed(self, event: "Progressed") -> None:
        """Show how far a job is."""
        if event.name not in self._lines:
            self._started[event.name] = time.monotonic()
            self._lines[event.name] = self._progress.add_task(
                f"  {event.name}", total=event.total or None, what=event.what
            )
        self._progress.update(
            self._lines[event.name],
            total=event.total or None,
            completed=event.done,
            what=event.what,
        )

    def finished(self, name: str, seconds: float) -> None:
        """Count a finished artefact."""
        self._done += 1
        if name in self._lines:
            self._progress.remove_task(self._lines.pop(name))
        self._progress.update(self._all, completed=self._done)
        text = f"[{self._done}/{self._total}] {name} ({seconds:.0f} s)"
        self._progress.console.print(text)


def make(graph: "Graph", names: Iterable[str], pool: "Pool") -> None:
    """Make what is missing of these nodes, with live progress.

    Raises:
        BenchError: the first error of a stage.
    """
    missing = graph.look_up(names)
    if not missing:
        return
    with Live(len(missing)) as live:

        def on_made(name: str, made: "Made") -> None:
            live.finished(name, made.marker.circumstances.wall_seconds)

        graph.run(missing, pool, live.progressed, on_made)
