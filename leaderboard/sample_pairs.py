"""Two runs side by side: their samples of the same problem, and where they differ."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from leaderboard.collection import StoredRun
from leaderboard.filter_words import Condition
from leaderboard.row_places import RowPlaces
from leaderboard.sample_filters import check_places, takes, takes_place
from leaderboard.sample_stream import no_samples
from tasks.saved_rows import Sample
from ultralink_data.errors import DataError
from ultralink_data.store.release import decode_lines


class SamplePair(NamedTuple):
    """What two runs made of the same problem of a task, in the same try."""

    task: str
    first: Sample
    second: Sample

    @property
    def differs(self) -> bool:
        """Whether outcome or extracted answer differ."""
        a, b = self.first, self.second
        return (a.outcome, a.extracted) != (b.outcome, b.extracted)


class SamplePairs:
    """The pairs of two runs for which the first run's sample is one of those asked for.

    Iterate once; the counts are those of what has been read so far. `compared` counts the pairs,
    `only_first` and `only_second` samples of files that both have, whose problem the other lacks.
    """

    def __init__(
        self, first: StoredRun, second: StoredRun, asked: Sequence[Condition] = ()
    ) -> None:
        """Find the files that both have.

        Raises:
            ConfigError: the first run has no such task or language.
            PrerequisiteError: one has no samples.
            DataError: they share no task and language.
        """
        files = [run.sample_files() for run in (first, second)]
        for run, found in zip((first, second), files, strict=True):
            if not found:
                raise no_samples(run)
        check_places(asked, files[0])
        self._both = [
            (place, files[0][place], files[1][place])
            for place in files[0]
            if place in files[1] and takes_place(asked, *place)
        ]
        if not self._both:
            raise DataError(
                f"{first.name} and {second.name} share no task and language with samples",
                hint="compare runs that were asked the same",
            )
        self._asked = asked
        self.compared = self.only_first = self.only_second = 0

    def __iter__(self) -> Iterator[SamplePair]:
        """All pairs, in the order of the first run's files.

        Raises:
            DataError: a file is damaged; names file and line.
        """
        for (task, _), path, other_path in self._both:
            others = decode_lines(other_path, Sample)
            index: RowPlaces[tuple[str, int], Sample] | None = None
            met = 0
            for _, sample in decode_lines(path, Sample):
                if index is None:
                    # Runs that were asked the same have the same order, and need no index.
                    _, other = next(others, (0, None))
                    if other is None or _key(other) != _key(sample):
                        index = RowPlaces(other_path, Sample, _key)
                if index is not None:
                    other = next(iter(index.rows(_key(sample))), None)
                if other is None:
                    self.only_first += 1
                    continue
                met += 1
                if takes(self._asked, sample):
                    self.compared += 1
                    yield SamplePair(task, sample, other)
            rest = sum(1 for _ in others) if index is None else len(index) - met
            self.only_second += rest


def _key(sample: Sample) -> tuple[str, int]:
    return sample.problem_id, sample.index
