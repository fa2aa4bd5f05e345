"""Filters of scores: by task, language, metric, profile, origin, and texts in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from leaderboard.filter_words import Condition, Kind, Words, conditions
from leaderboard.ranking import FULL_SCALE
from leaderboard.score_rows import AVERAGES, ScoreRow

FULL: Final = "full"
"""The word for the profiles that evaluate whole benchmarks, which share their rankings."""

ROW_WORDS: Final[Mapping[str, Kind]] = {
    "task": "name",
    "language": "name",
    "metric": "name",
    "profile": "name",
    "origin": "name",
    "model": "text",
    "text": "text",
}
"""The keys of a filter of scores; `text` is in the model or in what else is said of the number."""

ORIGINS: Final = ("own", "published", "imported")


def row_conditions(words: Words) -> tuple[Condition, ...]:
    """The conditions that the words of a filter of scores stand for.

    Raises:
        ConfigError: an unknown key, or a value that is none.
    """
    return conditions(words, ROW_WORDS)


def filter_rows(rows: Iterable[ScoreRow], asked: Sequence[Condition]) -> list[ScoreRow]:
    """The rows for which all conditions hold.

    Raises:
        ConfigError: a name that no row has; names the nearest.
    """
    every = list(rows)
    for condition in asked:
        if condition.kind == "name" and every:
            condition.check_known(known_names(every, condition.key))
    return [row for row in every if all(one.holds(*_values(row, one.key)) for one in asked)]


def known_names(rows: Iterable[ScoreRow], key: str) -> list[str]:
    """What a condition on this field may name."""
    more = {"origin": ORIGINS, "language": AVERAGES}.get(key, ())
    return sorted({*more, *(value for row in rows for value in _values(row, key))} - {""})


def _values(row: ScoreRow, key: str) -> tuple[str, ...]:
    """What a condition may be about; a profile goes by its own name and, at full scale, `FULL`."""
    if key == "profile":
        return (row.profile, FULL) if row.profile in FULL_SCALE else (row.profile,)
    if key == "text":
        said = (row.model, row.experiment, row.variant, row.task, row.metric, row.protocol)
        return (*said, row.judge, row.baseline, row.note, row.source)
    return (getattr(row, key),)
