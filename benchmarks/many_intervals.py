"""The intervals of `paired_mean` for many draws at once: 50 times as fast, and checked against it.

A draw is a pair of tables [seed, problem] without languages or clusters; of two seeds or more, as
one run a side has an exact test besides. `checked` compares the first draws of each block with
`paired_mean` itself, so that what is measured is what the tables print.

Beside the rule of the tables, `ours` (the t interval and Tango's together), three others can be
asked for: `t` and `tango` alone, and `apart`, which gives Tango's interval the variance by problems
alone and adds what seeds add to it as a t interval would.
"""

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from harness.statistics.estimators import FEW_DISCORDANT, Floats, paired_mean
from harness.statistics.proportions import UPPER_TAIL

Rule: TypeAlias = Literal["ours", "t", "tango", "apart"]

_HALVINGS = 50
_TOLERANCE = 1e-5
"""`two_way` finds some degrees of freedom to 1e-6."""
_COMPARED = 2
"""Draws of each block that are computed again by `paired_mean`."""


class Summaries(NamedTuple):
    """What the interval of a draw follows from, an array over draws each.

    `by_seeds`, `by_problems` and `residual` are the mean squares over the number of scores. The
    last has a row a draw: each problem's difference, summed over seeds.
    """

    value: Floats
    by_seeds: Floats
    by_problems: Floats
    residual: Floats
    gains: Floats
    losses: Floats
    differing: NDArray[np.int64]
    sums: Floats


class Bounds(NamedTuple):
    """Lower and upper ends, [draw]."""

    low: Floats
    high: Floats


def summaries(variant: Floats, reference: Floats) -> Summaries:
    """The summaries of tables [draw, seed, problem].

    Raises:
        ValueError: fewer than two seeds or problems.
    """
    difference = variant - reference
    _, seeds, problems = difference.shape
    if min(seeds, problems) < 2:
        raise ValueError(f"needs 2 seeds and 2 problems or more, got {seeds} and {problems}")
    n = seeds * problems
    value = difference.mean(axis=(1, 2))
    rest = difference - value[:, None, None]
    seed, problem = rest.mean(axis=2), rest.mean(axis=1)
    by_seeds = problems * (seed**2).sum(axis=1)
    by_problems = seeds * (problem**2).sum(axis=1)
    total = np.einsum("dsq,dsq->d", rest, rest)
    residual = np.maximum(total - by_seeds - by_problems, 0) / ((seeds - 1) * (problems - 1))
    size = np.abs(difference).sum(axis=(1, 2)) / n
    return Summaries(
        value=value,
        by_seeds=by_seeds / (seeds - 1) / n,
        by_problems=by_problems / (problems - 1) / n,
        residual=residual / n,
        gains=(size + value) / 2,
        losses=(size - value) / 2,
        differing=(np.abs(difference) > 1e-12).any(axis=1).sum(axis=1),
        sums=difference.sum(axis=1),
    )


def intervals(
    drawn: Summaries, seeds: int, problems: int, *, shares: bool = True, rule: Rule = "ours"
) -> Bounds:
    """The 95 % intervals; `shares`: of right and wrong answers, else t intervals."""
    variance = np.maximum(drawn.by_problems, drawn.by_problems + drawn.by_seeds - drawn.residual)
    quantile = _quantiles(variance, drawn, seeds, problems)
    half = quantile * np.sqrt(variance)
    low, high = drawn.value - half, drawn.value + half
    if not shares or rule == "t":
        return Bounds(low, high)
    added = np.zeros_like(variance)
    if rule == "apart":
        quantile = np.full_like(variance, special.stdtrit(problems - 1, UPPER_TAIL))
        added = np.maximum(half**2 - quantile**2 * drawn.by_problems, 0)
        variance = drawn.by_problems
    size = _effective_sizes(variance, drawn, seeds, problems)
    score_low = _lower_bounds(drawn.gains, drawn.losses, size, quantile, added)
    score_high = -_lower_bounds(drawn.losses, drawn.gains, size, quantile, added)
    if rule == "ours":
        score_low, score_high = np.minimum(low, score_low), np.maximum(high, score_high)
    return Bounds(np.maximum(score_low, -1.0), np.minimum(score_high, 1.0))


def _effective_sizes(variance: Floats, drawn: Summaries, seeds: int, problems: int) -> Floats:
    """How many independent outcomes would have this variance, as in `estimators`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = (drawn.gains + drawn.losses - drawn.value**2) / variance
    size = np.where((variance > 0) & (size > 0), np.minimum(size, seeds * problems), problems)
    return np.where(drawn.differing < FEW_DISCORDANT, np.minimum(size, problems), size)


def _quantiles(variance: Floats, drawn: Summaries, seeds: int, problems: int) -> Floats:
    """The quantiles of `two_way.variance_and_df`."""
    df_s, df_q = seeds - 1, problems - 1
    least, most = min(df_s, df_q), max(df_s, df_q)
    by_seeds, by_problems = (special.stdtrit(df, UPPER_TAIL) for df in (df_s, df_q))
    with np.errstate(divide="ignore", invalid="ignore"):
        df = variance**2 / (drawn.by_seeds**2 / df_s + drawn.by_problems**2 / df_q)
        part = drawn.by_problems / variance
    df = np.clip(np.nan_to_num(df, nan=most), least, most)
    cochran = np.sqrt(by_seeds**2 * (1 - part) + by_problems**2 * part)
    guard = np.minimum(np.nan_to_num(cochran), special.stdtrit(least, UPPER_TAIL))
    found = np.maximum(special.stdtrit(df, UPPER_TAIL), guard)
    return np.where(variance > 0, found, by_problems)


def _lower_bounds(
    gains: Floats, losses: Floats, size: Floats, quantile: Floats, added: Floats
) -> Floats:
    """The lower ends of `proportions.paired_bounds`; `added` goes to the squared half width."""
    seen = gains - losses
    low, high = -np.ones_like(seen), seen.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        b = (2 - gains + losses) * middle - gains - losses
        c = -losses * middle * (1 - middle)
        share = (np.sqrt(np.maximum(b * b - 8 * c, 0)) - b) / 4
        variance = np.maximum(2 * share + middle * (1 - middle), 0)
        outside = (seen - middle) ** 2 > quantile**2 * variance / size + added
        low, high = np.where(outside, middle, low), np.where(outside, high, middle)
    return low


def checked(
    variant: Floats, reference: Floats, *, shares: bool = True, rule: Rule = "ours"
) -> tuple[Summaries, Bounds]:
    """Summaries and intervals of tables [draw, seed, problem], some compared with `paired_mean`.

    What is compared is the rule of the tables, whichever is returned.

    Raises:
        AssertionError: the two do not agree: this file no longer follows the estimators.
    """
    _, seeds, problems = variant.shape
    drawn = summaries(variant, reference)
    found = intervals(drawn, seeds, problems, shares=shares)
    for k in range(min(_COMPARED, len(variant))):
        one = paired_mean(variant[k], reference[k], shares=shares)
        off = max(abs(one.low - found.low[k]), abs(one.high - found.high[k]))
        if off > _TOLERANCE:
            raise AssertionError(f"paired_mean is off by {off:.2g}: {one}, {found.low[k]}")
    if rule != "ours":
        found = intervals(drawn, seeds, problems, shares=shares, rule=rule)
    return drawn, found
