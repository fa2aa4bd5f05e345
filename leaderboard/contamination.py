"""Which benchmark problems were in the training data of an evaluated model, by its record."""

from collections.abc import Sequence
from typing import Final

import msgspec

from leaderboard.records import RunRecord

CLEAN: Final = " (clean)"
"""Ends the metric of a score without the problems that stood in the training data."""
FIELD: Final = "contamination"
"""Of a record's `config`."""


class Contamination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a report of `data check` says of the tasks that were evaluated.

    `report` is the report's content hash, `dataset` what it was made of; `items` are the problems
    hit by task, a task that was looked for and not found being empty. A problem that stands in the
    data in one language is hit in all of them.
    """

    report: str
    dataset: str
    items: dict[str, tuple[str, ...]]


def contamination_of(record: RunRecord) -> Contamination | None:
    """What the record says, None if it was made without a report."""
    found = record.config.get(FIELD)
    return None if found is None else msgspec.convert(found, Contamination)


def contamination_notes(records: Sequence[RunRecord]) -> tuple[str, ...]:
    """One line a report: what its `(clean)` scores are without."""
    notes = []
    for found in dict.fromkeys(map(_encoded, records)):
        if found:
            one = msgspec.json.decode(found, type=Contamination)
            parts = [f"{len(items)} of {task}" for task, items in sorted(one.items.items())]
            notes.append(
                f"(clean): without the problems that stand in {one.dataset}: {', '.join(parts)} "
                f"(report {one.report[:12]})"
            )
    return tuple(notes)


def _encoded(record: RunRecord) -> bytes:
    found = contamination_of(record)
    return b"" if found is None else msgspec.json.encode(found, order="sorted")
