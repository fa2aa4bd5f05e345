"""The record of a judged comparison: a model against a baseline, by a judge."""

from pathlib import Path
from typing import Final, Literal

import msgspec

from leaderboard.record_reading import read_as
from tasks.judging.win_rate import WinRate
from ultralink_data import atomic
from ultralink_data.llm.client import Usage
from ultralink_data.llm.endpoint import EndpointIdentity

JUDGED_SCHEMA: Final = 1
"""Version of the file format; raised when a field is added, dropped or changes meaning."""


class JudgedReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The report of a judged comparison: models, judge, settings and scores.

    `scores` are by language and view: `full` and the benchmark's subsets. `void` names languages
    with too many missing verdicts; `templates` are sha256 by language; `notes` say what was not
    judged, and which questions upstream repeats. `endpoint` is everything that decides the judge's
    replies; `left_out` are parameters that it does not accept, for which it used its own defaults.
    """

    schema: Literal[1]
    kind: Literal["judged"]
    task: str
    model: str
    baseline: str
    judge: str
    base_url: str
    endpoint: EndpointIdentity
    left_out: tuple[str, ...]
    protocol: str
    structured: bool
    limit: int | None
    templates: dict[str, str]
    scores: dict[str, dict[str, WinRate]]
    void: tuple[str, ...]
    notes: tuple[str, ...]
    usage: Usage


def write_judged(path: Path, report: JudgedReport) -> None:
    """Write a report, atomically.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    atomic.write_bytes(path, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def read_judged(path: Path) -> JudgedReport:
    """Read a report.

    Raises:
        DataError: no such file, or it is not such a report; the message names file and field.
    """
    return read_as(path, JudgedReport, "judged", JUDGED_SCHEMA)
