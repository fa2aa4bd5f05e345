"""How far a stage that asks a model is: rows, rate, time left, spend."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from harness import show
from harness.building.display import AskingDisplay
from ultralink_data.llm.client import Usage

_LINE_EVERY = 60.0
"""Seconds between lines where the output is no terminal."""


def words(seconds: float) -> str:
    """A span of time as a person reads it: 45 s, 12 min, 3 h 05 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


class Progress:
    """What is said about a stage of `total` rows; the clock is handed in.

    The rate counts rows of this run only: those that a run before did took no time now.
    """

    def __init__(self, total: int, usage: Usage, now: float, max_cost: float | None = None) -> None:
        self._total = total
        self._usage = usage
        self._before = usage.requests
        self._started = now
        self._max_cost = max_cost
        self._first: int | None = None
        self.done = self.still_open = 0
        self.status = ""

    def moved(self, done: int, still_open: int) -> None:
        """Take in how many rows are done, and how many stay open."""
        if self._first is None:
            self._first = done
        self.done, self.still_open = done, still_open

    def left(self, now: float) -> float | None:
        """Seconds until all rows are done, at the rate of this run; None: not known yet."""
        made = self.done - (self._first or 0)
        waiting = self._total - self.done - self.still_open
        return (now - self._started) * waiting / made if made > 0 else None

    def text(self, now: float) -> str:
        """Rate, time left, spend, and what the provider's batches do."""
        usage, elapsed = self._usage, max(now - self._started, 1e-9)
        parts = [f"{60 * (usage.requests - self._before) / elapsed:,.0f} requests/min"]
        left = self.left(now)
        if left is not None:
            parts.append(f"{words(left)} left")
        limit = "" if self._max_cost is None else f" of {self._max_cost:g}"
        parts.append(f"spent {usage.cost + usage.lost:.2f}{limit}")
        if self.still_open:
            parts.append(f"{self.still_open:,} open")
        return ", ".join([*parts, self.status] if self.status else parts)

    def line(self, stage: str, now: float) -> str:
        """All of it, with the rows."""
        return f"{stage}: {self.done:,} of {self._total:,} rows, {self.text(now)}"


class Shown(AskingDisplay):
    """Shows a `Progress`: a bar on a terminal, else a line a minute on standard error."""

    def __init__(self, stage: str, progress: Progress, total: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        console = show.console(error=True)
        self._stage = stage
        self._progress = progress
        self._terminal = console.is_terminal
        self._said = time.monotonic()
        self.bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[what]}", markup=False),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self.bar.add_task(stage, total=total, what="")

    def advance(self, done: int, still_open: int) -> None:
        """Show what `run_asking` tells."""
        self._progress.moved(done, still_open)
        self._refresh()

    def status(self, text: str) -> None:
        """Show how the provider's batches stand."""
        self._progress.status = text
        self._refresh()

    def _refresh(self) -> None:
        now = time.monotonic()
        if self._terminal:
            self.bar.update(
                self._task, completed=self._progress.done, what=self._progress.text(now)
            )
        elif now - self._said >= _LINE_EVERY:
            self._said = now
            self.say(self._progress.line(self._stage, now))

    def warn(self, text: str) -> None:
        """A line of warning on standard error, above the bar."""
        show.warn(text)

    def say(self, text: str) -> None:
        """A line on standard error."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


@contextmanager
def showing(stage: str, total: int, usage: Usage, max_cost: float | None) -> Iterator[Shown]:
    """Progress while the block runs; where it is interrupted, what is kept is said."""
    progress = Progress(total, usage, time.monotonic(), max_cost)
    shown = Shown(stage, progress, total)
    try:
        with shown.bar:
            yield shown
    except KeyboardInterrupt:
        line = progress.line(stage, time.monotonic())
        shown.say(f"\n{line}; rows and replies so far are stored")
        raise
