"""TensorBoard: event files in a folder."""

import shutil
from collections.abc import Mapping
from typing import Any

from harness.tracking.tracker import TrackedRun


class TensorBoardTracker:
    """One folder a training; one that goes on after a kill writes it anew, so no step is twice."""

    def __init__(self, run: TrackedRun) -> None:
        from torch.utils.tensorboard import SummaryWriter

        folder = run.folder / "tensorboard" / f"{run.name}-{run.key[:8]}"
        shutil.rmtree(folder, ignore_errors=True)
        self.where = str(folder)
        self._writer: Any = SummaryWriter(str(folder))
        lines = "".join(f"    {name}: {value}\n" for name, value in run.facts.items())
        self._writer.add_text("training", lines)

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Take the numbers of a step."""
        for name, value in numbers.items():
            self._writer.add_scalar(name, value, step)

    def end(self, *, done: bool) -> None:
        """Write what is left."""
        self._writer.close()
