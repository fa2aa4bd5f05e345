"""Filters of samples: by task, language, outcome, length, problem and text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from leaderboard.filter_words import Condition, Kind, Words, conditions
from tasks.judging.judge import Result
from tasks.saved_rows import Outcome, Sample

SAMPLE_WORDS: Final[Mapping[str, Kind]] = {
    "task": "name",
    "language": "name",
    "outcome": "name",
    "length": "number",
    "problem": "text",
    "text": "text",
}
"""The keys of a filter of samples: `length` counts the characters of the generation, `text` is in
the prompt, the generation, the extracted answer or the detail."""


def sample_conditions(words: Words) -> tuple[Condition, ...]:
    """The conditions that the words of a filter of samples stand for.

    Raises:
        ConfigError: an unknown key or outcome, or a value that is none.
    """
    asked = conditions(words, SAMPLE_WORDS)
    for condition in asked:
        if condition.key == "outcome":
            # "error" is an outcome of a program and of a judge.
            condition.check_known(dict.fromkeys(one.value for one in (*Outcome, *Result)))
    return asked


def check_places(asked: Sequence[Condition], places: Iterable[tuple[str, str]]) -> None:
    """Check the tasks and languages that are asked for against those that there are.

    Raises:
        ConfigError: there is none of that name; names the nearest.
    """
    found = list(places)
    for condition in asked:
        if condition.key in ("task", "language"):
            at = ("task", "language").index(condition.key)
            condition.check_known(dict.fromkeys(place[at] for place in found))


def takes_place(asked: Sequence[Condition], task: str, language: str) -> bool:
    """Whether samples of this task and language may be among those asked for."""
    found = {"task": task, "language": language}
    return all(one.holds(found[one.key]) for one in asked if one.key in found)


def takes(asked: Sequence[Condition], sample: Sample) -> bool:
    """Whether a sample of a task and language that are asked for is one of those."""
    return all(one.holds(_value(sample, one.key)) for one in asked if one.key != "task")


def _value(sample: Sample, key: str) -> str | float:
    if key == "length":
        return len(sample.generation)
    if key == "problem":
        return sample.problem_id
    if key == "text":
        texts = (sample.prompt, sample.generation, sample.extracted or "", sample.detail)
        return "\n".join(texts)
    value: str = getattr(sample, key)
    return value
