"""The length-controlled win rate: how often the model would win if answers were equally long.

Source: AlpacaEval 2, `length_controlled_minimal` of `glm_winrate.py` (arXiv 2404.04475): a logistic
regression without intercept on tanh of the length difference (in standard deviations) and a
constant, L1 penalty chosen by cross-validated log loss over five folds. The published default adds
a term for each instruction's difficulty and pseudo-data, both fitted on AlpacaEval's own English
leaderboard; OMGEval has neither. Without them the constant of a model whose answers are nearly all
shorter rests on a few answers and on the form of the curve: there we say so and give no rate (see
`no_estimate`; docs/log.md has the rates of 56 models beside the published ones).
"""

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

_FEWEST: Final = 10
"""Minimum number of questions: five folds of two."""
_FEWEST_A_SIDE: Final = 5
_FEWEST_POINTS: Final = 2.0
"""Of wins, and of losses: the curve through a single one runs to 0 or 1, whatever its length."""
_WIDEST: Final = 0.9
"""An interval as wide as this rules out nothing."""
TOO_WIDE: Final = "length decides nearly every question"
"""Why there is no rate although `no_estimate` has no reason."""
_SHARE_A_SIDE: Final = 0.1
"""So many questions, and this share, must lie at equal length or beyond it, on either side."""
_EXTREME_POINTS, _EXTREME_SHARE = 0.10, 0.25
"""AlpacaEval's `get_is_extreme_changes`: more than 10 points and than a quarter of the way."""
_STEPS: Final = 100
_LONGEST_STEP: Final = 2.0


class LengthControl(NamedTuple):
    """A length-controlled win rate; shares run from 0 to 1.

    `slope` is in log-odds per unit of tanh of the standardised length difference: above 0, the
    judge prefers longer answers. `low` and `high` are a 95 % interval over questions.
    """

    rate: float
    slope: float
    low: float
    high: float


def length_controlled(
    scores: Sequence[float], lengths: Sequence[tuple[int, int]]
) -> LengthControl | None:
    """The rate with its interval; None where `no_estimate` has a reason, or it is `TOO_WIDE`.

    `scores` are by question, from 0 to 1; `lengths` are the characters of model and baseline.

    The interval is that of the regression without the penalty, with errors that do not trust the
    model (sandwich, HC3) and Student's t: around the penalised one it would cover too rarely. It is
    on the scale of log-odds, so it stays within 0 and 1, and always holds the rate.
    """
    import numpy as np

    if no_estimate(scores, lengths):
        return None
    difference = np.array([baseline - model for model, baseline in lengths], dtype=float)
    target = np.array(scores, dtype=float)
    tanh = np.tanh(difference / difference.std(ddof=1))
    features = np.column_stack([tanh, np.ones(len(target))])
    slope, constant = _penalised(features, target)
    free, error = _free(features, target)
    low, high = (_share(free + side * error) for side in (-1.0, 1.0))
    rate = _share(constant)
    if high - low > _WIDEST:
        return None
    return LengthControl(rate, 0.0 - slope, min(low, rate), max(high, rate))


def no_estimate(scores: Sequence[float], lengths: Sequence[tuple[int, int]]) -> str:
    """Why these questions give no length-controlled rate; "" if they do."""
    if len(scores) < _FEWEST:
        return f"fewer than {_FEWEST} questions"
    if len(set(scores)) == 1:
        return "all questions have the same result"
    for word, points in (("wins", sum(scores)), ("losses", len(scores) - sum(scores))):
        if points < _FEWEST_POINTS:
            return f"fewer than {_FEWEST_POINTS:g} {word}"
    differences = [model - baseline for model, baseline in lengths]
    if len(set(differences)) == 1:
        return "all length differences are the same"
    needed = max(_FEWEST_A_SIDE, math.ceil(_SHARE_A_SIDE * len(differences)))
    for word, side in (("long", 1), ("short", -1)):
        found = sum(side * one >= 0 for one in differences)
        if found < needed:
            return (
                f"{found} of {len(differences)} answers are at least as {word} as the baseline's, "
                f"{needed} are needed"
            )
    won = [one for one, score in zip(differences, scores, strict=True) if score > 0]
    lost = [one for one, score in zip(differences, scores, strict=True) if score < 1]
    if min(won) >= max(lost) or min(lost) >= max(won):
        return "length alone decides every question"
    return ""


def is_extreme(rate: float, controlled: float) -> bool:
    """Whether AlpacaEval would warn: so large a change may be a failure of the regression."""
    lowest = min(rate - _EXTREME_SHARE * rate, rate - _EXTREME_POINTS)
    highest = max(rate + _EXTREME_SHARE * (1 - rate), rate + _EXTREME_POINTS)
    return not lowest <= controlled <= highest


def _penalised(features: "Numbers", target: "Numbers") -> tuple[float, float]:
    """Slope and constant of the regression whose penalty cross-validation chose."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    # A score is a probability: each question enters once as won and once as lost, weighted.
    both = np.vstack([features, features])
    label = np.repeat([1, 0], len(target))
    weight = np.concatenate([target, 1 - target])
    groups = np.tile(np.arange(len(target)), 2)

    def fit(
        strength: float, rows: "np.ndarray[tuple[int], np.dtype[np.intp]]"
    ) -> LogisticRegression:
        # Rows of no weight change nothing; liblinear warns on stderr if a class has no others.
        rows = rows[weight[rows] > 0]
        model = LogisticRegression(
            C=strength, l1_ratio=1.0, solver="liblinear", fit_intercept=False, random_state=123
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # no convergence if nearly all verdicts are the same
            return model.fit(both[rows], label[rows], sample_weight=weight[rows])

    folds = [
        (train, test)
        for train, test in GroupKFold(n_splits=5).split(both, label, groups)
        if len(set(label[train][weight[train] > 0])) == 2
    ]
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
    return float(slope), float(constant)


def _free(features: "Numbers", target: "Numbers") -> tuple[float, float]:
    """The constant of the regression without a penalty, and half its 95 % interval."""
    import numpy as np
    from scipy.stats import t

    weights = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        wins = 1 / (1 + np.exp(-features @ weights))
        curvature = (features * (wins * (1 - wins))[:, None]).T @ features
        step = np.linalg.lstsq(curvature, features.T @ (target - wins), rcond=None)[0]
        weights += np.clip(step, -_LONGEST_STEP, _LONGEST_STEP)
        if np.abs(step).max() < 1e-9:
            break
    wins = 1 / (1 + np.exp(-features @ weights))
    spread = wins * (1 - wins)
    inverse = np.linalg.pinv((features * spread[:, None]).T @ features)
    leverage = np.einsum("ij,jk,ik->i", features, inverse, features) * spread
    residual = (target - wins) / np.maximum(1 - leverage, 1e-9)
    covariance = inverse @ ((features * (residual**2)[:, None]).T @ features) @ inverse
    half = float(t.ppf(0.975, len(target) - features.shape[1])) * math.sqrt(covariance[1, 1])
    return float(weights[1]), half


def _share(log_odds: float) -> float:
    return 0.5 * (1 + math.tanh(log_odds / 2))
