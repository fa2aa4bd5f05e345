"""The margin that runs of identical data imply for one task and metric."""

import msgspec


class MeasuredMargin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The margin of one task and metric, in units of its scores, with its 95 % interval.

    `primary`: it is the task's primary metric, of which the margins of a run are made.
    """

    task: str
    metric: str
    primary: bool
    noise_floor: float
    even_odds: float
    margin: float
    low: float
    high: float
