"""Which task and metric to trust at which step of a training, from the checkpoints of trainings.

Monotonicity is FineWeb2's (Penedo et al., arXiv 2506.20920): Spearman's correlation of step and
score within one training, averaged over trainings. Signal to noise at a step is that of
`signal_to_noise`, of the checkpoints there. The noise of late checkpoints is Ai2's (Heineman et
al., arXiv 2508.13144: the standard deviation over the last ones of a training), but around a
straight line, since a few points of a short training still rise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.scale_agreement import rank_correlations
from harness.statistics.score_arrays import Runs, ScoredEndpoint, endpoints
from harness.statistics.signal_to_noise import run_scores, signals
from harness.statistics.special_functions import special_functions
from harness.statistics.two_way import Floats
from leaderboard.checkpoint_tables import CheckpointLine, PointQuality
from leaderboard.signal_tables import MONOTONIC
from leaderboard.signals import Signal

Key = tuple[str, str, str]
"""Task, metric and language of an endpoint."""

FEWEST_LATE = 3
"""Points for a spread around a straight line."""


def checkpoint_lines(
    points: Sequence[Mapping[str, Runs]], shares: Sequence[float]
) -> list[CheckpointLine]:
    """A line for each endpoint that has a signal at the end of training.

    `points` are the runs of all variants at each point, the end last, and `shares` what of the
    training is behind it there, 1 at the end. They may be whole trainings of several lengths too,
    of which only the variants that all have count. Empty without two variants of two seeds.
    """
    if len(points) < 2:
        return []
    shared = [name for name in points[-1] if all(name in arms for arms in points)]
    points = [{name: arms[name] for name in shared} for arms in points]
    if len(shared) < 2:
        return []
    found = [{_key(one): one for one in signals(arms)} for arms in points]
    scores = [{_key(one): run_scores(one) for one in endpoints(arms)} for arms in points]
    return [
        _line(
            end, [by_key.get(key) for by_key in found], [by_key[key] for by_key in scores], shares
        )
        for key, end in found[-1].items()
        if all(key in own for own in scores)
    ]


def _line(
    end: Signal, here: Sequence[Signal | None], tables: Sequence[Floats], shares: Sequence[float]
) -> CheckpointLine:
    """The line of one endpoint, from its signals and its scores [variant, seed] at each point."""
    told = _told(tables[-1])
    order = [np.sign(_differences(table)) for table in tables]
    points = [
        PointQuality(
            share=share,
            signal=signal,
            kept=int((signs == order[-1])[told].sum()),
            cost=_cost(share, signal, end),
        )
        for share, signal, signs in zip(shares, here, order, strict=True)
    ]
    correlations = rank_correlations(tables)
    return CheckpointLine(
        task=end.task,
        metric=end.metric,
        language=end.language,
        primary=end.primary,
        unit=end.unit,
        monotonic=_range(correlations),
        told=int(told.sum()),
        points=tuple(points),
        seed_noise=end.noise,
        late_noise=_late_noise(tables, shares),
        trusted=_trusted(points, int(told.sum()), correlations),
    )


def _cost(share: float, here: Signal | None, end: Signal) -> float | None:
    """Training for the certainty of the end, in that of the end: seeds go with the square."""
    if here is None or here.ratio <= 0 or not end.tells_apart or end.ratio <= 0:
        return None
    return float(share * (end.ratio / here.ratio) ** 2)


def _key(one: Signal | ScoredEndpoint) -> Key:
    return one.task, one.metric, one.language


def _range(values: Floats) -> tuple[float, float, float] | None:
    """Mean, least and greatest; None of nothing."""
    if not len(values):
        return None
    return float(values.mean()), float(values.min()), float(values.max())


def _differences(table: Floats) -> Floats:
    """Differences of the means of every pair of variants."""
    means = table.mean(axis=1)
    first, second = np.triu_indices(len(means), k=1)
    return np.asarray(means[first] - means[second])


def _told(table: Floats) -> Floats:
    """The pairs of variants that the scores [variant, seed] tell apart.

    A t test of each with the spread of all variants, at 5 %.
    """
    variants, seeds = table.shape
    error = float(np.sqrt(2 * table.var(axis=1, ddof=1).mean() / seeds))
    bound = float(special_functions().stdtrit(variants * (seeds - 1), UPPER_TAIL)) * error
    return np.asarray(np.abs(_differences(table)) > bound)


def _late_noise(tables: Sequence[Floats], shares: Sequence[float]) -> float | None:
    """Standard deviation of the last points of a training around a straight line, over all runs.

    Of the last half of the points, and at least three.
    """
    count = max(FEWEST_LATE, -(-len(tables) // 2))
    if len(tables) < count or len({table.shape for table in tables}) > 1:
        return None
    late = np.stack(tables[-count:]).reshape(count, -1)
    design = np.stack([np.ones(count), np.asarray(shares[-count:])], axis=1)
    fitted = design @ np.linalg.lstsq(design, late, rcond=None)[0]
    return float(np.sqrt(((late - fitted) ** 2).sum() / ((count - 2) * late.shape[1])))


def _trusted(points: Sequence[PointQuality], told: int, correlations: Floats) -> int | None:
    """The first point from which on all tell the variants apart and order them as the end does.

    None if the end itself does not, or scores do not grow with steps.
    """
    if not told or (len(correlations) and float(correlations.mean()) < MONOTONIC):
        return None
    first = None
    for place in reversed(range(len(points))):
        signal = points[place].signal
        if signal is None or not signal.tells_apart or points[place].kept < told:
            break
        first = place
    return first
