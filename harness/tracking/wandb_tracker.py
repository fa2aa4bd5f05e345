"""Weights & Biases: online with a key in the environment, else offline in a folder."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from harness.tracking.tracker import TrackedRun

_PROJECT: Final = "ultralink-bench"
_STEP: Final = "step"


class WandbTracker:
    """`WANDB_PROJECT`, `WANDB_MODE` and the other variables of wandb hold.

    Without `WANDB_API_KEY` and `WANDB_MODE` it is offline, as it would ask a person for a key. A
    training that goes on after a kill goes on in its run; offline, it writes the run anew.
    """

    def __init__(self, run: TrackedRun) -> None:
        import wandb

        mode: Any = os.environ.get("WANDB_MODE")
        if mode is None and not os.environ.get("WANDB_API_KEY"):
            mode = "offline"
        folder, name = run.folder, run.key[:16]
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"wandb/offline-run-*-{name}"):
            shutil.rmtree(old, ignore_errors=True)
        self._run: Any = wandb.init(
            project=os.environ.get("WANDB_PROJECT", _PROJECT),
            name=run.name,
            id=name,
            resume="allow",
            dir=str(folder),
            config=run.facts,
            mode=mode,
            settings=wandb.Settings(silent=True, console="off", disable_git=True),
        )
        for names in ("train/*", "validation/*"):  # their steps come in no common order
            self._run.define_metric(names, step_metric=_STEP)
        self._last = self._run.summary.get(_STEP, -1) if self._run.resumed else -1
        self.where = str(Path(self._run.dir).parent if mode == "offline" else self._run.url)

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Take the numbers of a step, unless the run has had it."""
        if step > self._last:
            self._run.log({_STEP: step, **numbers})

    def end(self, *, done: bool) -> None:
        """Close the run."""
        self._run.finish(exit_code=0 if done else 1)
