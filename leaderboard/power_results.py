"""What a design can see, as statistics hand it to tables."""

from typing import Literal

import msgspec


class PlannedNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A number with its 95 % interval; infinite where no number is enough."""

    value: float
    low: float
    high: float


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What a wished-for difference needs.

    `seeds` with as many problems, or `problems` with as many seeds; `seeds_noninferior` show
    unchanged data to be non-inferior within a margin of that size.
    """

    difference: float
    seeds: PlannedNumber
    problems: PlannedNumber
    seeds_noninferior: PlannedNumber


class PowerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint of a design with `seeds`, `problems` and `clusters`.

    `seed_spread` is the standard deviation that one seed adds to the difference of two arms over
    all problems. `detects` is the true difference found with the power that was asked for, `shows`
    the power to show identical data to be non-inferior within `margin`. Differences are in `unit`,
    as in `leaderboard.records.Effect`.
    """

    task: str
    metric: str
    language: str
    primary: bool
    unit: Literal["points", "log-ratio"]
    seeds: int
    problems: int
    clusters: int
    seed_spread: float
    detects: PlannedNumber
    margin: float | None
    shows: PlannedNumber | None
    need: Need | None


class PowerReport(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a design, and the runs that they are estimated from.

    `power` is what was asked for. `seconds` is the time of one training and its evaluation, by the
    store; None where that is not known. `arms` is the number of variants, the reference included.
    `flat` names endpoints without any spread, `notes` what was left out of the runs. `same_data`:
    only the reference ran.
    """

    source: str
    profile: str | None
    variants: tuple[str, ...]
    seen_seeds: tuple[int, ...]
    arms: int
    power: float
    seconds: float | None
    lines: tuple[PowerLine, ...]
    flat: tuple[str, ...]
    notes: tuple[str, ...]
    same_data: bool
