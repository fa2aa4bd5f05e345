"""Intervals of shares and of their paired differences that hold near 0 and 1.

Near its bounds a share says how far it can spread: a mean of 0.98 cannot have the variance of one
of 0.5. A t interval knows only the spread that it saw, and where a handful of problems differ it is
by chance too narrow just when the difference looks small. Score intervals ask instead which true
values are compatible with what was seen, each with the variance that *it* would have: Wilson (1927)
for one share, Tango (Statistics in Medicine 17, 1998) for a paired difference.

Both are for independent outcomes. Seeds, languages and clusters make outcomes alike, so the counts
are those of an effective size: the number of independent outcomes that would give the two-way
variance V of the estimate (Kott and Carr 1997).
"""

import math

from harness.statistics.special_functions import special_functions

UPPER_TAIL = 0.975
"""Quantile of two-sided 95 % intervals, and of the one-sided 2.5 % bound of non-inferiority."""

_HALVINGS = 60
"""Of an interval of length 2: to the last digit of a float."""


def wilson(successes: float, n: float, quantile: float | None = None) -> tuple[float, float]:
    """Wilson's 95 % interval for a proportion; n may be a fractional effective size."""
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"wilson needs 0 <= successes <= n and n > 0, got {successes} of {n}")
    z = float(special_functions().ndtri(UPPER_TAIL)) if quantile is None else quantile
    share, scale = successes / n, 1 + z**2 / n
    middle = (share + z**2 / (2 * n)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    # The bounds are exactly 0 and 1 there; round-off would print "-0.0".
    low = 0.0 if successes == 0 else middle - half
    return low, 1.0 if successes == n else middle + half


def null_variance(gains: float, losses: float, difference: float) -> float:
    """The variance of one paired outcome if the true difference of two shares is `difference`.

    `gains` and `losses` are the shares of outcomes that only the variant and only the reference got
    right; the share of losses is its restricted maximum likelihood estimate (Tango, equation 6).
    """
    b = (2 - gains + losses) * difference - gains - losses
    c = -losses * difference * (1 - difference)
    share = (math.sqrt(max(b * b - 8 * c, 0.0)) - b) / 4
    return max(2 * share + difference * (1 - difference), 0.0)


def paired_bounds(gains: float, losses: float, size: float, quantile: float) -> tuple[float, float]:
    """Tango's interval of gains - losses, from `size` independent outcomes."""
    return (
        _lower_bound(gains, losses, size, quantile),
        -_lower_bound(losses, gains, size, quantile),
    )


def _lower_bound(gains: float, losses: float, size: float, quantile: float) -> float:
    """The least difference that is compatible with what was seen."""
    seen = gains - losses
    low, high = -1.0, seen
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        error = math.sqrt(null_variance(gains, losses, middle) / size)
        if seen - middle > quantile * error:
            low = middle
        else:
            high = middle
    return low
