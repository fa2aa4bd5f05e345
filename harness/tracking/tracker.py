"""The interface of what follows a training, and the numbers that it is told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from train.step_metrics import StepMetrics
from train.validation import ValidationPoint


class TrackedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A training as trackers know it.

    `key` is that of its artefact: the same training has the same, also when it goes on after a
    kill. `facts` are plain values by name. `folder` is where trackers write that have no server.
    """

    name: str
    key: str
    facts: dict[str, Any]
    folder: Path


class Tracker(Protocol):
    """Takes numbers by name, step by step, in order."""

    where: str
    """Where a person finds them."""

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Take the numbers of a step."""

    def end(self, *, done: bool) -> None:
        """The training is done, or has failed."""


@contextmanager
def forgiving(what: str, warn: Callable[[str], None]) -> Iterator[None]:
    """In the block, what a tracker's package raises stops nothing: `warn` is told `what`, and why.

    Nothing of a training depends on a tracker, and hours of work may hang on it.
    """
    try:
        yield
    # Each package raises errors of its own and of what it stands on (requests, protobuf, gRPC,
    # sqlite): they have no class in common but this one. Ctrl-C is none of it.
    except Exception as error:  # noqa: BLE001
        lines = filter(None, map(str.strip, str(error).splitlines()))
        warn(f"{what}: {next(lines, type(error).__name__)}")


def step_numbers(now: StepMetrics) -> dict[str, float]:
    """What is told of a step; what is no number is left out."""
    rate = now.learned_tokens / now.seconds if now.seconds else None
    found = {
        "train/loss": now.loss,
        "train/learning_rate": now.learning_rate,
        "train/grad_norm": now.grad_norm,
        "train/learned_tokens": float(now.learned_tokens),
        "train/learned_tokens_per_second": rate,
        "train/peak_memory_bytes": float(now.memory_bytes),
    }
    return {name: value for name, value in found.items() if value is not None}


def validation_numbers(now: ValidationPoint) -> dict[str, float]:
    """What is told of the loss on held-out rows: of all, and by language and kind.

    No name is the beginning of another up to a slash: MLflow makes files and folders of them.
    """
    found = {"validation/loss": now.loss}
    for cell in now.cells:
        name = f"validation/{cell.language}/{cell.kind}"
        found[f"{name}/loss"] = cell.loss
        if cell.bits_per_byte is not None:
            found[f"{name}/bits_per_byte"] = cell.bits_per_byte
    return found
