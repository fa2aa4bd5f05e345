"""Estimators and 95 % intervals for scores and paired differences over seeds and problems.

Every array is score[seed, problem] or score[seed, problem, language]. A trailing language axis is
averaged within a problem first: the translations of one problem are one cluster, not several. Seeds
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

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.statistics.special_functions import special_functions
from leaderboard.estimate import Estimate

if TYPE_CHECKING:
    from scipy import special
else:
    special = special_functions()

Floats: TypeAlias = NDArray[np.float64]

UPPER_TAIL = 0.975
"""Quantile of two-sided 95 % intervals, and of the one-sided 2.5 % bound of non-inferiority."""

FEW_DISCORDANT = 4
"""With fewer differing problems the t interval is narrower than the bound for *no* differing
problem (1.96 sqrt(k) < 1.96^2 for k < 4), so that bound is the minimum half-width.
"""


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


def _mean_variance_df(table: Floats) -> tuple[float, float, float]:
    """Grand mean of table[seed, problem], its variance V and degrees of freedom (see the top)."""
    seeds, problems = table.shape
    value = float(table.mean())
    variance, df = variance_and_df(mean_squares(table), seeds, problems)
    # Round-off between equal entries must count as zero, or 0 / 0 sets the degrees of freedom.
    scale = float(np.abs(table).max())
    if variance <= (1e-14 * scale) ** 2:
        return value, 0.0, float(problems - 1)
    return value, variance, df


def variance_and_df(squares: MeanSquares, seeds: int, problems: int) -> tuple[float, float]:
    """V of the grand mean and its guarded degrees of freedom (see the top of this file)."""
    n = seeds * problems
    v_q, v_s, v_qs = squares.problems / n, squares.seeds / n, squares.residual / n
    variance = max(v_q, v_q + v_s - v_qs)
    if seeds == 1 or variance == 0:
        return variance, float(problems - 1)
    return variance, _guarded_df(variance, v_q, v_s, seeds, problems)


def _guarded_df(variance: float, v_q: float, v_s: float, seeds: int, problems: int) -> float:
    """Degrees of freedom under the two guards at the top of this file."""
    df_s, df_q = seeds - 1, problems - 1
    least, most = min(df_s, df_q), max(df_s, df_q)
    df = variance**2 / (v_s**2 / df_s + v_q**2 / df_q)
    df = min(max(df, least), most)
    seed_part = variance - v_q
    cochran = float(
        np.sqrt((t_quantile(df_s) ** 2 * seed_part + t_quantile(df_q) ** 2 * v_q) / variance)
    )
    if cochran <= t_quantile(df):
        return float(df)
    if cochran >= t_quantile(least):
        return float(least)
    from scipy import optimize  # slow to import, and only needed with several seeds

    return float(optimize.brentq(lambda x: t_quantile(x) - cochran, least, df, xtol=1e-6))


def _checked(array: NDArray[np.generic], name: str, ndims: tuple[int, ...] = (2, 3)) -> Floats:
    """The array as float64, or ValueError for a wrong shape, too few problems or a NaN."""
    values = np.asarray(array, dtype=np.float64)
    if values.ndim not in ndims or values.size == 0:
        raise ValueError(
            f"{name} must be score[seed, problem] or score[seed, problem, language], "
            f"got shape {values.shape}"
        )
    problem_axis = 1 if ndims == (2, 3) else 0
    if values.shape[problem_axis] < 2:
        raise ValueError(
            f"{name} has {values.shape[problem_axis]} problem: an interval needs at least 2; "
            "evaluate more problems"
        )
    if not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).sum())
        raise ValueError(
            f"{name} has {bad} values that are not finite: leave out problems that are not graded"
        )
    return values


def _pair(variant: NDArray[np.generic], reference: NDArray[np.generic]) -> tuple[Floats, Floats]:
    """Both arrays checked; they must have the same shape."""
    first, second = _checked(variant, "variant"), _checked(reference, "reference")
    if first.shape != second.shape:
        raise ValueError(
            f"variant {first.shape} and reference {second.shape} must have one shape: "
            "match rows by seed slot and columns by problem id"
        )
    return first, second


def _over_languages(table: Floats) -> Floats:
    """table[seed, problem(, language)] -> table[seed, problem], the mean within a problem."""
    return np.asarray(table.mean(axis=2)) if table.ndim == 3 else table


def _with_t_interval(table: Floats, least_half_width: float = 0.0) -> Estimate:
    """The grand mean of table[seed, problem] with its two-way t interval."""
    value, variance, df = _mean_variance_df(table)
    quantile = t_quantile(df)
    error = max(float(np.sqrt(variance)), least_half_width / quantile)
    return Estimate(
        value=value,
        standard_error=error,
        df=df,
        low=value - quantile * error,
        high=value + quantile * error,
        n_problems=table.shape[1],
        n_seeds=table.shape[0],
    )


def paired_mean(variant: NDArray[np.generic], reference: NDArray[np.generic]) -> Estimate:
    """Mean of variant minus reference, both [seed, problem] or [seed, problem, language].

    Row s is the same seed slot in both, column i the same problem. If scores are between 0 and 1
    and fewer than ``FEW_DISCORDANT`` problems differ, the half-width is at least Wilson's bound for
    0 out of Q: seeing no difference on eight problems does not prove there is none.
    """
    first, second = _pair(variant, reference)
    difference = _over_languages(first - second)
    bounded = min(first.min(), second.min()) >= 0 and max(first.max(), second.max()) <= 1
    differing = int((np.abs(difference) > 1e-12).any(axis=0).sum())
    same_everywhere = bool(np.ptp(difference) <= 1e-12)
    least = 0.0
    if bounded and (differing < FEW_DISCORDANT or same_everywhere):
        least = wilson(0, difference.shape[1])[1]
    return _with_t_interval(difference, least)


def log_bpb_scores(bits: NDArray[np.generic], bytes_: NDArray[np.generic]) -> Floats:
    """Linearised log bits per byte z, bits [S, Q(, L)] and bytes [Q(, L)] -> [S, Q(, L)].

    z[s, i] = log R_s + bits[s, i] / mean_i bits[s] - bytes[i] / mean_i bytes, with R_s = sum
    bits[s] / sum bytes: the delta method for the logarithm of a ratio of sums. The mean of z over
    problems is exactly log R_s, and its spread over problems is that of log R_s, so the two-way
    estimators apply to z as they do to accuracy.
    """
    bits = _checked(bits, "bits")
    sizes = _checked(bytes_, "bytes", (1, 2))
    if sizes.shape != bits.shape[1:]:
        raise ValueError(f"bytes {sizes.shape} must have the shape {bits.shape[1:]} of one run")
    if (sizes <= 0).any():
        raise ValueError(f"bytes must be > 0, got {sizes.min()}: leave out empty targets")
    totals = bits.sum(axis=1, keepdims=True)
    if (bits < 0).any() or (totals <= 0).any():
        raise ValueError(f"bits must be >= 0 and not all 0 in a run, got least {bits.min()}")
    logs = np.log(totals / sizes.sum(axis=0))
    z = logs + bits / bits.mean(axis=1, keepdims=True) - sizes / sizes.mean(axis=0)
    return np.asarray(z, dtype=np.float64)


def paired_log_ratio(
    bits_variant: NDArray[np.generic],
    bits_reference: NDArray[np.generic],
    bytes_: NDArray[np.generic],
) -> Estimate:
    """log bpb of the variant minus log bpb of the reference (below 0: the variant is better).

    Bits [S, Q] with bytes [Q], or [S, Q, L] with [Q, L]; the logs are averaged over languages.
    """
    _pair(bits_variant, bits_reference)
    variant, reference = (
        log_bpb_scores(bits_variant, bytes_),
        log_bpb_scores(bits_reference, bytes_),
    )
    return _with_t_interval(_over_languages(variant - reference))


def score_bpb(bits: NDArray[np.generic], bytes_: NDArray[np.generic]) -> Estimate:
    """Bits per byte of one configuration, with an interval from the log; shapes as above.

    The value is the geometric mean over seeds (and languages), so the difference of two of these
    logs equals the value of ``paired_log_ratio``. ``standard_error`` is in bits per byte.
    """
    logs = _with_t_interval(_over_languages(log_bpb_scores(bits, bytes_)))
    value = float(np.exp(logs.value))
    return msgspec.structs.replace(
        logs,
        value=value,
        standard_error=logs.standard_error * value,
        low=float(np.exp(logs.low)),
        high=float(np.exp(logs.high)),
    )


def as_percent(log_ratio: Estimate) -> Estimate:
    """A log-ratio as percent change: 0.01 -> 1.005 %; standard error by the delta method."""
    return _from_log(log_ratio, 100.0)


def as_bpb_difference(log_ratio: Estimate, reference_bpb: float) -> Estimate:
    """A log-ratio as a difference in bits per byte at the reference's score, taken as fixed."""
    if not reference_bpb > 0:
        raise ValueError(f"reference_bpb must be > 0, got {reference_bpb}")
    return _from_log(log_ratio, reference_bpb)


def _from_log(log_ratio: Estimate, scale: float) -> Estimate:
    """scale * (exp(x) - 1) for the value and the interval."""
    return msgspec.structs.replace(
        log_ratio,
        value=scale * float(np.expm1(log_ratio.value)),
        standard_error=scale * log_ratio.standard_error * float(np.exp(log_ratio.value)),
        low=scale * float(np.expm1(log_ratio.low)),
        high=scale * float(np.expm1(log_ratio.high)),
    )


def wilson(successes: float, n: float, quantile: float | None = None) -> tuple[float, float]:
    """Wilson's 95 % interval for a proportion; n may be a fractional effective size."""
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"wilson needs 0 <= successes <= n and n > 0, got {successes} of {n}")
    z = float(special.ndtri(UPPER_TAIL)) if quantile is None else quantile
    share, scale = successes / n, 1 + z**2 / n
    middle = (share + z**2 / (2 * n)) / scale
    half = z / scale * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    # The bounds are exactly 0 and 1 there; round-off would print "-0.0".
    low = 0.0 if successes == 0 else middle - half
    return low, 1.0 if successes == n else middle + half


def score_mean(scores: NDArray[np.generic], binary: bool) -> Estimate:
    """The mean of scores[S, Q] or [S, Q, L] with its interval; ``binary``: outcomes are 0 or 1.

    One run of 0/1 outcomes: Wilson's interval. Several seeds or languages: Wilson's interval with
    effective size p(1-p)/V from the two-way variance V (Kott and Carr 1997), so that it stays
    within 0 and 1. Repeated samples averaged per problem (``binary=False``): the two-way t
    interval. All 0 or all 1: Wilson on Q problems, since V = 0 tells nothing there.
    """
    table = _checked(scores, "scores")
    if binary and not np.isin(table, (0.0, 1.0)).all():
        raise ValueError("binary scores must be 0 or 1: average repeated samples with binary=False")
    at_bound = bool((table == 0).all() or (table == 1).all())
    flat = _over_languages(table)
    plain = _with_t_interval(flat)
    if not binary and not at_bound:
        return plain
    n_problems, share = flat.shape[1], min(max(plain.value, 0.0), 1.0)
    size, quantile = float(n_problems), None
    if not at_bound and table.size > n_problems:
        quantile = t_quantile(plain.df)
        variance = plain.standard_error**2
        # There cannot be more independent outcomes than graded ones.
        size = min(share * (1 - share) / variance, table.size) if variance else float(table.size)
    low, high = wilson(share * size, size, quantile)
    error = plain.standard_error or float(np.sqrt(share * (1 - share) / size))
    return msgspec.structs.replace(plain, standard_error=error, low=low, high=high)


def oriented(estimate: Estimate, higher_is_better: bool) -> Estimate:
    """The estimate, signed so that positive = better."""
    if higher_is_better:
        return estimate
    return msgspec.structs.replace(
        estimate, value=-estimate.value, low=-estimate.high, high=-estimate.low
    )


def p_two_sided(estimate: Estimate) -> float:
    """Two-sided p-value of "the effect is 0"; below 0.05 if the interval excludes 0."""
    if estimate.standard_error == 0:
        return 1.0 if estimate.value == 0 else 0.0
    t = abs(estimate.value) / estimate.standard_error
    return float(2 * special.stdtr(estimate.df, -t))


def p_worse(estimate: Estimate, higher_is_better: bool) -> float:
    """One-sided p-value for "the variant is worse"; below 0.025 if the interval says so."""
    effect = oriented(estimate, higher_is_better)
    if effect.standard_error == 0:
        return 0.0 if effect.value < 0 else 1.0
    return float(special.stdtr(effect.df, effect.value / effect.standard_error))


def smallest_detectable(estimate: Estimate, power: float = 0.8) -> float:
    """The absolute true effect detected with this power at two-sided 5 %, by noncentral t."""
    if not 0.025 < power < 1:
        raise ValueError(f"power must be between 0.025 and 1, got {power}")
    critical = t_quantile(estimate.df)
    return estimate.standard_error * float(special.nctdtrinc(estimate.df, 1 - power, critical))


def power_noninferior(estimate: Estimate, margin: float) -> float:
    """Power to show non-inferiority within ``margin`` (> 0) if the true effect is 0."""
    if not margin > 0:
        raise ValueError(f"margin must be > 0, got {margin}")
    if estimate.standard_error == 0:
        return 1.0
    distance = margin / estimate.standard_error
    critical = t_quantile(estimate.df)
    if distance > 1000:  # beyond the range of the noncentral t, and the answer is 1
        return 1.0
    return float(1 - special.nctdtr(estimate.df, distance, critical))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm-adjusted p-values, in the order given."""
    if any(not 0 <= p <= 1 for p in p_values):
        raise ValueError(f"p-values must be between 0 and 1, got {list(p_values)}")
    if not p_values:
        return []
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values)
    # Holm (1979): the smallest of n times n, the next times n - 1, ...; none below one before it.
    scaled = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return [float(p) for p in adjusted]
