"""Progress as a person sees it: bars on a terminal; in a log, a line a minute.

The one place that draws. All bars of a process stand on one board; what is said while it is drawn
goes above it.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from harness import show
from harness.progress.display import Begun, Display, JobsMeter, Meter, TimeLeft
from harness.progress.tempo import Tempo, span

if TYPE_CHECKING:
    from ultralink_data.llm.request import Usage

_LINE_EVERY: Final = 60.0
"""Seconds between lines about one piece of work where nothing can be drawn."""
_FEW: Final = 8
"""Jobs of which a log tells every step whose length is unknown."""
_SOON: Final = 10.0
"""Seconds until such a line where another kind of work has begun."""
_DRAW_EVERY: Final = 0.1
"""Seconds between changes of one bar."""
_LEAST_ROOM: Final = 24
"""Columns that words have beside the longest name: `12 of 101, 12 min left`."""
_LEFT_EVERY: Final = 1.0
"""Seconds between looks at how long all jobs still take."""
_WIDE: Final = 100
"""Columns from which on a bar is long."""
_CLOCK_WIDTH: Final = 15
"""Columns of the time elapsed, `elapsed 0:12:34`."""

Clock = Callable[[], float]


class Terminal(Display):
    """Standard error: a terminal gets bars, a pipe or a file lines; `clock` gives seconds."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._board: _Board | None = None

    def warn(self, text: str) -> None:
        """A line that begins `warning: `; it may quote a file, so what is invisible is named."""
        from leaderboard.visible_text import bounded, visible

        self.say(f"warning: {bounded(visible(text))}")

    def say(self, text: str) -> None:
        """A line, above the bars where some are drawn."""
        if self._board is not None:
            self._board.console.print(text, soft_wrap=True)
        else:
            try:
                sys.stderr.write(f"{text}\n")
                sys.stderr.flush()
            except BrokenPipeError:
                show.silence(sys.stderr)

    @contextmanager
    def work(
        self,
        name: str,
        total: int | None = None,
        *,
        unit: str = "rows",
        usage: "Usage | None" = None,
        max_cost: float | None = None,
        kept: str = "",
    ) -> Iterator[Meter]:
        """A bar; in a log a line a minute, and after those one that says how it ended."""
        tempo = Tempo(total, self._clock(), unit=unit, usage=usage, max_cost=max_cost)
        with self._drawing(lambda: tempo.line(name, self._clock()), kept):
            line = self.line(name, tempo)
            yield _Work(tempo, line, lambda: self.say(f"{name}: goes on after {tempo.count()}"))
            line.end()
            if line.spoke:
                self.say(tempo.ended(name, self._clock()))

    @contextmanager
    def jobs(
        self, total: int, *, kept: str = "", time: TimeLeft | None = None
    ) -> Iterator[JobsMeter]:
        """A bar over all artefacts and one for each job; in a log a line an artefact made."""
        tempo = Tempo(total, self._clock(), unit="", even=False)
        with self._drawing(lambda: f"{tempo.count()} artefacts made", kept):
            line = self.line("all", tempo) if self._board else None
            yield _Jobs(self, tempo, line, time)

    def line(self, name: str, tempo: Tempo) -> "_Line":
        """Where this work is shown from now on."""
        if self._board is not None:
            return _Bar(self._board, name, tempo, self._clock)
        return _LogLine(self.say, name, tempo, self._clock)

    def start(self) -> float:
        """When something begins."""
        return self._clock()

    @contextmanager
    def _drawing(self, standing: Callable[[], str], kept: str) -> Iterator[None]:
        """A board while the block runs, where it can be drawn; an interrupt says what is kept."""
        try:
            if self._board is not None or not _can_draw():
                yield
            else:
                self._board = _Board()
                try:
                    with self._board.progress:
                        yield
                finally:
                    self._board = None
        except KeyboardInterrupt:
            self.say(f"\n{standing()}; {kept or 'nothing of it is kept'}")
            raise


def _can_draw() -> bool:
    """Whether standard error is a terminal whose cursor moves; a log that has colours is none."""
    return sys.stderr.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


class _Line(Protocol):
    """Shows how far one piece of work is; `spoke` once it said so in a log."""

    spoke: bool

    def show(self, *, at_once: bool = False) -> None:
        """Show it as it stands now, unless that was just done; what is drawn is, `at_once`."""

    def goes_on(self, tempo: Tempo) -> None:
        """Follow another tempo from now on: another kind of work has begun."""

    def end(self) -> None:
        """Take the work away: it is done."""


class _Work(Meter):
    """One piece of work on one line."""

    def __init__(self, tempo: Tempo, line: _Line, goes_on: Callable[[], None]) -> None:
        self._tempo = tempo
        self._line = line
        self._goes_on = goes_on

    def moved(self, done: int, still_open: int = 0) -> None:
        self._tempo.moved(done, still_open)
        self._line.show()

    def resumed(self, done: int, still_open: int = 0) -> None:
        first = not self._tempo.has_moved
        self.moved(done, still_open)
        if first and done:
            self._goes_on()

    def add(self, count: int) -> None:
        self._tempo.add(count)
        self._line.show()

    def status(self, text: str) -> None:
        self._tempo.status = text
        self._line.show()


class _Jobs(JobsMeter):
    """A line for each job in progress, and one over all where bars are drawn."""

    def __init__(
        self, terminal: Terminal, all_jobs: Tempo, line: _Line | None, time: TimeLeft | None
    ) -> None:
        self._terminal = terminal
        self._all = all_jobs
        self._line = line
        self._time = time
        self._started = self._said = terminal.start()
        self._begun: dict[str, tuple[Tempo, _Line]] = {}
        self._phases: dict[str, str] = {}
        self._few = all_jobs.total is not None and all_jobs.total <= _FEW
        self._since: dict[str, float] = {}

    def progressed(self, name: str, what: str, done: int, total: int) -> None:
        phase, _, note = what.partition("; ")
        label, _, unit = phase.partition(": ")
        if name not in self._begun:
            tempo = Tempo(None, self._terminal.start(), unit=unit)
            self._begun[name] = tempo, self._terminal.line(f"  {name}", tempo)
            self._phases[name] = ""
            self._since[name] = self._terminal.start()
        tempo, line = self._begun[name]
        changed = phase != self._phases[name]
        if what and phase != self._phases[name] and not total and self._few and not self._line:
            self._terminal.say(f"{name}: {label}")  # nothing more may come for minutes
        another = bool(unit) or (total or None) != tempo.total  # the loss of each step is none
        if unit != tempo.unit or (self._phases[name] not in ("", phase) and another):
            # Another kind of work: neither its rate nor its time left follow from the last one's.
            tempo = Tempo(None, self._terminal.start(), unit=unit)
            self._begun[name] = tempo, line
            line.goes_on(tempo)
        self._phases[name] = phase
        tempo.total = total or None
        tempo.status = ", ".join(filter(None, (label, note)))
        tempo.moved(done)
        # What has no count may last minutes without another word: loading a model does.
        line.show(at_once=changed and not total)
        now = self._terminal.start()
        if self._line is not None and now - self._said >= _LEFT_EVERY:
            self._said, self._all.told_left = now, self._left()
            self._line.show()

    def finished(self, name: str, seconds: float) -> None:
        if name in self._begun:
            self._begun.pop(name)[1].end()
        self._all.add(1)
        if self._time is not None:
            self._time.finished(name, seconds)
        left = self._all.told_left = self._left()
        if self._line is not None:
            self._line.show()
        said = f"[{self._all.done}/{self._all.total}] {name} ({seconds:.0f} s)"
        if self._time is not None:
            elapsed = f"elapsed {span(self._terminal.start() - self._started)}"
            after = "" if left is None else f", about {span(left)} left"
            said = f"{said} {elapsed}{after}"
        self._terminal.say(said)

    def _left(self) -> float | None:
        """The time left in seconds, None where it is not known or all is made."""
        if self._time is None or self._all.done == self._all.total:
            return None
        now = self._terminal.start()
        begun = {}
        for name, (tempo, _) in self._begun.items():
            # Of work in parts, which have units, nobody knows how much one part is of the whole.
            whole = not self._phases[name].partition(": ")[2]
            share = tempo.done / tempo.total if tempo.total and whole else None
            begun[name] = Begun(seconds=now - self._since[name], share=share)
        return self._time.left(begun)


class _Board:
    """What is drawn on a terminal: a row for each piece of work."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, Task, TextColumn, TimeElapsedColumn
        from rich.text import Text

        class Elapsed(TimeElapsedColumn):
            """The time elapsed, named as that: a time alone could be what is left."""

            def render(self, task: Task) -> Text:
                return Text("elapsed ", style="progress.elapsed") + super().render(task)

        self.console = show.console(error=True)
        self.bars: list[_Bar] = []
        self._bar = 24 if self.console.width >= _WIDE else 10
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=self._bar),
            TextColumn("{task.fields[said]}", markup=False),
            Elapsed(),
            console=self.console,
            transient=True,
        )

    def shortened(self, name: str) -> str:
        """The name, without its middle where it would leave too little room for the rest."""
        most = max(self.console.width - self._bar - _CLOCK_WIDTH - _LEAST_ROOM, 12)
        if len(name) <= most:
            return name
        return f"{name[: most // 2 - 1]}..{name[-(most - most // 2 - 1) :]}"

    def room(self) -> int:
        """Columns that are left for words."""
        longest = max(len(task.description) for task in self.progress.tasks)
        return self.console.width - longest - self._bar - _CLOCK_WIDTH - 3


class _Bar:
    """A row of the board."""

    spoke = False

    def __init__(self, board: _Board, name: str, tempo: Tempo, clock: Clock) -> None:
        self._board = board
        self._tempo = tempo
        self._clock = clock
        self._drawn = clock()
        self._row = board.progress.add_task(board.shortened(name), total=tempo.total, said="")
        board.bars.append(self)
        for bar in board.bars:  # a longer name leaves less room to all
            bar.draw(clock())

    def show(self, *, at_once: bool = False) -> None:
        now = self._clock()
        if at_once or now - self._drawn >= _DRAW_EVERY:
            self.draw(now)

    def draw(self, now: float) -> None:
        """Draw it as it stands."""
        self._drawn = now
        said = self._tempo.text(now, self._board.room())
        done, total = self._tempo.done, self._tempo.total
        self._board.progress.update(self._row, completed=done, total=total, said=said)

    def goes_on(self, tempo: Tempo) -> None:
        self._tempo = tempo
        self.draw(self._clock())

    def end(self) -> None:
        self._board.bars.remove(self)
        self._board.progress.remove_task(self._row)


class _LogLine:
    """A line a minute in a log."""

    def __init__(self, say: Callable[[str], None], name: str, tempo: Tempo, clock: Clock) -> None:
        self._say = say
        self._name = name.strip()
        self._tempo = tempo
        self._clock = clock
        self._said = clock()
        self.spoke = False

    def show(self, *, at_once: bool = False) -> None:
        now = self._clock()
        if now - self._said >= _LINE_EVERY:
            self._said, self.spoke = now, True
            self._say(self._tempo.line(self._name, now))

    def goes_on(self, tempo: Tempo) -> None:
        self._tempo = tempo
        self._said = min(self._said, self._clock() - _LINE_EVERY + _SOON)

    def end(self) -> None:
        """Nothing to take away."""


TERMINAL = Terminal()
