"""What a run reports while it works. Libraries draw nothing: the caller passes a display in."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from ultralink_data.llm.request import Usage

T = TypeVar("T")

ROWS_KEPT: Final = "rows so far are stored"
"""What an interrupt leaves of a stage that keeps a journal."""


class Meter:
    """Follows one piece of work; this one shows nothing."""

    def moved(self, done: int, still_open: int = 0) -> None:
        """Tell how many units are done, and how many stay open for a later run."""

    def resumed(self, done: int, still_open: int = 0) -> None:
        """`moved`, for work whose first call tells what an earlier run has kept."""
        self.moved(done, still_open)

    def add(self, count: int) -> None:
        """Tell that so many more units are done."""

    def over(self, rows: Iterable[T]) -> Iterator[T]:
        """The rows, each of which is told as done when the next one is asked for."""
        for row in rows:
            yield row
            self.add(1)

    def status(self, text: str) -> None:
        """Tell what else there is to know now, in a few words."""


class JobsMeter:
    """Follows the jobs of a graph; this one shows nothing."""

    def progressed(self, name: str, what: str, done: int, total: int) -> None:
        """Tell how far a job is, and what it is at; `total` is 0 where that is unknown."""

    def finished(self, name: str, seconds: float) -> None:
        """Tell that the artefact of this name is made."""


class Begun(NamedTuple):
    """A job in progress: since when, in seconds, and how much is done, where that is known."""

    seconds: float
    share: float | None


class TimeLeft(Protocol):
    """Knows how long the jobs of a graph take."""

    def finished(self, name: str, seconds: float) -> None:
        """Take in how long one took."""

    def left(self, begun: Mapping[str, Begun] | None = None) -> float | None:
        """Seconds until all are made, None where that is unknown; `begun` are those in progress."""


class Display:
    """Shows a run; this one shows nothing."""

    def warn(self, text: str) -> None:
        """Report what a person must know about the input or the replies."""

    def say(self, text: str) -> None:
        """Report the current step."""

    def work(
        self,
        name: str,
        total: int | None = None,
        *,
        unit: str = "rows",
        usage: "Usage | None" = None,
        max_cost: float | None = None,
        kept: str = "",
    ) -> AbstractContextManager[Meter]:
        """Progress of `total` units, None where that is unknown, while the block runs.

        `unit` is a plural; "bytes" are shown as MB. With `usage` a model is asked: requests are
        counted, and the spend is shown beside `max_cost`. `kept` says what an interrupt leaves, if
        anything.
        """
        return nullcontext(Meter())

    def jobs(
        self, total: int, *, kept: str = "", time: TimeLeft | None = None
    ) -> AbstractContextManager[JobsMeter]:
        """Progress of a graph that makes `total` artefacts, several at a time.

        With `time`, how long the rest takes is shown.
        """
        return nullcontext(JobsMeter())


QUIET = Display()
