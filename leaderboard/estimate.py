"""A number with its interval, as statistics hand it to tables."""

import msgspec


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A value with its 95 % interval; a paired effect is variant minus reference.

    ``df``: degrees of freedom of the t quantile. ``low`` and ``high`` of a share or of a difference
    of shares are not symmetric about ``value``. Units: those of the score (0 to 1 for accuracy);
    natural log of a ratio from ``paired_log_ratio``; bits per byte from ``score_bpb``.
    ``n_clusters``: the groups of near copies that the ``n_problems`` form, as many as problems if
    there are none. ``p_value``: two-sided, of "the effect is 0", where an exact test gives it; else
    it follows from value, standard error and ``df``. ``tail``: quantile of the interval's bounds,
    further out than that of 95 % where there are several looks at the data
    (``harness.statistics.sequential``).
    """

    value: float
    standard_error: float
    df: float
    low: float
    high: float
    n_problems: int
    n_clusters: int
    n_seeds: int
    p_value: float | None = None
    tail: float = 0.975
