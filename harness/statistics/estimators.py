"""Estimators and 95 % intervals for scores and paired differences over seeds and problems.

Every array is score[seed, problem] or score[seed, problem, language]. A trailing language axis is
averaged within a problem first: the translations of one problem are one cluster, not several; then
problems are averaged within clusters, if they have any (``harness.statistics.clusters``). Seeds and
clusters are crossed: variance and degrees of freedom are those of ``harness.statistics.two_way``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.statistics.clusters import over_clusters
from harness.statistics.proportions import UPPER_TAIL, paired_bounds
from harness.statistics.proportions import wilson as wilson
from harness.statistics.sign_test import guarded
from harness.statistics.special_functions import special_functions
from harness.statistics.two_way import Floats as Floats
from harness.statistics.two_way import MeanSquares as MeanSquares
from harness.statistics.two_way import mean_squares as mean_squares
from harness.statistics.two_way import mean_variance_df
from harness.statistics.two_way import t_quantile as t_quantile
from harness.statistics.two_way import variance_and_df as variance_and_df
from leaderboard.estimate import Estimate

if TYPE_CHECKING:
    from scipy import special

    from harness.statistics.clusters import Index
else:
    special = special_functions()

FEW_DISCORDANT = 4
"""With fewer differing clusters nothing can be said about how far their outcomes agree over seeds:
they count as one outcome each."""


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


def over_languages(table: Floats) -> Floats:
    """table[seed, problem(, language)] -> table[seed, problem], the mean within a problem."""
    return np.asarray(table.mean(axis=2)) if table.ndim == 3 else table


def with_t_interval(table: Floats, problems: int, tail: float = UPPER_TAIL) -> Estimate:
    """The grand mean of table[seed, cluster] with its two-way t interval."""
    value, variance, df = mean_variance_df(table, tail)
    half = t_quantile(df, tail) * float(np.sqrt(variance))
    return Estimate(
        value=value,
        standard_error=float(np.sqrt(variance)),
        df=df,
        low=value - half,
        high=value + half,
        n_problems=problems,
        n_clusters=table.shape[1],
        n_seeds=table.shape[0],
        tail=tail,
    )


def paired_mean(
    variant: NDArray[np.generic],
    reference: NDArray[np.generic],
    clusters: Index | None = None,
    *,
    shares: bool = True,
    tail: float = UPPER_TAIL,
) -> Estimate:
    """Mean of variant minus reference, both [seed, problem] or [seed, problem, language].

    Row s is the same seed slot in both, column i the same problem, ``clusters`` the cluster number
    of each problem. If ``shares`` (scores are shares of right answers, between 0 and 1), the
    interval is the t interval and Tango's score interval together: where few problems differ, the t
    interval alone is too narrow (``harness.statistics.proportions``). It never leaves -1 to 1. One
    run a side is no surer than the exact test (``harness.statistics.sign_test``).
    """
    first, second = _pair(variant, reference)
    difference = over_languages(first - second)
    table = _clustered(difference, clusters)
    plain = with_t_interval(table, difference.shape[1], tail)
    bounded = min(first.min(), second.min()) >= 0 and max(first.max(), second.max()) <= 1
    found = _for_shares(plain, first, second, clusters) if shares and bounded else plain
    return guarded(found, table[0]) if len(table) == 1 else found


def _for_shares(plain: Estimate, first: Floats, second: Floats, clusters: Index | None) -> Estimate:
    """The estimate of a difference of shares: the t interval widened by Tango's."""
    gains, losses = (
        float(_clustered(over_languages(np.maximum(sign * (first - second), 0)), clusters).mean())
        for sign in (1, -1)
    )
    size = _effective_size(plain, gains + losses - plain.value**2, first, second, clusters)
    quantile = t_quantile(plain.df, plain.tail)
    low, high = paired_bounds(gains, losses, size, quantile)
    # The variance if there is no difference, so that p-value and interval agree on 0.
    error = max(plain.standard_error, float(np.sqrt((gains + losses) / size)))
    if gains == losses == 0:
        error = high / quantile
    return msgspec.structs.replace(
        plain,
        standard_error=error,
        low=max(min(plain.low, low), -1.0),
        high=min(max(plain.high, high), 1.0),
    )


def _effective_size(
    plain: Estimate, variance: float, first: Floats, second: Floats, clusters: Index | None
) -> float:
    """How many independent paired outcomes of this variance would give the two-way variance."""
    differing = _clustered(over_languages(np.abs(first - second)), clusters) > 1e-12
    if plain.standard_error == 0 or variance <= 0:
        return float(plain.n_clusters)
    size = variance / plain.standard_error**2
    if bool((((first == 0) | (first == 1)) & ((second == 0) | (second == 1))).all()):
        size = min(size, float(first.size))  # there are no more outcomes than graded ones
    if int(differing.any(axis=0).sum()) < FEW_DISCORDANT:
        size = min(size, float(plain.n_clusters))
    return size


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
    clusters: Index | None = None,
    *,
    tail: float = UPPER_TAIL,
) -> Estimate:
    """log bpb of the variant minus log bpb of the reference (below 0: the variant is better).

    Bits [S, Q] with bytes [Q], or [S, Q, L] with [Q, L]; the logs are averaged over languages. With
    clusters, bits and bytes are averaged within a cluster first.
    """
    _pair(bits_variant, bits_reference)
    variant, reference = (
        over_languages(clustered_logs(bits, bytes_, clusters))
        for bits in (bits_variant, bits_reference)
    )
    return with_t_interval(variant - reference, np.shape(bytes_)[0], tail)


def clustered_logs(
    bits: NDArray[np.generic], bytes_: NDArray[np.generic], clusters: Index | None
) -> Floats:
    """``log_bpb_scores`` of clusters; bits and bytes are averaged within one."""
    if clusters is None:
        return log_bpb_scores(bits, bytes_)
    sizes = np.asarray(bytes_, dtype=np.float64)
    _checked(bits, "bits")
    if (sizes <= 0).any():
        raise ValueError(f"bytes must be > 0, got {sizes.min()}: leave out empty targets")
    return log_bpb_scores(
        _clustered(np.asarray(bits, dtype=np.float64), clusters),
        _clustered(sizes[None], clusters)[0],
    )


def _clustered(table: Floats, clusters: Index | None) -> Floats:
    """table[seed, problem, ...] -> table[seed, cluster, ...].

    Raises:
        ValueError: all problems are of one cluster, which has no spread.
    """
    if clusters is not None and int(clusters.max()) < 1:
        raise ValueError("all problems are in 1 cluster: an interval needs at least 2")
    return over_clusters(table, clusters)


def score_bpb(
    bits: NDArray[np.generic], bytes_: NDArray[np.generic], clusters: Index | None = None
) -> Estimate:
    """Bits per byte of one configuration, with an interval from the log; shapes as above.

    The value is the geometric mean over seeds (and languages), so the difference of two of these
    logs equals the value of ``paired_log_ratio``. ``standard_error`` is in bits per byte.
    """
    table = over_languages(clustered_logs(bits, bytes_, clusters))
    logs = with_t_interval(table, np.shape(bytes_)[0])
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


def score_mean(
    scores: NDArray[np.generic], binary: bool, clusters: Index | None = None
) -> Estimate:
    """The mean of scores[S, Q] or [S, Q, L] with its interval; ``binary``: outcomes are 0 or 1.

    One run of 0/1 outcomes without clusters: Wilson's interval. Else Wilson's interval with
    effective size p(1-p)/V from the two-way variance V (Kott and Carr 1997), so that it stays
    within 0 and 1; for means of several samples a problem (``binary=False``) too. All 0 or all 1:
    Wilson on Q clusters, since V = 0 tells nothing there. Scores that are no shares (below 0 or
    above 1) get the two-way t interval.
    """
    table = _checked(scores, "scores")
    if binary and not np.isin(table, (0.0, 1.0)).all():
        raise ValueError("binary scores must be 0 or 1: average repeated samples with binary=False")
    flat = over_languages(table)
    plain = with_t_interval(_clustered(flat, clusters), flat.shape[1])
    if table.min() < 0 or table.max() > 1:
        return plain
    share = min(max(plain.value, 0.0), 1.0)
    size, quantile = float(plain.n_clusters), None
    at_bound = bool((table == 0).all() or (table == 1).all())
    plainly_binary = binary and clusters is None and table.size == flat.shape[1]
    if not at_bound and not plainly_binary:
        quantile = t_quantile(plain.df)
        size = _effective_outcomes(plain, share, float(table.size) if binary else None)
    low, high = wilson(share * size, size, quantile)
    error = plain.standard_error or float(np.sqrt(share * (1 - share) / size))
    return msgspec.structs.replace(plain, standard_error=error, low=low, high=high)


def _effective_outcomes(plain: Estimate, share: float, most: float | None) -> float:
    """The number of independent outcomes with the variance of ``plain``; at most ``most``.

    Of means of several samples it is not known how many outcomes there are: without any spread
    between clusters each counts as one.
    """
    if plain.standard_error == 0:
        return float(plain.n_clusters) if most is None else most
    size = share * (1 - share) / plain.standard_error**2
    return size if most is None else min(size, most)


def oriented(estimate: Estimate, higher_is_better: bool) -> Estimate:
    """The estimate, signed so that positive = better."""
    if higher_is_better:
        return estimate
    return msgspec.structs.replace(
        estimate, value=-estimate.value, low=-estimate.high, high=-estimate.low
    )


def p_two_sided(estimate: Estimate) -> float:
    """Two-sided p-value of "the effect is 0"; below 0.05 if the interval excludes 0."""
    if estimate.p_value is not None:
        return estimate.p_value
    if estimate.standard_error == 0:
        return 1.0 if estimate.value == 0 else 0.0
    t = abs(estimate.value) / estimate.standard_error
    return float(2 * special.stdtr(estimate.df, -t))


def p_worse(estimate: Estimate, higher_is_better: bool) -> float:
    """One-sided p-value for "the variant is worse"; below 0.025 if the interval says so."""
    effect = oriented(estimate, higher_is_better)
    if effect.p_value is not None:
        return one_sided(effect.p_value, effect.value)
    if effect.standard_error == 0:
        return 0.0 if effect.value < 0 else 1.0
    return float(special.stdtr(effect.df, effect.value / effect.standard_error))


def one_sided(p_value: float, effect: float) -> float:
    """The one-sided p-value for "worse" that belongs to a two-sided one; positive = better."""
    return p_value / 2 if effect < 0 else 1 - p_value / 2


def smallest_detectable(estimate: Estimate, power: float = 0.8) -> float:
    """The absolute true effect detected with this power at two-sided 5 %, by noncentral t."""
    if not 0.025 < power < 1:
        raise ValueError(f"power must be between 0.025 and 1, got {power}")
    critical = t_quantile(estimate.df, estimate.tail)
    return estimate.standard_error * float(special.nctdtrinc(estimate.df, 1 - power, critical))


def lower_error(effect: Estimate) -> float:
    """The standard error that belongs to the lower bound, which may lie farther off than the upper.

    ``effect`` is signed so that positive = better: this is the bound of non-inferiority.
    """
    return (effect.value - effect.low) / t_quantile(effect.df, effect.tail)


def power_noninferior(estimate: Estimate, margin: float) -> float:
    """Power to show non-inferiority within ``margin`` (> 0) if the true effect is 0.

    ``estimate`` is signed so that positive = better.
    """
    if not margin > 0:
        raise ValueError(f"margin must be > 0, got {margin}")
    error = max(lower_error(estimate), estimate.standard_error)
    if error <= 0:
        return 1.0
    distance = margin / error
    critical = t_quantile(estimate.df, estimate.tail)
    power = float(1 - special.nctdtr(estimate.df, distance, critical))
    # Far beyond the critical value scipy has no number for the noncentral t; the answer is 1.
    return 1.0 if distance > 1000 or np.isnan(power) else power


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


def holm_tested(p_values: Sequence[float | None]) -> list[float | None]:
    """`holm` over those that were tested; None stays None and is not in the family."""
    adjusted = iter(holm([p for p in p_values if p is not None]))
    return [None if p is None else next(adjusted) for p in p_values]
