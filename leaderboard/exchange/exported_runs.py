"""What every export reads of a run: its numbers, names for them, and samples with their metric."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple

from leaderboard.collection import StoredRun
from leaderboard.exchange.finite_numbers import unix_seconds
from leaderboard.records import ScoreCell
from tasks.saved_rows import Outcome, Sample
from ultralink_data.store.release import decode_lines

HARNESS: Final = "ultralink-bench"
RIGHT: Final = {
    Outcome.CORRECT: 1.0,
    Outcome.WRONG: 0.0,
    Outcome.NO_ANSWER: 0.0,
    Outcome.TRUNCATED: 0.0,
}
"""The score of a sample that was graded; the others have none."""


class MeasuredBy(NamedTuple):
    """A harness and its version, "" where that is not known."""

    harness: str
    version: str


def measured_by(run: StoredRun) -> MeasuredBy:
    """Which harness measured a run: this one, or the one it was imported from."""
    source = run.record.imported
    if source is not None:
        return MeasuredBy(source.harness, source.version)
    return MeasuredBy(HARNESS, run.record.packages.get(HARNESS, ""))


def task_name(cell: ScoreCell) -> str:
    """A task and its language as one name."""
    return f"{cell.task}_{cell.language}" if cell.language else cell.task


def scored_cells(run: StoredRun) -> dict[tuple[str, str], list[ScoreCell]]:
    """The cells with a number, by task and language."""
    found: dict[tuple[str, str], list[ScoreCell]] = {}
    for cell in run.record.cells:
        if cell.value is not None:
            found.setdefault((cell.task, cell.language), []).append(cell)
    return found


def deciding(cells: list[ScoreCell]) -> ScoreCell | None:
    """The cell that the outcomes of the samples are of: those add up to right and wrong."""
    outcomes = set(Outcome)
    return next((cell for cell in cells if cell.outcomes and set(cell.outcomes) <= outcomes), None)


def saved_samples(run: StoredRun, task: str, language: str) -> Iterator[Sample]:
    """The samples of a task and language; none if its file is gone or there never was one.

    Raises:
        DataError: a line is damaged; the message names file and line.
    """
    path = run.sample_files().get((task, language))
    if path is not None:
        yield from (sample for _, sample in decode_lines(path, Sample))


def sha256_text(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def ended(run: StoredRun) -> float:
    """When the record was made, in seconds since 1970; 0 where that is not known."""
    start = unix_seconds(run.record.started.replace("Z", "+00:00"))
    return 0.0 if start is None else start + (run.record.wall_seconds or 0.0)


def file_time(run: StoredRun) -> str:
    """The start of a run as lm-eval writes it in the names of files."""
    start = unix_seconds(run.record.started.replace("Z", "+00:00")) or 0.0
    return datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H-%M-%S.%f")
