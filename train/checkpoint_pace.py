"""When a training writes a checkpoint: after a number of steps, or by the clock."""

import time
from collections.abc import Callable

SECONDS = 60.0
"""Shortest time between two checkpoints that go by the clock: what a kill costs of a training."""
SHARE = 20
"""Checkpoints by the clock may take this part of the time: one in so many seconds."""


class CheckpointPace:
    """Decides after each step whether a checkpoint is due.

    `every` is a number of steps; 0 goes by the clock, and a negative number means never.
    """

    def __init__(self, every: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._every = every
        self._clock = clock
        self._wait = SECONDS
        self._since = clock()
        self.last: int | None = None
        """The step of the last checkpoint."""

    def begin(self) -> None:
        """The training begins now."""
        self._since = self._clock()

    def is_due(self, step: int, steps: int) -> bool:
        """Whether to write one after `step` of `steps`; by the clock none after the last."""
        if self._every:
            return self._every > 0 and step % self._every == 0
        return step < steps and self._clock() - self._since >= self._wait

    def saved(self, step: int, seconds: float) -> None:
        """A checkpoint was written after `step`, which took this long."""
        self.last = step
        self._wait = max(SECONDS, SHARE * seconds)
        self._since = self._clock()
