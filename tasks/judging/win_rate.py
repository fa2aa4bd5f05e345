"""Summarise verdicts: the win rate, its bounds, and how far the judge can be trusted.

A question's score is the mean over its orders of win 1, tie 1/2, loss 0; questions of a cluster
(see `tasks.benchmark.Problem`) are averaged after that, and clusters last. Length control knows no
clusters.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import msgspec

from tasks.judging.judge import JudgeVerdict, Result
from tasks.judging.length_control import TOO_WIDE, is_extreme, length_controlled, no_estimate

_POINTS: Final = {Result.WIN: 1.0, Result.TIE: 0.5, Result.LOSS: 0.0}


class WinRate(msgspec.Struct, frozen=True, kw_only=True):
    """One language of one comparison; shares run from 0 to 1.

    `counts` counts questions by result and adds up to `questions`. `value` and `standard_error`
    cover the `n` questions whose verdicts are all readable; `low` and `high` cover all questions
    and count a missing verdict as a loss and as a win. `flip_rate` is the share of the n questions
    in which the two orders name different winners; None if only one order was asked. `bad_rate` is
    the share of comparisons without a readable verdict. For `length_controlled`, its
    `length_interval` (95 %) and `length_slope` see `tasks.judging.length_control`; all three are
    None where they cannot be estimated, and `length_reason` says why. `length_extreme`: the change
    is so large that AlpacaEval warns.
    """

    questions: int
    n: int
    counts: dict[str, int]
    value: float | None
    standard_error: float | None
    low: float
    high: float
    flip_rate: float | None
    bad_rate: float
    length_controlled: float | None
    length_interval: tuple[float, float] | None
    length_slope: float | None
    length_extreme: bool
    length_reason: str


def win_rate(
    verdicts: Sequence[JudgeVerdict],
    lengths: Mapping[str, tuple[int, int]],
    clusters: Mapping[str, str] = MappingProxyType({}),
) -> WinRate:
    """The win rate of one language; `lengths`: characters of model and baseline, by problem.

    `clusters` names the cluster of each problem that has one.

    Raises:
        ValueError: there is no verdict.
    """
    groups: dict[str, list[Result]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.problem_id, []).append(verdict.result)
    if not groups:
        raise ValueError("no verdict to average")
    graded = {key: _score(results) for key, results in groups.items() if _readable(results)}
    scores = list(graded.values())
    missing = sum(result not in _POINTS for results in groups.values() for result in results)
    bounds = [
        _mean({key: _score(results, instead) for key, results in groups.items()}, clusters)
        for instead in (0.0, 1.0)
    ]
    value = _mean(graded, clusters) if graded else None
    sizes = [lengths[key] for key in graded]
    controlled = length_controlled(scores, sizes)
    extreme = bool(controlled and value is not None and is_extreme(value, controlled.rate))
    return WinRate(
        questions=len(groups),
        n=len(scores),
        counts=_counts(list(groups.values())),
        value=value,
        standard_error=_standard_error(_by_cluster(graded, clusters)),
        low=bounds[0],
        high=bounds[1],
        flip_rate=_flip_rate([results for results in groups.values() if _readable(results)]),
        bad_rate=missing / len(verdicts),
        length_controlled=controlled.rate if controlled else None,
        length_interval=(controlled.low, controlled.high) if controlled else None,
        length_slope=controlled.slope if controlled else None,
        length_extreme=extreme,
        length_reason="" if controlled else no_estimate(scores, sizes) or TOO_WIDE,
    )


def question_result(results: Sequence[Result]) -> Result:
    """The result of a question over its orders; an ungraded order makes the question ungraded."""
    for ungraded in (Result.ERROR, Result.BAD_VERDICT):
        if ungraded in results:
            return ungraded
    score = _score(results)
    if score == 0.5:
        return Result.TIE
    return Result.WIN if score > 0.5 else Result.LOSS


def _readable(results: Sequence[Result]) -> bool:
    return all(result in _POINTS for result in results)


def _score(results: Sequence[Result], instead: float = math.nan) -> float:
    return sum(_POINTS.get(result, instead) for result in results) / len(results)


def _counts(groups: Sequence[Sequence[Result]]) -> dict[str, int]:
    found = [question_result(results) for results in groups]
    return {result.value: found.count(result) for result in Result}


def _by_cluster(scores: Mapping[str, float], clusters: Mapping[str, str]) -> list[float]:
    """The mean of each cluster; a problem without one is its own."""
    groups: dict[tuple[str, str], list[float]] = {}
    for name, score in scores.items():
        cluster = clusters.get(name, "")
        groups.setdefault((cluster, "" if cluster else name), []).append(score)
    return [sum(found) / len(found) for found in groups.values()]


def _mean(scores: Mapping[str, float], clusters: Mapping[str, str]) -> float:
    means = _by_cluster(scores, clusters)
    return sum(means) / len(means)


def _standard_error(scores: Sequence[float]) -> float | None:
    if len(scores) < 2:
        return None
    mean = sum(scores) / len(scores)
    variance = sum((score - mean) ** 2 for score in scores) / (len(scores) - 1)
    return math.sqrt(variance / len(scores))


def _flip_rate(groups: Sequence[Sequence[Result]]) -> float | None:
    pairs = [set(results) for results in groups if len(results) == 2]
    return sum({Result.WIN, Result.LOSS} == pair for pair in pairs) / len(pairs) if pairs else None
