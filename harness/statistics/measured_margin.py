"""The margin that runs of identical data imply for one task and metric."""

import msgspec


class MeasuredMargin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The margin of one task and metric, in units of its scores, with its 95 % interval.

    `primary`: the margins of a run are made of it: the task's primary metric, and bits per byte
    where no task has them as its primary metric.
    """

    task: str
    metric: str
    primary: bool
    noise_floor: float
    even_odds: float
    margin: float
    low: float
    high: float
