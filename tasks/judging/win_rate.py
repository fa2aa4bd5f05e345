"""Summarise verdicts: the win rate, its bounds, and how far the judge can be trusted.

A question's score is the mean over its orders of win 1, tie 1/2, loss 0; questions are averaged
after that.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tasks.judging.judge import JudgeVerdict, Result

_POINTS: Final = {Result.WIN: 1.0, Result.TIE: 0.5, Result.LOSS: 0.0}
_FEWEST: Final = 10
"""Minimum number of questions for a length-controlled rate: five folds of two."""


class WinRate(msgspec.Struct, frozen=True, kw_only=True):
    """One language of one comparison; shares run from 0 to 1.

    `counts` counts questions by result and adds up to `questions`. `value` and `standard_error`
    cover the `n` questions whose verdicts are all readable; `low` and `high` cover all questions
    and count a missing verdict as a loss and as a win. `flip_rate` is the share of the n questions
    in which the two orders name different winners; None if only one order was asked. `bad_rate` is
    the share of comparisons without a readable verdict. `length_slope` is in log-odds per unit of
    tanh of the standardised length difference: above 0, the judge prefers longer answers.
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
    length_slope: float | None


def win_rate(verdicts: Sequence[JudgeVerdict], lengths: Mapping[str, tuple[int, int]]) -> WinRate:
    """The win rate of one language; `lengths`: characters of model and baseline, by problem.

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
        sum(_score(results, instead) for results in groups.values()) / len(groups)
        for instead in (0.0, 1.0)
    ]
    controlled = length_controlled(scores, [lengths[key] for key in graded])
    return WinRate(
        questions=len(groups),
        n=len(scores),
        counts=_counts(list(groups.values())),
        value=sum(scores) / len(scores) if scores else None,
        standard_error=_standard_error(scores),
        low=bounds[0],
        high=bounds[1],
        flip_rate=_flip_rate([results for results in groups.values() if _readable(results)]),
        bad_rate=missing / len(verdicts),
        length_controlled=controlled[0] if controlled else None,
        length_slope=controlled[1] if controlled else None,
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


def length_controlled(
    scores: Sequence[float], lengths: Sequence[tuple[int, int]]
) -> tuple[float, float] | None:
    """The win rate if both answers were equally long, and the length slope; None if undefined.

    Source: AlpacaEval 2, `length_controlled_minimal` of `glm_winrate.py` (arXiv 2404.04475): a
    logistic regression without intercept on tanh of the length difference (in standard
    deviations) and a constant, L1 penalty chosen by cross-validated log loss over five folds.
    The published default adds a term for each instruction's difficulty and pseudo-data, both
    fitted on AlpacaEval's own English leaderboard; OMGEval has neither.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    if len(scores) < _FEWEST:
        return None
    difference = np.array([baseline - model for model, baseline in lengths], dtype=float)
    spread = difference.std(ddof=1)
    if spread == 0:
        return None
    target = np.array(scores)
    features = np.column_stack([np.tanh(difference / spread), np.ones(len(target))])
    # A score is a probability: each question enters once as won and once as lost, weighted.
    both = np.vstack([features, features])
    label = np.repeat([1, 0], len(target))
    weight = np.concatenate([target, 1 - target])
    groups = np.tile(np.arange(len(target)), 2)

    def fit(
        strength: float, rows: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    ) -> LogisticRegression:
        model = LogisticRegression(
            C=strength, l1_ratio=1.0, solver="liblinear", fit_intercept=False, random_state=123
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no convergence if all verdicts are the same
            return model.fit(both[rows], label[rows], sample_weight=weight[rows])

    folds = list(GroupKFold(n_splits=5).split(both, label, groups))
    strengths = np.logspace(-4, 4, 10)
    losses = []
    for strength in strengths:
        loss = []
        for train, test in folds:
            wins = fit(strength, train).predict_proba(both[test])[:, 1].clip(1e-15, 1 - 1e-15)
            truth = np.where(label[test] == 1, weight[test], 1 - weight[test])
            loss.append(-np.mean(truth * np.log(wins) + (1 - truth) * np.log(1 - wins)))
        losses.append(np.mean(loss))
    slope, constant = fit(strengths[int(np.argmin(losses))], np.arange(len(label))).coef_[0]
    return float(1 / (1 + np.exp(-constant))), 0.0 - float(slope)


def _readable(results: Sequence[Result]) -> bool:
    return all(result in _POINTS for result in results)


def _score(results: Sequence[Result], instead: float = math.nan) -> float:
    return sum(_POINTS.get(result, instead) for result in results) / len(results)


def _counts(groups: Sequence[Sequence[Result]]) -> dict[str, int]:
    found = [question_result(results) for results in groups]
    return {result.value: found.count(result) for result in Result}


def _standard_error(scores: Sequence[float]) -> float | None:
    if len(scores) < 2:
        return None
    mean = sum(scores) / len(scores)
    variance = sum((score - mean) ** 2 for score in scores) / (len(scores) - 1)
    return math.sqrt(variance / len(scores))


def _flip_rate(groups: Sequence[Sequence[Result]]) -> float | None:
    pairs = [set(results) for results in groups if len(results) == 2]
    return sum({Result.WIN, Result.LOSS} == pair for pair in pairs) / len(pairs) if pairs else None
