"""Follows the files that a training writes, and tells trackers what is new in them.

The training itself, in another process, knows nothing of trackers: no key depends on them, and a
tracker that fails stops none.
"""

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final

from harness.tracking.tracker import Tracker, forgiving, step_numbers, validation_numbers
from train.step_metrics import StepMetrics, read_steps
from train.validation import ValidationPoint
from ultralink_data.about_files import METRICS, VALIDATION

_EVERY: Final = 2.0
"""Seconds between two looks; looking takes at most a twentieth of the time."""


class Following:
    """Tells trackers of the steps below `work`, while the block runs; `finish` tells the rest.

    `warn` is called with why a tracker is told no more.
    """

    def __init__(
        self, work: Path, trackers: Mapping[str, Tracker], warn: Callable[[str], None]
    ) -> None:
        self._work = work
        self._trackers = dict(trackers)
        self._warn = warn
        self._told = {METRICS: -1, VALIDATION: -1}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._done = False

    def __enter__(self) -> "Following":
        if self._trackers:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._halt()
        for name in list(self._trackers):
            self._try(name, lambda tracker: tracker.end(done=self._done))

    def finish(self, folder: Path) -> None:
        """Tell what of the finished model's folder was not told: all, if it was made before."""
        self._halt()
        self._tell(folder)
        self._done = True

    def _halt(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _follow(self) -> None:
        wait = _EVERY
        while not self._stop.wait(wait):
            began = time.monotonic()
            for run in sorted(self._work.glob("*/")) if self._work.is_dir() else ():
                self._tell(run)
            wait = max(_EVERY, 20 * (time.monotonic() - began))

    def _tell(self, folder: Path) -> None:
        found: dict[int, dict[str, float]] = {}
        for now in read_steps(folder / METRICS, StepMetrics):
            if now.step > self._told[METRICS]:
                found.setdefault(now.step, {}).update(step_numbers(now))
                self._told[METRICS] = now.step
        for point in read_steps(folder / VALIDATION, ValidationPoint):
            if point.step > self._told[VALIDATION]:
                found.setdefault(point.step, {}).update(validation_numbers(point))
                self._told[VALIDATION] = point.step
        for step, numbers in sorted(found.items()):
            for name in list(self._trackers):
                self._try(name, partial(_log, step, numbers))

    def _try(self, name: str, what: Callable[[Tracker], None]) -> None:
        with forgiving(f"{name} is told no more, the training goes on", self._warn):
            what(self._trackers[name])
            return
        del self._trackers[name]


def _log(step: int, numbers: Mapping[str, float], tracker: Tracker) -> None:
    tracker.log(step, numbers)
