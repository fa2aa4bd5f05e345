"""The sample explorer of a site: its data, and the page that shows them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from leaderboard.collection import Collection, StoredJudged, StoredRun, UnreadRecord
from leaderboard.site.nearest_rows import NearestRows
from leaderboard.site.sample_cells import add_judged, add_run
from leaderboard.site.sample_columns import SampleColumns
from leaderboard.site.samples_shell import PATH, shell
from leaderboard.site.shards import BEST, DATA, ShardFolder, encoded

HEAD: Final = "samples"
"""The shard that the page loads first: what there is, and in which shards."""

SCHEMA: Final = 2
"""Of the shards; raised when their form changes, so that a page with older data says so."""

NEAREST: Final = 3
"""Training rows that are shown with a problem, unless the caller wants another number."""


class SamplesWritten(msgspec.Struct, frozen=True, kw_only=True):
    """What the explorer holds: samples, shards and their bytes; `faults` are files unread."""

    samples: int
    shards: int
    size: int
    faults: tuple[UnreadRecord, ...]


def samples_maker(
    nearest: int, warn: Callable[[str], None]
) -> Callable[[Collection, Path, Callable[[str], None]], None]:
    """What writes page and data of the explorer into a site; `warn` is told what is not in it."""

    def make(collection: Collection, folder: Path, step: Callable[[str], None]) -> None:
        (folder / PATH).write_text(shell(), encoding="utf-8")
        step(PATH)
        for fault in write_samples(collection, folder, nearest=nearest).faults:
            warn(f"left out: {fault.message}")
        step(f"{DATA}/{HEAD}.js")

    return make


def write_samples(
    collection: Collection, folder: Path, *, nearest: int = NEAREST
) -> SamplesWritten:
    """Write the shards of all samples below `folder`, the site's.

    `nearest` is how many of the training rows that are most like a problem are shown with it.
    Memory does not grow with the texts: the samples pass one block at a time.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    faults: list[UnreadRecord] = []
    with ShardFolder(folder) as shards:
        columns = SampleColumns(shards)
        total = _write_all(collection, columns, NearestRows(collection.folder, nearest), faults)
    return SamplesWritten(
        samples=total, shards=shards.count, size=shards.size, faults=tuple(faults)
    )


def _write_all(
    collection: Collection,
    columns: SampleColumns,
    asked: NearestRows,
    faults: list[UnreadRecord],
) -> int:
    runs: list[dict[str, Any]] = []
    for run in collection.runs:
        for error in add_run(columns, len(runs), run):
            faults.append(UnreadRecord(path=run.path, message=error.message))
        asked.add(run.record.dataset_fingerprint, columns.taken_prompts())
        runs.append(_run_head(run))
    for judged in collection.judged:
        for error in add_judged(columns, len(runs), judged):
            faults.append(UnreadRecord(path=judged.path, message=error.message))
        runs.append(_judged_head(judged))
    columns.close()
    head = {
        "schema": SCHEMA,
        "runs": runs,
        **columns.parts(),
        "nearest": asked.write(columns.folder, columns.texts),
        "faults": [fault.message for fault in faults],
    }
    columns.folder.write(HEAD, encoded(head), BEST)
    return columns.total


def _run_head(run: StoredRun) -> dict[str, Any]:
    record = run.record
    return {
        "key": run.key,
        "name": run.name,
        "model": record.model,
        "role": run.role,
        "imported": record.imported is not None,
        "dataset": record.dataset_fingerprint or "",
    }


def _judged_head(judged: StoredJudged) -> dict[str, Any]:
    report = judged.report
    return {
        "key": judged.key,
        "name": judged.name,
        "model": report.model,
        "role": "judged",
        "imported": False,
        "dataset": "",
        "baseline": report.baseline,
        "judge": report.judge,
    }
