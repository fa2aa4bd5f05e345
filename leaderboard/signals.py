"""Whether a task and metric can tell the variants of an experiment apart, as tables show it."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from leaderboard.records import Effect

LEVEL = 0.05
"""Of the test that the variants differ by no more than their seeds do."""

QUIET_MARK = "\N{DEGREE SIGN}"
"""Behind the language of a row that cannot tell variants apart."""


class Signal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Signal and noise of one task, language and metric over the variants of an experiment.

    `spread` is the largest less the smallest mean of a variant, `noise` the standard deviation of
    one run between seeds, both in `unit` (as an `Effect`). `ratio` is the standard deviation of the
    variants' true means over `noise`, with its 95 % interval; `p_value` that of "they are all
    equal" (F test).
    """

    task: str
    language: str
    metric: str
    primary: bool
    unit: Literal["points", "log-ratio"]
    variants: int
    seeds: int
    spread: float
    noise: float
    ratio: float
    low: float
    high: float
    p_value: float

    @property
    def tells_apart(self) -> bool:
        """Whether the variants differ by more than seeds do."""
        return self.p_value < LEVEL


def quiet_keys(
    signals: Iterable[Signal], effects: "Sequence[Effect]"
) -> dict[tuple[str, str, str], Signal]:
    """The task, language and metric of those that cannot tell variants apart.

    An effect whose interval excludes 0 tells one variant apart, whatever the test over all says.
    """
    proven = {
        (e.task, e.language, e.metric)
        for e in effects
        if e.low is not None and e.high is not None and (e.low > 0 or e.high < 0)
    }
    found = {(s.task, s.language, s.metric): s for s in signals if not s.tells_apart}
    return {key: signal for key, signal in found.items() if key not in proven}


def quiet_notes(quiet: Iterable[Signal]) -> tuple[str, ...]:
    """What the mark means, and the signal to noise of what it marks."""
    parts = [f"{signal.language} {ratio_text(signal)}" for signal in quiet]
    if not parts:
        return ()
    return (
        f"{QUIET_MARK} greyed: cannot tell these variants apart, as they differ by no more than "
        "seeds do (F test, p >= 0.05): either they are alike in it, or it is too noisy here; "
        f"signal to noise {', '.join(parts)}",
    )


def ratio_text(signal: Signal) -> str:
    """The ratio with its interval: `0.4 [0.0, 1.9]`."""
    low, high = (f"{value:.1f}" for value in (signal.low, signal.high))
    return f"{signal.ratio:.1f} [{low}, {high}]"
