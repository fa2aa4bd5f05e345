"""Which differences a design of seeds and problems can see, from the components of earlier runs.

The difference of two arms, d[s, i] over seeds and problems (clusters of them, if they have any),
has the three components of ``harness.statistics.two_way``: seeds, problems, and the rest with the
interaction. Earlier runs give their sizes; a design is a number of seeds and of problems. Its power
is that of the interval that the tables really print: the mean squares of the design are drawn from
their distribution (scaled chi-squares), each draw gives a half width by the same formula as there,
and the mean, which is independent of them, misses that by a normal error. So a test with three
seeds is as weak here as it is there, although its variance is known.

One curve serves both claims. "Better" and "worse" need a lower bound above 0: the distance is the
true difference. "Non-inferior" needs a lower bound above minus the margin: the distance is margin
plus true difference. Shares of right answers can have Tango's interval, which is wider where few
outcomes differ; the half width is then scaled by how much wider it is expected to be.

Components from few seeds are uncertain themselves. Every answer has a 95 % interval: each mean
square is divided by draws of its chi-square (a generalised confidence interval; Weerahandi 1993),
and the answer is computed for each. With three seeds in one pair of arms it spans a factor of ten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
import numpy as np

from harness.statistics.proportions import UPPER_TAIL, paired_bounds
from harness.statistics.special_functions import special_functions
from harness.statistics.two_way import (
    Floats,
    MeanSquares,
    mean_squares,
    t_quantile,
    variance_and_df,
)
from leaderboard.power_results import PlannedNumber

if TYPE_CHECKING:
    from scipy import special

    from harness.statistics.score_arrays import ScoredEndpoint
else:
    special = special_functions()

POWER = 0.8
"""The usual power that a design is planned for."""

MOST_SEEDS = 200
MOST_CLUSTERS = 100_000
"""Beyond these a wished-for difference counts as out of reach."""

_DRAWS = 2048
"""Of mean squares, for one power: its error is under 0.002."""
_FEW_DRAWS = 128
_SCENARIOS = 240
"""Of components, for an interval."""
_HALVINGS = 28


Claim: TypeAlias = Literal["difference", "non-inferior"]
"""What is to be shown: that two arms differ, or that identical data lose less than a margin."""


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """A number of seeds for each arm, and of clusters of problems."""

    seeds: int
    clusters: int


class Components(msgspec.Struct, frozen=True, kw_only=True):
    """Variance components of the difference of two arms, and what they were estimated from.

    `squares` are the mean squares over `design` (those of one difference, pooled over the pairs of
    arms), `df` the degrees of freedom of its seeds. `discordant` is the share of outcomes in which
    two arms differ, None for bits per byte. `same_data`: the arms were seeds of one variant.
    """

    squares: MeanSquares
    design: Design
    df: float
    discordant: float | None
    same_data: bool

    @property
    def parts(self) -> tuple[float, float, float]:
        """The variances of seeds, problems and the rest; none below 0."""
        return (
            max(self.squares.seeds - self.squares.residual, 0.0) / self.design.clusters,
            max(self.squares.problems - self.squares.residual, 0.0) / self.design.seeds,
            self.squares.residual,
        )


def components_of(endpoint: ScoredEndpoint, reference: str) -> Components:
    """The components of a variant's difference to the reference, pooled over the variants.

    If there is only the reference, those of the difference of two groups of its runs with other
    seeds: identical data, in which what problems contribute cancels.

    Raises:
        ValueError: fewer than two seeds.
    """
    base = endpoint.table(reference)
    if base.shape[0] < 2:
        raise ValueError("the spread between seeds needs at least 2 seeds")
    design = Design(seeds=base.shape[0], clusters=base.shape[1])
    others = [name for name in endpoint.arms if name != reference]
    if not others:
        own = mean_squares(base)
        return Components(
            squares=MeanSquares(
                seeds=2 * own.seeds, problems=2 * own.residual, residual=2 * own.residual
            ),
            design=design,
            df=design.seeds - 1.0,
            discordant=_discordant(endpoint, _seed_pairs(endpoint, reference)),
            same_data=True,
        )
    found = [mean_squares(endpoint.table(name) - base) for name in others]
    pairs = [(endpoint.arms[name], endpoint.arms[reference]) for name in others]
    return Components(
        squares=MeanSquares(
            seeds=float(np.mean([one.seeds for one in found])),
            problems=float(np.mean([one.problems for one in found])),
            residual=float(np.mean([one.residual for one in found])),
        ),
        design=design,
        # Differences to one reference share its runs: their correlation is 1/2, that of their
        # chi-squares 1/4.
        df=(design.seeds - 1) * len(others) / (1 + (len(others) - 1) / 4),
        discordant=_discordant(endpoint, pairs),
        same_data=False,
    )


def _seed_pairs(endpoint: ScoredEndpoint, arm: str) -> list[tuple[Floats, Floats]]:
    scores = endpoint.arms[arm]
    return [(scores[[a]], scores[[b]]) for a, b in combinations(range(scores.shape[0]), 2)]


def _discordant(endpoint: ScoredEndpoint, pairs: Sequence[tuple[Floats, Floats]]) -> float | None:
    if not endpoint.higher_is_better:
        return None
    return float(np.mean([np.abs(first - second).mean() for first, second in pairs]))


def power_at(
    components: Components, design: Design, distance: float, claim: Claim = "difference"
) -> float:
    """The power to show a true difference of this size, or non-inferiority within this margin."""
    half, error = _half_widths(components, _stacked(components), design, _DRAWS)
    half = half * _wider(components, design, distance, claim)
    return float(_power(half, error, np.array([distance]))[0])


def power_interval(
    components: Components, design: Design, distance: float, claim: Claim = "difference"
) -> PlannedNumber:
    """`power_at` with its interval over what the components may be."""
    half, error = _half_widths(components, _scenarios(components), design, _FEW_DRAWS)
    half = half * _wider(components, design, distance, claim)
    drawn = _power(half, error, np.full(len(error), distance))
    return _answer(power_at(components, design, distance, claim), drawn)


def detectable(
    components: Components, design: Design, power: float = POWER, claim: Claim = "difference"
) -> PlannedNumber:
    """The true difference that this design finds with this power, or the margin that it can meet.

    The margin is that within which identical data are shown to be non-inferior with this power.
    """
    value = _reach(components, _stacked(components), design, power, claim, _DRAWS)
    drawn = _reach(components, _scenarios(components), design, power, claim, _FEW_DRAWS)
    return _answer(float(value[0]), drawn)


def seeds_needed(
    components: Components,
    clusters: int,
    distance: float,
    power: float,
    claim: Claim = "difference",
    *,
    least: int = 3,
) -> PlannedNumber:
    """The seeds that show this distance with this many clusters; at least `least`."""

    def design(seeds: int) -> Design:
        return Design(seeds=seeds, clusters=clusters)

    return _needed(components, design, (distance, power, claim), (least, MOST_SEEDS))


def clusters_needed(
    components: Components,
    seeds: int,
    distance: float,
    power: float,
    claim: Claim = "difference",
) -> PlannedNumber:
    """The clusters of problems that show this distance with this many seeds."""

    def design(clusters: int) -> Design:
        return Design(seeds=seeds, clusters=clusters)

    return _needed(components, design, (distance, power, claim), (2, MOST_CLUSTERS))


def _needed(
    components: Components,
    design_of: Callable[[int], Design],
    wish: tuple[float, float, Claim],
    bounds: tuple[int, int],
) -> PlannedNumber:
    """The least number with which a distance is shown with this power, and its interval.

    A number is at the lower end when so few of what the components may be ask for no more, at the
    upper end when so few ask for more.
    """
    distance, power, claim = wish
    stacked, scenarios = _stacked(components), _scenarios(components)

    @cache
    def shares(number: int, estimate: bool) -> Floats:
        squares, draws = (stacked, _DRAWS) if estimate else (scenarios, _FEW_DRAWS)
        design = design_of(number)
        half, error = _half_widths(components, squares, design, draws)
        half = half * _wider(components, design, distance, claim)
        return np.sort(_power(half, error, np.full(len(error), distance)))

    tail = round((1 - UPPER_TAIL) * (len(scenarios) - 1))
    value = _smallest(lambda n: bool(shares(n, True)[0] >= power), *bounds)
    low = _smallest(lambda n: bool(shares(n, False)[-1 - tail] >= power), *bounds)
    high = _smallest(lambda n: bool(shares(n, False)[tail] >= power), *bounds)
    return PlannedNumber(value=value, low=min(low, value), high=max(high, value))


def _smallest(enough: Callable[[int], bool], least: int, most: int) -> float:
    """The smallest number that is enough, by doubling and halving; infinite if `most` is not."""
    high = least
    while not enough(high):
        if high == most:
            return float("inf")
        least, high = high + 1, min(high * 2, most)
    while least < high:
        middle = (least + high) // 2
        least, high = (least, middle) if enough(middle) else (middle + 1, high)
    return float(high)


def _stacked(components: Components) -> Floats:
    """The mean squares as one scenario, [1, 3]: seeds, problems, rest."""
    squares = components.squares
    return np.array([[squares.seeds, squares.problems, squares.residual]])


def _scenarios(components: Components) -> Floats:
    """Mean squares as they may truly be, [scenario, 3]."""
    rng = np.random.default_rng(0)
    rows, columns = components.design.seeds - 1, components.design.clusters - 1
    df = (components.df, columns, rows * columns)
    drawn = np.stack([rng.chisquare(f, _SCENARIOS) / f for f in df], axis=1)
    squares = np.asarray(_stacked(components) / drawn)
    if components.same_data:
        squares[:, 1] = squares[:, 2]  # problems cancel, whatever the rest is
    return squares


def _expected(components: Components, squares: Floats, design: Design) -> Floats:
    """The mean squares to expect of a design, from those that were seen, [scenario, 3]."""
    rest = squares[:, 2]
    seeds = np.maximum(squares[:, 0] - rest, 0) / components.design.clusters
    problems = np.maximum(squares[:, 1] - rest, 0) / components.design.seeds
    return np.stack([design.clusters * seeds + rest, design.seeds * problems + rest, rest], axis=1)


def _half_widths(
    components: Components, squares: Floats, design: Design, draws: int
) -> tuple[Floats, Floats]:
    """Half widths that the design's intervals will have, [scenario, draw]; true errors [scenario].

    Raises:
        ValueError: the design has fewer than two seeds or clusters.
    """
    if design.seeds < 2 or design.clusters < 2:
        raise ValueError("a design needs at least 2 seeds and 2 clusters of problems")
    expected = _expected(components, squares, design)
    df_s, df_q = design.seeds - 1, design.clusters - 1
    rng = np.random.default_rng(1)
    chi = np.stack([rng.chisquare(f, draws) / f for f in (df_s, df_q, df_s * df_q)])
    n = design.seeds * design.clusters
    v_s, v_q, v_e = (expected[:, [k]] * chi[k] / n for k in range(3))
    variance = np.maximum(v_q, v_q + v_s - v_e)
    error = np.sqrt((expected[:, 0] + expected[:, 1] - expected[:, 2]) / n)
    return _quantiles(variance, v_s, v_q, df_s, df_q) * np.sqrt(variance), error


def _quantiles(variance: Floats, v_s: Floats, v_q: Floats, df_s: int, df_q: int) -> Floats:
    """The t quantiles of `two_way.variance_and_df`, for arrays."""
    least, most = min(df_s, df_q), max(df_s, df_q)
    # The quantile is smooth in 1 / df: read from a table, it is off by less than 1e-4.
    inverse = np.linspace(1 / most, 1 / least, 512)
    table = special.stdtrit(1 / inverse, UPPER_TAIL)
    with np.errstate(invalid="ignore", divide="ignore"):
        satterthwaite = variance**2 / (v_s**2 / df_s + v_q**2 / df_q)
        squared = t_quantile(df_s) ** 2 * (variance - v_q) + t_quantile(df_q) ** 2 * v_q
        cochran = np.sqrt(squared / variance)
    df = np.clip(np.nan_to_num(satterthwaite, nan=float(most)), least, most)
    guard = np.minimum(np.nan_to_num(cochran, nan=0.0), t_quantile(least))
    return np.asarray(np.maximum(np.interp(1 / df, inverse, table), guard))


def _wider(components: Components, design: Design, distance: float, claim: Claim) -> float:
    """How much wider than the t interval Tango's is to be expected; 1 for bits per byte.

    It depends on how many outcomes differ: those of the earlier runs, or all that the difference
    itself needs.
    """
    if components.discordant is None or components.discordant == 0:
        return 1.0
    (seeds, problems, rest) = _expected(components, _stacked(components), design)[0]
    squares = MeanSquares(seeds=seeds, problems=problems, residual=rest)
    variance, df = variance_and_df(squares, design.seeds, design.clusters)
    if variance == 0:
        return 1.0
    effect = min(distance, 1.0) if claim == "difference" else 0.0
    differing = max(components.discordant, effect)
    gains, losses = (differing + effect) / 2, (differing - effect) / 2
    quantile = t_quantile(df)
    size = max(differing - effect**2, 1e-12) / variance
    low, _ = paired_bounds(gains, losses, size, quantile)
    return max(1.0, (effect - low) / (quantile * float(np.sqrt(variance))))


def _power(half: Floats, error: Floats, distance: Floats) -> Floats:
    """The share of draws whose lower bound is above 0, [scenario]."""
    room = distance[:, None] - half
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = special.ndtr(room / error[:, None])
    return np.asarray(np.where(error[:, None] > 0, shares, room >= 0).mean(axis=1))


def _reach(
    components: Components,
    squares: Floats,
    design: Design,
    power: float,
    claim: Claim,
    draws: int,
) -> Floats:
    """The distance at which a design has this power, [scenario]."""
    half, error = _half_widths(components, squares, design, draws)
    plain = _distances(half, error, power)
    if components.discordant is None:
        return plain
    own, own_error = _half_widths(components, _stacked(components), design, _FEW_DRAWS)
    near = float(_distances(own, own_error, power)[0])
    factor = _wider(components, design, near, claim)
    return plain if factor == 1 else _distances(half * factor, error, power)


def _distances(half: Floats, error: Floats, power: float) -> Floats:
    low, high = np.zeros(len(error)), half.max(axis=1) + 9 * error
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = _power(half, error, middle) >= power
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.asarray(high)


def _answer(value: float, drawn: Floats) -> PlannedNumber:
    low, high = np.quantile(drawn, [1 - UPPER_TAIL, UPPER_TAIL])
    return PlannedNumber(value=value, low=min(float(low), value), high=max(float(high), value))
