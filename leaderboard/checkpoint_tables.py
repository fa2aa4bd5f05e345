"""Proxy quality over the checkpoints of trainings: which task and metric to trust at which step."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from leaderboard.report_index import PRIMARY_MARK
from leaderboard.signal_tables import (
    MONOTONIC,
    endpoint_columns,
    endpoint_labels,
    size_cell,
)
from leaderboard.signals import QUIET_MARK, Signal, ratio_text
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    label_cells,
    muted,
    p_cell,
)

MOST_SHOWN = 5
"""Steps that have a column; all have a line in the second table."""


class PointQuality(msgspec.Struct, frozen=True, kw_only=True):
    """One endpoint at one point of the trainings.

    `share` of the training is behind it. `signal` is None where all runs are at the floor or
    ceiling. `kept` pairs of variants are in the same order as at the end, of those that the end
    tells apart. `cost` is the training that the end's certainty takes here, in that of the end;
    None where one of both has no signal.
    """

    share: float
    signal: Signal | None
    kept: int
    cost: float | None


class CheckpointLine(msgspec.Struct, frozen=True, kw_only=True):
    """One task, language and metric over the points of the trainings, the end last.

    `monotonic` is the mean rank correlation of step and score over trainings, with the least and
    the greatest; None with fewer than three points. `told` pairs of variants are told apart at the
    end. `seed_noise` is the standard deviation between seeds at the end, `late_noise` that of late
    points of a training around a line; both in `unit`. `trusted` is the first point from which on
    it can be trusted, counted from 0.
    """

    task: str
    language: str
    metric: str
    primary: bool
    unit: Literal["points", "log-ratio"]
    monotonic: tuple[float, float, float] | None
    told: int
    points: tuple[PointQuality, ...]
    seed_noise: float
    late_noise: float | None
    trusted: int | None


def trust_table(title: str, lines: Sequence[CheckpointLine], steps: Sequence[str]) -> Table:
    """Which proxy to trust from which step: monotonicity, and signal to noise by step.

    Of many steps some have a column, evenly spaced, the end among them.
    """
    shown = [len(steps) - 1 - (len(steps) * n) // MOST_SHOWN for n in range(MOST_SHOWN)][::-1]
    shown = shown if len(steps) > MOST_SHOWN else list(range(len(steps)))
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for line in lines:
        labels = _labels(line)
        cells = (
            *label_cells(labels, above),
            _monotonic(line),
            *(_ratio(line.points[place].signal) for place in shown),
            size_cell(line.late_noise, line.unit),
            Cell(text=f"{QUIET_MARK} no" if line.trusted is None else steps[line.trusted]),
        )
        new = above is not None and above[:2] != labels[:2]
        rows.append(TableRow(cells=muted(cells) if line.trusted is None else cells, section=new))
        above = labels
    names = ("Mono.", *(f"S/N {steps[place]}" for place in shown), "Late sd", "Trust from")
    return Table(
        title=title,
        columns=(*endpoint_columns(), *(Column(name=n, align="right", wrap=True) for n in names)),
        rows=tuple(rows),
        caption="S/N STEP: signal to noise between variants of the models at that step, "
        f"{QUIET_MARK} where it does not tell them apart. {PRIMARY_MARK}: primary endpoint.",
        notes=(
            *_best(lines, steps),
            f"trust from: the first step from which on it tells the variants apart and has the "
            f"pairs that the end tells apart in the same order, if scores grow with steps "
            f"(mono. from {MONOTONIC:g}, as FineWeb2 asks); greyed where there is none",
            "mono.: rank correlation of step and score within one training, the mean over "
            "variants and seeds",
            "late sd: standard deviation of the last half of a training's points (three or more) "
            "around a straight line, the noise of Ai2's signal and noise",
        ),
    )


def _best(lines: Sequence[CheckpointLine], steps: Sequence[str]) -> tuple[str, ...]:
    """The task, metric and step that tell the variants apart with the least training."""
    found = [
        (place, line)
        for line in lines
        for place in range(len(line.points))
        if line.trusted is not None and place >= line.trusted
    ]
    if not found:
        return (f"{QUIET_MARK} none of these can be trusted to tell these variants apart",)
    place, line = max(found, key=lambda one: _clearness(one[1].points[one[0]]))
    point = line.points[place]
    ratio = "" if point.signal is None else f", signal to noise {point.signal.ratio:.1f}"
    return (
        f"most certainty for its training: {line.task} {line.metric} {line.language} at step "
        f"{steps[place]}{ratio}",
    )


def _clearness(point: PointQuality) -> float:
    """Squared signal to noise for the training behind it: what a step of training tells."""
    return 0.0 if point.signal is None else point.signal.ratio**2 / point.share


CHECKPOINTS_NOTE = (
    "a checkpoint is no shorter training: its learning rate has not fallen yet (unless the "
    "schedule is constant), so a run of fewer steps can be better than the cost says; "
    "`tasks signal` compares whole runs of several lengths too"
)
LENGTHS_NOTE = (
    "below 1, shorter trainings with more seeds say the same for less training. It is as uncertain "
    "as the square of S/N, and has not what a run takes besides its steps (evaluation, starts)"
)


def step_table(
    lines: Sequence[CheckpointLine], steps: Sequence[str], *, lengths: bool = False
) -> Table:
    """Each endpoint step by step: interval and test of its signal, order and cost.

    `lengths` says that the steps are those of whole trainings.
    """
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for line in lines:
        labels = _labels(line)
        for step, point in zip(steps, line.points, strict=True):
            quiet = point.signal is None or not point.signal.tells_apart
            cells = (
                *label_cells(labels, above),
                Cell(text=step),
                size_cell(None if point.signal is None else point.signal.noise, line.unit),
                _full_ratio(point.signal),
                p_cell(None if point.signal is None else point.signal.p_value),
                Cell(text=f"{point.kept} of {line.told}", raw=point.kept),
                Cell(text="" if point.cost is None or quiet else f"{point.cost:.2f}"),
            )
            new = above is not None and above != labels
            rows.append(TableRow(cells=muted(cells) if quiet else cells, section=new))
            above = labels
    names = ("Step", "Seed sd", "S/N [95 %]", "p", "Order", "Cost")
    return Table(
        title="Length by length" if lengths else "Step by step",
        columns=(*endpoint_columns(), *(Column(name=name, align="right") for name in names)),
        rows=tuple(rows),
        caption="Order: pairs of variants in the order of the end, of those that the end tells "
        "apart. Cost: training for the same certainty with more seeds, that of the end = 1.",
        notes=(LENGTHS_NOTE if lengths else CHECKPOINTS_NOTE,),
    )


def _labels(line: CheckpointLine) -> tuple[str, str, str]:
    return endpoint_labels(line.task, line.metric, line.language, line.primary)


def _monotonic(line: CheckpointLine) -> Cell:
    if line.monotonic is None:
        return Cell(text="")
    return Cell(text=f"{line.monotonic[0]:.2f}", raw=line.monotonic[0])


def _ratio(signal: Signal | None) -> Cell:
    if signal is None:
        return Cell(text=f"{QUIET_MARK} floor")
    mark = "" if signal.tells_apart else f"{QUIET_MARK} "
    return Cell(text=f"{mark}{signal.ratio:.1f}", raw=signal.ratio)


def _full_ratio(signal: Signal | None) -> Cell:
    return Cell(text="floor") if signal is None else Cell(text=ratio_text(signal), raw=signal.ratio)
