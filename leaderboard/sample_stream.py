"""The samples of a run, one after the other: a file of any length takes no more memory."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from leaderboard.collection import StoredRun
from leaderboard.filter_words import Condition
from leaderboard.sample_filters import check_places, takes, takes_place
from tasks.saved_rows import Sample
from ultralink_data.errors import PrerequisiteError
from ultralink_data.store.release import decode_lines


class TaskSample(NamedTuple):
    """A sample and the task that it is of."""

    task: str
    sample: Sample


def run_samples(
    run: StoredRun, asked: Sequence[Condition] = (), *, check: bool = True
) -> Iterator[TaskSample]:
    """The samples of a run that are asked for, in the order of its files.

    Without `check` a task or language that the run has not is no error, as others may have it.

    Raises:
        ConfigError: the run has no such task or language.
        PrerequisiteError: it has no samples, or they are gone.
        DataError: a file is damaged; names file and line.
    """
    files = run.sample_files()
    if not files:
        raise no_samples(run)
    if check:
        check_places(asked, files)
    for (task, language), path in files.items():
        if takes_place(asked, task, language):
            for _, sample in decode_lines(path, Sample):
                if takes(asked, sample):
                    yield TaskSample(task, sample)


def no_samples(run: StoredRun) -> PrerequisiteError:
    """The error for a run without any file of samples."""
    named = [c.sample_file for c in run.record.cells if "samples/" in c.sample_file]
    if named:
        return PrerequisiteError(
            f"{run.name}: its samples {named[0]} are not there",
            hint="copy the folder evals/ of the store to where the record is",
        )
    return PrerequisiteError(
        f"{run.name} has no samples: nothing was generated for it",
        hint="evaluate a task whose answers are generated",
    )
