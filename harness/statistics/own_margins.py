"""Margins from runs of one dataset with several seeds: an A/A run of the user's own config.

The method is that of ``aa_study``: the larger of the difference that groups of identical data show
in 2.5 % of cases and the margin at which they are shown to be non-inferior in half of all
experiments. What such a margin is worth depends on the seeds: it is proportional to the estimated
spread between them, so its 95 % interval is that of a standard deviation with k - 1 degrees of
freedom: with 5 seeds from 0.6 to 2.9 times, with 9 from 0.68 to 1.92 times what was estimated.
"""

import math
from collections.abc import Sequence
from typing import Final

from harness.statistics.aa_study import MIN_STUDY_SEEDS, AACells, AAStudy, aa_study
from harness.statistics.measured_margin import MeasuredMargin
from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.score_arrays import Runs, endpoints
from harness.statistics.special_functions import special_functions
from harness.statistics.verdict import Margins
from leaderboard.metric_kinds import is_bpb
from leaderboard.records import NON_ENGLISH
from tasks import registry

_WHOLE_TEXTS: Final = "bpb"
"""Bits per byte of whole reference texts, not of the digits in them."""


def measured_margins(runs: Runs) -> tuple[list[MeasuredMargin], AAStudy]:
    """The margin of every average over non-English languages, and the study that they are from.

    Raises:
        ValueError: fewer than five seeds, or no average with any spread.
    """
    if len(runs) < MIN_STUDY_SEEDS:
        raise ValueError(
            f"margins need at least {MIN_STUDY_SEEDS} seeds of one dataset, got {len(runs)}"
        )
    cells = [
        AACells(
            task=one.task,
            metric=one.metric,
            languages=one.languages,
            scores=one.arms[""],
            higher_is_better=one.higher_is_better,
        )
        for one in endpoints({"": runs})
        if one.language == NON_ENGLISH and one.table("").mean(axis=1).std() > 0
    ]
    if not cells:
        raise ValueError(
            "no task has an average over non-English languages that differs between seeds"
        )
    study = aa_study(cells)
    primary = _primary(cells)
    least, most = sd_factors(len(runs))
    found = [
        MeasuredMargin(
            task=one.task,
            metric=one.metric,
            primary=(one.task, one.metric) in primary,
            noise_floor=one.noise_floor,
            even_odds=one.even_odds,
            margin=one.margin,
            low=one.even_odds * least,
            high=max(one.margin, one.even_odds * most),
        )
        for one in study.margins
    ]
    return found, study


def _primary(cells: Sequence[AACells]) -> set[tuple[str, str]]:
    """The tasks and metrics that margins of runs are made of.

    They are the tasks' primary metrics. If bits per byte are none of them, those of whole reference
    texts count as well: a margin holds for every row of a table, and such a row needs one.
    """
    every = {(cell.task, cell.metric) for cell in cells}
    found = {one for one in every if registry.get(one[0]).primary_metric == one[1]}
    if any(is_bpb(metric) for _, metric in found):
        return found
    return found | {one for one in every if one[1] == _WHOLE_TEXTS}


def sd_factors(seeds: int) -> tuple[float, float]:
    """The 95 % interval of a standard deviation between seeds, in units of its estimate."""
    special, df = special_functions(), seeds - 1
    low, high = (
        math.sqrt(df / float(special.chdtri(df, tail))) for tail in (1 - UPPER_TAIL, UPPER_TAIL)
    )
    return low, high


def margins_for_runs(found: Sequence[MeasuredMargin]) -> Margins:
    """The largest margin of each scale's primary metrics, rounded up to half a point."""
    largest: dict[str, float] = {}
    for one in found:
        if one.primary:
            scale = "bpb" if is_bpb(one.metric) else "accuracy"
            largest[scale] = max(largest.get(scale, 0.0), one.margin)
    rounded = {scale: math.ceil(value * 200 - 1e-9) / 200 for scale, value in largest.items()}
    return Margins(**{scale: value for scale, value in rounded.items() if value > 0})
