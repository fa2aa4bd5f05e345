"""A side of a comparison as it was given: its runs, from records or from elsewhere."""

from enum import Enum
from pathlib import Path

import msgspec

from harness.statistics.measured import MeasuredTask
from leaderboard.records import RunRecord

NO_LANGUAGE = "-"
"""The language of scores that name none."""


class Origin(Enum):
    """Where a side's numbers come from; sides of two origins are not compared."""

    RECORDS = "run records"
    LM_EVAL = "results of lm-eval"
    SAMPLES = "bare samples"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How lm-eval asked one task: what must agree before its scores are compared.

    `hashes` are those of document, target and prompt, by problem. `template` and `system` are
    hashes of the chat template and of the system instruction, None without one.
    """

    config: dict[str, object]
    hashes: dict[str, tuple[str, str, str]]
    template: str | None
    system: str | None


class GivenRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a side: a model, from its records or measured already.

    `parts` are records of one model, each with its file, the newest last; `settings` are by task,
    of lm-eval.
    """

    seed: int | None
    source: Path
    parts: tuple[tuple[Path, RunRecord], ...] = ()
    measured: tuple[MeasuredTask, ...] = ()
    settings: dict[str, Settings] = {}

    @property
    def records(self) -> list[RunRecord]:
        """Its records."""
        return [record for _, record in self.parts]


class GivenSide(msgspec.Struct, frozen=True, kw_only=True):
    """A side: a variant or a model with its runs, what reading it left out, and what is odd."""

    name: str
    path: Path
    origin: Origin
    runs: tuple[GivenRun, ...]
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def records(self) -> list[RunRecord]:
        """The records of all runs."""
        return [record for run in self.runs for record in run.records]
