"""Unbiased pass@k (Chen et al. 2021, arXiv 2107.03374, equation 1)."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class PassAtK(NamedTuple):
    """The mean over problems and its standard error, from 0 to 1; error NaN for one problem."""

    k: int
    value: float
    error: float


def estimate(samples: int, correct: int, k: int) -> float:
    """The probability that at least one of `k` samples passes, if `correct` of `samples` did.

    Computed as a product of ratios, since the binomial coefficients themselves overflow.

    Raises:
        ValueError: `k` is below 1 or above `samples`, or `correct` is not between 0 and `samples`.
    """
    if not 1 <= k <= samples:
        raise ValueError(f"k must be from 1 to {samples} samples, got {k}")
    if not 0 <= correct <= samples:
        raise ValueError(f"{correct} correct of {samples}")
    missed = 1.0
    for rest in range(samples - correct + 1, samples + 1):
        missed *= 1.0 - k / rest
    return 1.0 - max(0.0, missed) if samples - correct >= k else 1.0


def pass_at_k(
    counts: Sequence[tuple[int, int]], ks: Sequence[int], clusters: Sequence[str] = ()
) -> list[PassAtK]:
    """pass@k over problems given as (samples, correct), for each of `ks` that all allow.

    `clusters` names the cluster of each problem (see `tasks.benchmark.Problem`), "" for none. Those
    of a cluster are averaged first; mean and error are then over clusters.
    """
    scores = []
    for k in ks:
        if not counts or any(samples < k for samples, _ in counts):
            continue
        groups: dict[str | int, list[float]] = {}
        for place, (samples, correct) in enumerate(counts):
            cluster = clusters[place] if clusters else ""
            groups.setdefault(cluster or place, []).append(estimate(samples, correct, k))
        values = [sum(found) / len(found) for found in groups.values()]
        mean = sum(values) / len(values)
        spread = sum((value - mean) ** 2 for value in values)
        size = len(values)
        error = math.sqrt(spread / (size - 1) / size) if size > 1 else math.nan
        scores.append(PassAtK(k, mean, error))
    return scores
