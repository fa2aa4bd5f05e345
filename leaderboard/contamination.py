"""Benchmark problems in the training data of an evaluated model, according to its record."""

from collections.abc import Sequence
from typing import Final

import msgspec

from leaderboard.records import RunRecord

CLEAN: Final = " (clean)"
"""Suffix of the metric of a score without the problems found in the training data."""
FIELD: Final = "contamination"
"""Key in a record's `config`."""


class Contamination(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a report of `data check` says about the evaluated tasks.

    `report` is the report's content hash, `dataset` the dataset it checked; `items` lists the
    problems hit, by task, and is empty for a task that was checked without a hit. A problem found
    in one language counts as hit in all languages.
    """

    report: str
    dataset: str
    items: dict[str, tuple[str, ...]]


def contamination_of(record: RunRecord) -> Contamination | None:
    """The contamination in the record; None if it was made without a report."""
    found = record.config.get(FIELD)
    return None if found is None else msgspec.convert(found, Contamination)


def contamination_notes(records: Sequence[RunRecord]) -> tuple[str, ...]:
    """One line per report: what its `(clean)` scores leave out."""
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
