"""What a gate found and decided: the source of its report in every format."""

from typing import Final, Literal

import msgspec

from leaderboard.records import JSON
from ultralink_data.checking.check_rows import Flaw
from ultralink_data.checking.dedup import RowName
from ultralink_data.whole.changed_rows import CellChange

SCHEMA: Final = 1

GateVerdict = Literal["pass", "fail", "undecided"]


class RowFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, order=True):
    """A row of the candidate and what is wrong with it, told apart by `reason`."""

    reason: str
    row: RowName
    detail: str


class GateReason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a candidate fails, or what is open.

    `cause` is the reason of row faults, `lost`, `flaws`, or `scores`; `language`, `kind` and `task`
    are empty where it is of none. `rows` counts the rows at fault.
    """

    cause: str
    language: str = ""
    kind: str = ""
    task: str = ""
    rows: int = 0
    text: str


class GateReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One gate: what changed, what is wrong with it, and what models trained on it score.

    `faults` are all that were found, `reasons` what decided. `scores` is the sentence that the
    comparison of trained models ends with, empty where none was trained, and `not_trained` why.
    `experiment` is the folder of their report, relative to this one.
    """

    schema: Literal[1]
    kind: Literal["gate"]
    verdict: GateVerdict
    baseline: str
    candidate: str
    cells: tuple[CellChange, ...]
    flaws: tuple[Flaw, ...]
    faults: tuple[RowFault, ...]
    reasons: tuple[GateReason, ...]
    scores: str
    not_trained: str
    experiment: str
    settings: dict[str, JSON]
    started: str
    command: tuple[str, ...]
    versions: dict[str, str]
