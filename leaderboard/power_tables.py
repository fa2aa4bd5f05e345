"""A power study as tables: what a design can see, and what a wished-for difference needs."""

import math
from collections.abc import Sequence

from leaderboard.power_results import PlannedNumber, PowerLine, PowerReport
from leaderboard.report_index import PRIMARY_MARK
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    bounds,
    emphasised,
    label_cells,
    shown_effect,
    unit_sign,
)

FEW_SEEDS = 6
"""With fewer seeds in the runs a note says how little they tell about the spread between seeds."""


def power_tables(report: PowerReport, *, short: bool = False) -> list[Table]:
    """What the design sees, and what the wished-for differences need.

    If `short`, only the primary endpoints (all, if there are none).
    """
    primary = [line for line in report.lines if line.primary]
    lines = primary if short and primary else list(report.lines)
    tables = [_sees(report, lines)]
    if any(line.need for line in lines):
        tables.append(_needs(report, lines))
    return tables


def _sees(report: PowerReport, lines: Sequence[PowerLine]) -> Table:
    asked = f"{100 * report.power:g} %"
    seeds = lines[0].seeds if lines else 0
    margins = any(line.margin is not None for line in lines)
    columns = [*_labels(), Column(name="n", align="right"), Column(name="Seed sd", align="right")]
    columns.append(Column(name=f"Detects at {asked} [95 %]", align="right", wrap=True))
    if margins:
        columns.append(Column(name="Shows non-inferior [95 %]", align="right", wrap=True))
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for line in lines:
        labels = _label(line)
        size = line.problems if line.clusters == line.problems else None
        cells = [
            *label_cells(labels, above),
            Cell(text=str(size or f"{line.problems} ({line.clusters})"), raw=line.problems),
            Cell(text=_unit(line.seed_spread, line.unit), raw=line.seed_spread),
            Cell(text=_interval(line.detects, line), raw=line.detects.value),
        ]
        if margins:
            cells.append(_shows(line))
        new = above is not None and above[:2] != labels[:2]
        rows.append(_row(line, cells, new))
        above = labels
    return Table(
        title=f"What {seeds} seeds can see"
        + (f", profile {report.profile}" if report.profile else ""),
        columns=tuple(columns),
        rows=tuple(rows),
        caption=_caption(report, margins),
        notes=_notes(report, lines),
    )


def _caption(report: PowerReport, margins: bool) -> str:
    parts = [
        f"Estimated from {report.source}: {', '.join(report.variants)}; seeds "
        f"{', '.join(map(str, report.seen_seeds))}.",
        f"Detects: the true difference found in {100 * report.power:g} % of all experiments.",
    ]
    if margins:
        parts.append("Shows non-inferior: how often unchanged data would be.")
    parts.append("Seed sd: what seeds alone add to one difference. pt: points; %: of bits.")
    if any(line.primary for line in report.lines):
        parts.append(f"{PRIMARY_MARK}: primary endpoint.")
    return " ".join(parts)


def _notes(report: PowerReport, lines: Sequence[PowerLine]) -> tuple[str, ...]:
    notes = []
    if len(report.seen_seeds) < FEW_SEEDS:
        notes.append(
            f"the spread between seeds is itself estimated, from {len(report.seen_seeds)} seeds: "
            "the intervals say how far off each answer may be; more seeds of the reference narrow "
            "them"
        )
    if report.same_data:
        notes.append(
            "estimated from the reference alone: a variant whose effect differs from problem to "
            "problem needs more problems than this says"
        )
    if lines and lines[0].seeds < 3:
        notes.append("with fewer than 3 seeds no table gives a verdict")
    if report.flat:
        notes.append(f"no spread at all (floor or ceiling): {', '.join(report.flat)}")
    return (*notes, *report.notes)


def _needs(report: PowerReport, lines: Sequence[PowerLine]) -> Table:
    lines = [line for line in lines if line.need is not None]
    wished = {line.unit: line.need.difference for line in lines if line.need}
    told = " and ".join(_unit(value, unit) for unit, value in sorted(wished.items(), reverse=True))
    columns = [
        *_labels(),
        Column(name="Seeds [95 %]", align="right", wrap=True),
        Column(name="or problems [95 %]", align="right", wrap=True),
        Column(name="Seeds, alike", align="right", wrap=True),
        Column(name="Compute", align="right"),
    ]
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for line in lines:
        assert line.need is not None
        labels = _label(line)
        cells = [
            *label_cells(labels, above),
            _count(line.need.seeds),
            _count(line.need.problems),
            _count(line.need.seeds_noninferior),
            _compute(report, line.need.seeds.value),
        ]
        new = above is not None and above[:2] != labels[:2]
        rows.append(_row(line, cells, new))
        above = labels
    first = lines[0]
    return Table(
        title=f"What it takes to see {told} in {100 * report.power:g} % of all experiments",
        columns=tuple(columns),
        rows=tuple(rows),
        caption="Seeds: with these problems. Problems: with "
        f"{first.seeds} seeds. Seeds, alike: that show unchanged data to lose less than "
        "this. none: no number is enough, as the other part of the noise alone is too large.",
        notes=_compute_notes(report),
    )


def _compute_notes(report: PowerReport) -> tuple[str, ...]:
    if report.seconds is None:
        return ("compute: trainings; the store has no times of these",)
    return (
        f"compute: trainings of all {report.arms} variants, each with its evaluation "
        f"{_time(report.seconds)} as measured in the store, one after another",
    )


def _compute(report: PowerReport, seeds: float) -> Cell:
    if math.isinf(seeds):
        return Cell(text="")
    trainings = round(seeds) * report.arms
    took = f", {_time(trainings * report.seconds)}" if report.seconds is not None else ""
    return Cell(text=f"{trainings}{took}", raw=trainings)


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _labels() -> list[Column]:
    return [Column(name="Task", wrap=True), Column(name="Metric", wrap=True), Column(name="Lang")]


def _label(line: PowerLine) -> tuple[str, str, str]:
    mark = f" {PRIMARY_MARK}" if line.primary else ""
    return line.task, line.metric, line.language + mark


def _row(line: PowerLine, cells: Sequence[Cell], section: bool) -> TableRow:
    shown = tuple(emphasised(cell) for cell in cells) if line.primary else tuple(cells)
    return TableRow(cells=shown, section=section)


def _unit(value: float, unit: str) -> str:
    """A difference with its unit; bits as those that are saved, as in the tables of runs."""
    return f"{min(shown_effect(value, unit), 100.0):.1f}{unit_sign(unit)}"


def _interval(answer: PlannedNumber, line: PowerLine) -> str:
    low, high = (_unit(v, line.unit).split(" ")[0] for v in (answer.low, answer.high))
    return f"{_unit(answer.value, line.unit)} [{low}, {high}]"


def _shows(line: PowerLine) -> Cell:
    if line.shows is None:
        return Cell(text="")
    low, high = (f"{100 * v:.0f}" for v in (line.shows.low, line.shows.high))
    return Cell(
        text=f"{100 * line.shows.value:.0f} % [{low}, {high}]",
        raw=line.shows.value,
        beside=bounds(line.shows.low, line.shows.high),
    )


def _count(answer: PlannedNumber) -> Cell:
    value, low, high = (
        "none" if math.isinf(v) else f"{math.ceil(v - 1e-9):,}"
        for v in (answer.value, answer.low, answer.high)
    )
    return Cell(
        text=f"{value} [{low}, {high}]",
        raw=None if math.isinf(answer.value) else answer.value,
        beside=bounds(answer.low, answer.high),
    )
