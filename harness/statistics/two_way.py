"""The two-way model of scores over seeds and problems: variance and degrees of freedom.

"Problem" means a cluster here where problems have clusters (``harness.statistics.clusters``). Seeds
and problems are crossed and both are random effects (other seeds, other problems could have been
drawn), so the model is

    d[s, i] = mu + a_s + b_i + e_si      a: seed, b: problem, e: interaction and noise

With the two-way mean squares E[MS_s] = Q var(a) + var(e), E[MS_q] = S var(b) + var(e) and
E[MS_e] = var(e), and V_x := MS_x / (S Q), the variance of the grand mean is

    var(a)/S + var(b)/Q + var(e)/(S Q) = E[MS_s + MS_q - MS_e] / (S Q) = E[V_q + V_s - V_qs]

and the estimate is V = max(V_q, V_q + V_s - V_qs): it never falls below the variance from problems
alone.

Degrees of freedom. Satterthwaite's formula for a difference of mean squares is too liberal with
three seeds: MS_s has two degrees of freedom, and when it is small by chance both V and the t
quantile shrink (coverage down to 92 %). Two guards, both consistent with V above:

1. Satterthwaite without the cancellation: df = V^2 / (V_s^2/(S-1) + V_q^2/(Q-1)), kept between
   S-1 and Q-1, so that a small V_s - V_qs does not make the df explode.
2. Cochran and Cox (1957): the squared quantile is at least the variance-weighted mean of
   t^2 with S-1 (on the part V - V_q that seeds add) and t^2 with Q-1 (on V_q).

The larger quantile is used, and ``df`` belongs to it. In simulations over S = 3 to 5, 8 to 160
problems and a between-seed spread of 0 to 10 times the question error, coverage is 93.8 to 99.0 %
(94.3 to 95.6 % if the spread is 5 or more), and highest without any spread
(``benchmarks/statistics_simulation.py --wide``; without ``--wide`` on discrete data).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.special_functions import root, special_functions

if TYPE_CHECKING:
    from scipy import special
else:
    special = special_functions()

Floats: TypeAlias = NDArray[np.float64]


class MeanSquares(msgspec.Struct, frozen=True, kw_only=True):
    """Two-way mean squares without replication; ``residual`` includes the interaction."""

    seeds: float
    problems: float
    residual: float


def t_quantile(df: float, probability: float = UPPER_TAIL) -> float:
    """Quantile of Student's t."""
    return float(special.stdtrit(df, probability))


def mean_squares(table: Floats) -> MeanSquares:
    """Mean squares of table[seed, problem]; with one seed all but ``problems`` are 0."""
    seeds, problems = table.shape
    grand = table.mean()
    by_seed = table.mean(axis=1, keepdims=True)
    by_problem = table.mean(axis=0, keepdims=True)
    ms_problems = seeds * float(((by_problem - grand) ** 2).sum()) / (problems - 1)
    if seeds == 1:
        return MeanSquares(seeds=0.0, problems=ms_problems, residual=0.0)
    rest = float(((table - by_seed - by_problem + grand) ** 2).sum())
    return MeanSquares(
        seeds=problems * float(((by_seed - grand) ** 2).sum()) / (seeds - 1),
        problems=ms_problems,
        residual=rest / ((seeds - 1) * (problems - 1)),
    )


def is_round_off(variance: float, table: Floats) -> bool:
    """Whether a variance is no more than the round-off between equal entries of the table."""
    return variance <= (1e-12 * max(1.0, float(np.abs(table).max()))) ** 2


def mean_variance_df(table: Floats, tail: float = UPPER_TAIL) -> tuple[float, float, float]:
    """Grand mean of table[seed, problem], its variance V and degrees of freedom (see the top).

    The degrees of freedom are for the quantile ``tail``.
    """
    seeds, problems = table.shape
    value = float(table.mean())
    variance, df = variance_and_df(mean_squares(table), seeds, problems, tail)
    # Round-off between equal entries must count as zero, or 0 / 0 sets the degrees of freedom.
    scale = float(np.abs(table).max())
    if variance <= (1e-14 * scale) ** 2:
        return value, 0.0, float(problems - 1)
    return value, variance, df


def variance_and_df(
    squares: MeanSquares, seeds: int, problems: int, tail: float = UPPER_TAIL
) -> tuple[float, float]:
    """V of the grand mean and its guarded degrees of freedom (see the top of this file)."""
    n = seeds * problems
    v_q, v_s, v_qs = squares.problems / n, squares.seeds / n, squares.residual / n
    variance = max(v_q, v_q + v_s - v_qs)
    if seeds == 1 or variance == 0:
        return variance, float(problems - 1)
    return variance, _guarded_df(variance, v_q, v_s, seeds, problems, tail)


def _guarded_df(
    variance: float, v_q: float, v_s: float, seeds: int, problems: int, tail: float
) -> float:
    """Degrees of freedom under the two guards at the top of this file."""
    df_s, df_q = seeds - 1, problems - 1
    least, most = min(df_s, df_q), max(df_s, df_q)
    df = variance**2 / (v_s**2 / df_s + v_q**2 / df_q)
    df = min(max(df, least), most)
    seed_part = variance - v_q
    by_seeds, by_problems = t_quantile(df_s, tail), t_quantile(df_q, tail)
    cochran = float(np.sqrt((by_seeds**2 * seed_part + by_problems**2 * v_q) / variance))
    if cochran <= t_quantile(df, tail):
        return float(df)
    if cochran >= t_quantile(least, tail):
        return float(least)
    return root(lambda x: t_quantile(x, tail) - cochran, least, df, xtol=1e-6)
