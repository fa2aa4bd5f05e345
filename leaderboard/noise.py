"""The noise floor of an experiment: what differences identical data show."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from leaderboard.table import Cell, shown_effect, signed

if TYPE_CHECKING:
    from leaderboard.records import Effect, ExperimentReport

WITHIN = "~"
"""Marks a band that is as wide as the difference beside it, or wider."""


class NoiseBand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The band of one task, language and metric, in `unit` as an `Effect`.

    Two groups of runs of identical data, each with as many seeds as the experiment, differ by less
    than `half` in 95 % of cases. `difference` is that of the reference's runs with the other seeds
    to its own, positive = better, as a variant's would be.
    """

    task: str
    language: str
    metric: str
    unit: Literal["points", "log-ratio"]
    half: float
    difference: float

    def __post_init__(self) -> None:
        """Refuse a band that is not positive."""
        if not 0 < self.half < float("inf"):
            raise ValueError(f"half must be > 0, got {self.half}")


class NoiseFloor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reference against itself: the seeds of its further runs, their records, and the bands."""

    seeds: tuple[int, ...]
    records: tuple[str, ...]
    bands: tuple[NoiseBand, ...]


def noise_cells(report: "ExperimentReport", effect: "Effect | None") -> tuple[Cell, ...]:
    """The cell of the column of bands; none if the report has no noise floor."""
    if report.noise is None:
        return ()
    if effect is not None and effect.reference != report.reference:
        return (Cell(text=""),)
    band = None if effect is None else _band(report, effect)
    if effect is None or band is None:
        return (Cell(text=""),)
    within = abs(effect.effect) <= band.half
    text = f"{shown_effect(band.half, band.unit):.1f}"
    mark = f" {WITHIN}" if within else ""
    return (Cell(text=text + mark, raw=band.half, emphasis="muted" if within else ""),)


def noise_and_signal(
    report: "ExperimentReport", effect: "Effect | None"
) -> tuple[float | None, float | None]:
    """The half width of an effect's band, and the signal to noise of its task and metric."""
    if effect is None or effect.reference != report.reference:
        return None, None
    key = (effect.task, effect.language, effect.metric)
    ratios = (s.ratio for s in report.signals if (s.task, s.language, s.metric) == key)
    band = _band(report, effect)
    return None if band is None else band.half, next(ratios, None)


def _band(report: "ExperimentReport", effect: "Effect") -> NoiseBand | None:
    key = (effect.task, effect.language, effect.metric)
    bands = () if report.noise is None else report.noise.bands
    return next((b for b in bands if (b.task, b.language, b.metric) == key), None)


def noise_notes(
    report: "ExperimentReport", keys: Iterable[tuple[str, str, str]], *, named: bool
) -> tuple[str, ...]:
    """What the bands are, and what the reference's further runs differed by.

    `keys` are task, language and metric of the table's rows; `named`: name the task too.
    """
    if report.noise is None:
        return ()
    wanted = set(keys)
    parts = [
        (f"{b.task} {b.metric} " if named else "")
        + f"{b.language} {signed(shown_effect(b.difference, b.unit))}"
        for b in report.noise.bands
        if (b.task, b.language, b.metric) in wanted
    ]
    if not parts:
        return ()
    further = ", ".join(map(str, report.noise.seeds))
    count = len(report.seeds) + len(report.noise.seeds)
    return (
        f"Noise: identical data differ by less in 95 % of experiments, by {count} runs of "
        f"{report.reference} ({WITHIN}: the difference, in which seeds are paired, is within it); "
        f"its seeds {further} differed from its own by {', '.join(parts)}",
    )
