"""How far a piece of work is, in words: what is done, how fast, the time left, the cost."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ultralink_data.llm.request import Usage


def span(seconds: float) -> str:
    """A span of time as a person reads it: 45 s, 12 min, 3 h 05 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"


class Tempo:
    """Work of `total` units (None: unknown) that began at `now`; times are in seconds.

    Rate and time left count units of this run only: those that a run before did took no time now.
    Units too unlike for either are not `even`. `total` and `status` may be set at any time.
    """

    def __init__(
        self,
        total: int | None,
        now: float,
        *,
        unit: str = "rows",
        usage: "Usage | None" = None,
        max_cost: float | None = None,
        even: bool = True,
    ) -> None:
        self.total = total
        self.done = self.still_open = 0
        self.status = ""
        self.unit = unit
        self._usage = usage
        self._before = 0 if usage is None else usage.requests
        self._max_cost = max_cost
        self._even = even
        self._started = now
        self._first: int | None = None
        self.told_left: float | None = None
        """The time left, where something else knows it better than the rate."""

    @property
    def has_moved(self) -> bool:
        """Whether anything was told of it yet."""
        return self._first is not None

    def moved(self, done: int, still_open: int = 0) -> None:
        """Take in how many units are done, and how many stay open."""
        if self._first is None:
            self._first = done
        self.done, self.still_open = done, still_open

    def add(self, count: int) -> None:
        """Take in that so many more are done; they count into the rate."""
        if self._first is None:
            self._first = self.done
        self.done += count

    def left(self, now: float) -> float | None:
        """Seconds until all is done, at the rate of this run; None: not known, or all is done."""
        if self.told_left is not None:
            return self.told_left
        made = self._made()
        if self.total is None or made <= 0 or not self._even:
            return None
        waiting = self.total - self.done - self.still_open
        return self._elapsed(now) * waiting / made if waiting > 0 else None

    def count(self) -> str:
        """What is done, of what: `812 of 1,000 rows`, `12.3 of 45.0 MB`."""
        if self.unit == "bytes":
            total = "" if self.total is None else f" of {self.total / 1e6:,.1f}"
            return f"{self.done / 1e6:,.1f}{total} MB"
        if self.total is None:
            return f"{self.done:,} {self.unit}" if self.unit else ""
        return f"{self.done:,} of {self.total:,} {self.unit}".rstrip()

    def text(self, now: float, room: int | None = None) -> str:
        """Everything there is to say, without the work's name.

        Where `room` characters do not hold it, the least important parts go first: the rate, the
        status (its last parts before its first), what stays open, the spend, the time left.
        """
        left = self.left(now)
        limit = "" if self._max_cost is None else f" of {self._max_cost:g}"
        usage = self._usage
        parts = [
            self.count(),
            self._rate(now),
            "" if left is None else f"{span(left)} left",
            "" if usage is None else f"spent {usage.cost + usage.lost:.2f}{limit}",
            f"{self.still_open:,} open" if self.still_open else "",
            self.status,
        ]
        for place in (1, 5, 4, 3, 2):
            while parts[place] and room is not None and len(_joined(parts)) > room:
                parts[place] = parts[place].rpartition(", ")[0]
        return _joined(parts)

    def line(self, name: str, now: float) -> str:
        """All of it on one line, as it stands in a log."""
        return f"{name}: {self.text(now)}"

    def ended(self, name: str, now: float) -> str:
        """The last line of the work: what was done in which time, and the spend."""
        usage = self._usage
        spent = "" if usage is None else f", spent {usage.cost + usage.lost:.2f}"
        return f"{name}: {self.count()} in {span(self._elapsed(now))}{spent}"

    def _rate(self, now: float) -> str:
        made, elapsed = self._made(), self._elapsed(now)
        if self._usage is not None:
            asked = self._usage.requests - self._before
            return f"{60 * asked / elapsed:,.0f} requests/min" if asked else ""
        if made <= 0 or not self.unit or not self._even:
            return ""
        if self.unit == "bytes":
            return f"{made / elapsed / 1e6:,.1f} MB/s"
        rate = made / elapsed
        if rate >= 2:
            return f"{rate:,.0f} {self.unit}/s"
        return f"{60 * rate:,.{0 if rate >= 0.1 else 1}f} {self.unit}/min"

    def _made(self) -> int:
        return self.done - (self._first or 0)

    def _elapsed(self, now: float) -> float:
        return max(now - self._started, 1e-9)


def _joined(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)
