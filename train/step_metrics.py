"""What is measured of each training step, the file that holds it, and the line that shows it."""

import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from ultralink_data import atomic

_RECENT: Final = 20
"""Steps over which the live line averages the speed."""


class StepLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of a file of steps."""

    step: int


L = TypeVar("L", bound=StepLine)


class StepMetrics(StepLine, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One optimiser step, over all devices.

    `loss` is in nats per learned token, before the update; `learning_rate` is that of the update;
    `grad_norm` is the Euclidean norm of all gradients before they are clipped. `learned_tokens` is
    their number in the step. `seconds` is the wall time since the step before, without that of
    checkpoints and evaluations between them. `memory_bytes` is the peak so far: of tensors on the
    first process's GPU, or of that process's resident memory where there is none. In a file, a
    loss or norm that is no number is null.
    """

    loss: float | None
    learning_rate: float
    grad_norm: float | None
    learned_tokens: int
    seconds: float
    memory_bytes: int


Progress = Callable[[int, int, StepMetrics | None], None]
"""Called after each step with the step (from 1), the number of steps, and what was measured.

While the loss on held-out rows is measured, it is called with the sequences done, all of them, and
None.
"""


def live(report: Callable[[str, int, int], None]) -> Progress:
    """Reports each step in words: loss, learning rate, gradient norm, speed, peak memory."""
    recent: deque[StepMetrics] = deque(maxlen=_RECENT)

    def told(done: int, total: int, now: StepMetrics | None) -> None:
        if now is None:
            report("loss on held-out rows: sequences", done, total)
            return
        recent.append(now)
        report(live_text(now, recent), done, total)

    return told


def live_text(now: StepMetrics, recent: Iterable[StepMetrics]) -> str:
    """The step in words, the loss first; the speed is that of `recent` steps."""
    steps = list(recent)
    seconds = sum(step.seconds for step in steps)
    rate = sum(step.learned_tokens for step in steps) / seconds if seconds else 0.0
    return (
        f"loss {_number(now.loss)}; lr {now.learning_rate:.2g}, gradient norm "
        f"{_number(now.grad_norm)}, {rate:,.0f} learned tokens/s, peak "
        f"{now.memory_bytes / 2**30:.1f} GiB"
    )


def _number(value: float | None) -> str:
    return "not a number" if value is None or value != value else f"{value:.2f}"


def peak_memory() -> int:
    """Bytes at the peak so far: of tensors on this process's GPU, else of its resident memory."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class StepClock:
    """Wall time of steps; `skip` leaves out what has passed since the last one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()

    def skip(self) -> None:
        """The next step begins now."""
        self._since = self._clock()

    def lap(self) -> float:
        """Seconds since the last call of either."""
        before, self._since = self._since, self._clock()
        return self._since - before


class StepFile(Generic[L]):
    """A file of a line a step in the folder of a training in progress, where it can be followed.

    Its lines are of the type `kind`, which has the field `step`.
    """

    def __init__(self, path: Path, kind: type[L]) -> None:
        self._path = path
        self._kind = kind

    def go_on_after(self, step: int) -> None:
        """Forget what a killed run wrote of later steps, which are trained again.

        Raises:
            PrerequisiteError: the disk is full or not writable.
        """
        kept = [line for line in self.read() if line.step <= step]
        if kept or self._path.exists():
            atomic.write_bytes(self._path, b"".join(map(_line, kept)))

    def append(self, now: L) -> None:
        """Add a step.

        Raises:
            PrerequisiteError: the disk is full or not writable.
        """
        with atomic.disk_errors(self._path):
            atomic.make_parent(self._path)
            with self._path.open("ab") as file:
                file.write(_line(now))

    def read(self) -> list[L]:
        """The lines so far."""
        return read_steps(self._path, self._kind)

    def copy_to(self, folder: Path) -> None:
        """Write it into the folder of the trained model."""
        if self._path.is_file():
            (folder / self._path.name).write_bytes(self._path.read_bytes())


def _line(now: msgspec.Struct) -> bytes:
    return msgspec.json.encode(now) + b"\n"


def read_steps(path: Path, kind: type[L]) -> list[L]:
    """The whole lines of a file, in order of steps; none where there is no file.

    A line that a kill cut off ends the file.
    """
    found: list[L] = []
    decoder = msgspec.json.Decoder(kind)
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        try:
            found.append(decoder.decode(line))
        except msgspec.DecodeError:
            break
    return found
