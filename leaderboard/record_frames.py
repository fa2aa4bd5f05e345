"""Scores, effects and samples as tidy pandas frames; the columns are those of `frame_columns`."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from leaderboard.collection import Collection, StoredReport, StoredRun
from leaderboard.filter_words import Words
from leaderboard.frame_columns import EFFECTS, SAMPLES, SCORES, FrameColumn
from leaderboard.published.printed_scores import published_rows
from leaderboard.records import Effect
from leaderboard.row_filters import filter_rows, row_conditions
from leaderboard.sample_filters import check_places, sample_conditions
from leaderboard.sample_stream import TaskSample, run_samples
from leaderboard.score_rows import all_rows
from leaderboard.table import ordered_languages

if TYPE_CHECKING:
    import pandas as pd

Row: TypeAlias = Sequence[Any]
"""The values of a row, in the order of the frame's columns."""

_KEPT_EMPTY: Final = frozenset({"generation", "prompt", "extracted"})
"""Texts that may be empty and are not missing then."""


def scores_frame(
    collection: Collection, *, published: bool = False, where: Words = None
) -> "pd.DataFrame":
    """One row per run, task, language and metric, and per judged comparison.

    Args:
        collection: what was recorded.
        published: whether published scores stand below the own ones.
        where: a filter of scores, as in `leaderboard show`.

    Raises:
        ConfigError: an unknown key or name; names the nearest.
    """
    rows = all_rows(collection) + list(published_rows() if published else ())
    kept = filter_rows(rows, row_conditions(where))
    names = [column.name for column in SCORES]
    return _frame(SCORES, ([getattr(row, name) for name in names] for row in kept))


def effects_frame(collection: Collection) -> "pd.DataFrame":
    """One row per effect of every experiment report."""
    rows = (
        _effect_values(report, effect)
        for report in collection.reports
        for effect in report.report.effects
    )
    return _frame(EFFECTS, rows)


def samples_frame(
    collection: Collection, *, run: str | None = None, where: Words = None
) -> "pd.DataFrame":
    """One row per sample of a run, or of all runs that have samples.

    Args:
        collection: what was recorded.
        run: name, key, unique ending of a name, or model; all but noise floors and checkpoints
            if None.
        where: a filter of samples, as in `samples show`. Rows are read one by one, and only those
            that it takes are kept.

    Raises:
        ConfigError: an unknown run, key or name; names the nearest.
        PrerequisiteError: the run has no samples.
        DataError: a file of samples is damaged; names file and line.
    """
    asked = sample_conditions(where)
    if run is not None:
        chosen = collection.run(run)
        return _frame(SAMPLES, _sample_values(chosen, run_samples(chosen, asked)))
    runs = [one for one in collection.runs if one.role == "run" and one.sample_files()]
    if places := [place for one in runs for place in one.sample_files()]:
        check_places(asked, places)
    rows = (_sample_values(one, run_samples(one, asked, check=False)) for one in runs)
    return _frame(SAMPLES, chain.from_iterable(rows))


def _effect_values(stored: StoredReport, effect: Effect) -> Row:
    values: dict[str, Any] = {
        "report": stored.name,
        "report_key": stored.key,
        "experiment": stored.report.experiment,
        "profile": stored.report.profile,
    }
    for side, interval in (
        ("variant", effect.variant_interval),
        ("reference", effect.reference_interval),
    ):
        values[f"{side}_low"] = None if interval is None else interval.low
        values[f"{side}_high"] = None if interval is None else interval.high
    return [
        values[name] if name in values else getattr(effect, name)
        for name in (column.name for column in EFFECTS)
    ]


def _sample_values(run: StoredRun, samples: Iterable[TaskSample]) -> Iterator[Row]:
    who = {"run": run.name, "run_key": run.key, "model": run.record.model}
    names = [column.name for column in SAMPLES]
    for task, sample in samples:
        values = {**who, "task": task, "outcome": sample.outcome.value}
        yield [values[name] if name in values else getattr(sample, name) for name in names]


def _frame(columns: Sequence[FrameColumn], rows: Iterable[Row]) -> "pd.DataFrame":
    """A frame of these columns, whatever the rows: without any it has the same types."""
    import pandas as pd

    values: list[list[Any]] = [[] for _ in columns]
    for row in rows:
        for column, kept, value in zip(columns, values, row, strict=True):
            missing = value == "" and column.name not in _KEPT_EMPTY
            kept.append(None if missing else value)
    return pd.DataFrame(
        {column.name: _series(column, kept) for column, kept in zip(columns, values, strict=True)}
    )


def _series(column: FrameColumn, values: Sequence[Any]) -> "pd.Series[Any]":
    import pandas as pd

    if column.dtype != "category":
        return pd.Series(values, dtype=column.dtype)
    found = {value for value in values if value is not None}
    order = ordered_languages(found) if column.name == "language" else sorted(found)
    kind = pd.CategoricalDtype(pd.Index(order, dtype="str" if order else "object"))
    return pd.Series(values, dtype=kind)
