"""What a judge said of a run's answers, where a judged comparison names that run's model."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from leaderboard.collection import Collection, StoredJudged, StoredRun
from leaderboard.filter_words import Condition
from leaderboard.row_places import RowPlaces
from leaderboard.sample_filters import check_places, takes_place
from tasks.judging.judge import JudgeVerdict
from tasks.saved_rows import Sample
from ultralink_data.store.release import decode_lines


def verdict_file(stored: StoredJudged, language: str) -> Path:
    """The file with the verdicts of a judged comparison in a language."""
    return stored.path.parent / f"verdicts_{language}.jsonl"


class JudgeReplies:
    """The verdicts on the answers of one run; each file is read when it is first needed."""

    def __init__(self, collection: Collection, run: StoredRun) -> None:
        model = run.record.model
        names = {model, Path(model).name, run.name, run.record.run_id}
        self._reports = [one for one in collection.judged if one.report.model in names]
        self._files: dict[Path, RowPlaces[str, JudgeVerdict]] = {}

    def of(self, task: str, sample: Sample) -> list[JudgeVerdict]:
        """The verdicts on a sample; several where both orders were shown, none without a judge.

        Raises:
            DataError: a file of verdicts is damaged; names file and line.
        """
        found = []
        for report in self._reports:
            path = verdict_file(report, sample.language)
            if report.report.task == task and path.is_file():
                found += self._index(path).rows(sample.problem_id)
        return found

    def _index(self, path: Path) -> RowPlaces[str, JudgeVerdict]:
        if path not in self._files:
            self._files[path] = RowPlaces(path, JudgeVerdict, lambda row: row.problem_id)
        return self._files[path]


def judged_verdicts(
    stored: StoredJudged, asked: Sequence[Condition] = ()
) -> Iterator[JudgeVerdict]:
    """The verdicts of a comparison that are asked for, one after the other.

    `outcome` is the verdict's result, `length` that of the judge's reply, and `text` is in it or in
    the detail.

    Raises:
        ConfigError: the comparison is not of that task or language.
        DataError: a file is missing or damaged; names file and line.
    """
    task = stored.report.task
    places = [(task, language) for language in stored.report.scores]
    check_places(asked, places)
    for _, language in places:
        if takes_place(asked, task, language):
            for _, verdict in decode_lines(verdict_file(stored, language), JudgeVerdict):
                if all(one.holds(_value(verdict, task, one.key)) for one in asked):
                    yield verdict


def _value(verdict: JudgeVerdict, task: str, key: str) -> str | float:
    values: dict[str, str | float] = {
        "task": task,
        "language": verdict.language,
        "outcome": verdict.result.value,
        "length": len(verdict.reply),
        "problem": verdict.problem_id,
        "text": f"{verdict.reply}\n{verdict.detail}",
    }
    return values[key]
