"""Where the sample files of a record are, which may have been copied or linked elsewhere.

A record names its samples relative to its own folder, which is right where it was written. A link
is followed to that place. A copy is looked for by the end of the name, `evals/KEY/...`, which is
the same in every store: in the stores that are given, and in those above and beside the record.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from harness.options import defaults
from harness.statistics.measured import MeasuredTask
from harness.statistics.scores import Hit, measure_files
from leaderboard.records import RunRecord, ScoreCell
from ultralink_data.errors import PrerequisiteError

EVALUATIONS = "evals"


def measured(
    parts: Sequence[tuple[Path, RunRecord]], hit: Hit, stores: Sequence[Path]
) -> tuple[MeasuredTask, ...]:
    """All metrics of one model's records; of a task and language that several have, the newest.

    Raises:
        PrerequisiteError: samples are in none of the places.
        DataError: a sample file is damaged.
    """
    taken: set[tuple[str, str]] = set()
    result: list[MeasuredTask] = []
    for path, record in reversed(parts):
        cells = [c for c in record.cells if c.sample_file and (c.task, c.language) not in taken]
        taken |= {(cell.task, cell.language) for cell in cells}
        folders: dict[Path, list[ScoreCell]] = {}
        for cell in cells:
            folder, name = _place(path, cell.sample_file, stores)
            placed = msgspec.structs.replace(cell, sample_file=name)
            folders.setdefault(folder, []).append(placed)
        for folder, found in folders.items():
            result += measure_files(folder, found, hit)
    return tuple(result)


def _place(path: Path, name: str, stores: Sequence[Path]) -> tuple[Path, str]:
    """A folder, and the name of a sample file from there."""
    tail = _tail(name)
    for folder, relative in _candidates(path, name, tail, stores):
        if (folder / relative).is_file():
            return folder, relative
    looked = ", ".join(dict.fromkeys(str(store) for store in stores))
    raise PrerequisiteError(
        f"{path}: its samples {name} are not there, nor {tail or name} in {looked}",
        hint="name the store that `run` or `eval` wrote them to with --runs DIR, or copy the "
        f"folder {EVALUATIONS}/ of it to where the record is",
    )


def _tail(name: str) -> str:
    """`evals/KEY/...` of a name that leads to a store, else ""."""
    parts = Path(name).parts
    if EVALUATIONS not in parts:
        return ""
    last = len(parts) - 1 - parts[::-1].index(EVALUATIONS)
    return str(Path(*parts[last:]))


def _candidates(
    path: Path, name: str, tail: str, stores: Iterable[Path]
) -> Iterator[tuple[Path, str]]:
    """Every folder and name that may lead to the samples."""
    yield path.parent, name
    yield path.resolve().parent, name
    if not tail:
        return
    for store in stores:
        yield store, tail
    for start in (path.absolute(), path.resolve()):
        for parent in start.parents:
            yield parent, tail
            yield parent / defaults.RUNS.name, tail
