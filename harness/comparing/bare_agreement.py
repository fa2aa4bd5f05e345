"""Whether files of bare samples can be compared: little is known of them but their scores."""

from collections.abc import Sequence

from harness.comparing.given import GivenSide
from ultralink_data.errors import DataError

_UNKNOWN_SETTINGS = "how the samples were asked is not known: that it was alike is not checked"


def check_bare(sides: Sequence[GivenSide]) -> tuple[str, ...]:
    """What is not known of these sides, or is odd in their scores.

    Raises:
        DataError: one has shares of right answers and another percentages.
    """
    first = sides[0]
    notes = [_UNKNOWN_SETTINGS, *(doubt for side in sides for doubt in side.doubts)]
    for other in sides[1:]:
        for task in sorted(_tasks(first) & _tasks(other)):
            notes += _of_scales(task, first, other)
    return tuple(notes)


def _of_scales(task: str, first: GivenSide, other: GivenSide) -> list[str]:
    """A word on sides of which one has shares only and the other has larger scores."""
    bounds = [(side, *_bounds(side, task)) for side in (first, other)]
    shares = [side for side, low, high in bounds if low >= 0 and high <= 1]
    if len(shares) != 1:
        return []
    (wider,) = (one for one in bounds if one[0] is not shares[0])
    side, low, high = wider
    said = (
        f"scores of {shares[0].path} are between 0 and 1, those of {side.path} {low:g} to {high:g}"
    )
    if low >= 0 and 20 < high <= 100 and _has_ends(shares[0], task):
        raise DataError(
            f"{task}: {said}",
            hint="bring both to one scale: these look like shares and percentages",
        )
    return [f"{task}: {said}; they are compared as they are"]


def _has_ends(side: GivenSide, task: str) -> bool:
    """Whether scores reach 1, as those of right answers do."""
    return _bounds(side, task)[1] == 1


def _bounds(side: GivenSide, task: str) -> tuple[float, float]:
    """The least and the largest score of a task."""
    scores = [value for value, *_ in _values(side, task)]
    return min(scores, default=0.0), max(scores, default=0.0)


def _values(side: GivenSide, task: str) -> list[tuple[float, ...]]:
    return [
        value
        for run in side.runs
        for measured in run.measured
        if measured.task == task
        for value in measured.values.values()
    ]


def _tasks(side: GivenSide) -> set[str]:
    return {measured.task for run in side.runs for measured in run.measured}
