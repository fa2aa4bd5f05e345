"""Proxy quality as tables: signal and noise of each task and metric, and agreement of scales."""

from collections.abc import Sequence

import msgspec

from leaderboard.report_index import PRIMARY_MARK
from leaderboard.signals import QUIET_MARK, Signal, ratio_text
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    bounds,
    label_cells,
    muted,
    p_cell,
    shown_effect,
    unit_sign,
)

MONOTONIC = 0.5
"""FineWeb2 keeps a task if the rank correlation of steps and scores is at least this."""


class ScaleAgreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far one task, language and metric ranks the variants alike at two scales.

    `agreed` of `pairs` of variants are in the same order at `scale` and at the last one; `low` and
    `high` are the 95 % interval of that share over draws of the seeds. `tau` is Kendall's: without
    ties twice the share, less one.
    """

    scale: str
    agreed: int
    pairs: int
    low: float
    high: float
    tau: float


class ProxyLine(msgspec.Struct, frozen=True, kw_only=True):
    """One task, language and metric over several reports.

    `monotonic` is the mean rank correlation of scale and score over `runs` (a variant and seed
    each), with the least and the greatest; None with fewer than three scales.
    """

    task: str
    language: str
    metric: str
    primary: bool
    monotonic: tuple[float, float, float] | None
    runs: int
    agreements: tuple[ScaleAgreement, ...]


def signal_table(title: str, signals: Sequence[Signal], notes: Sequence[str] = ()) -> Table:
    """Spread, noise and their ratio by task and metric; what tells nothing apart is greyed."""
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for signal in signals:
        labels = endpoint_labels(signal.task, signal.metric, signal.language, signal.primary)
        cells = (
            *label_cells(labels, above),
            size_cell(signal.spread, signal.unit),
            size_cell(signal.noise, signal.unit),
            Cell(text=ratio_text(signal), raw=signal.ratio),
            p_cell(signal.p_value),
            Cell(text="yes" if signal.tells_apart else f"{QUIET_MARK} no"),
        )
        new = above is not None and above[:2] != labels[:2]
        rows.append(TableRow(cells=cells if signal.tells_apart else muted(cells), section=new))
        above = labels
    columns = [
        Column(name=name, align="right") for name in ("Spread", "Seed sd", "S/N [95 %]", "p")
    ]
    return Table(
        title=title,
        columns=(*endpoint_columns(), *columns, Column(name="Apart")),
        rows=tuple(rows),
        caption="Spread: largest less smallest mean of a variant; Seed sd: of one run; S/N: "
        "standard deviation of the variants' true means over Seed sd. pt: points; %: of bits. "
        f"{PRIMARY_MARK}: primary endpoint.",
        notes=(
            "Apart: it tells the variants apart. p: that all are equal (F test over seeds). "
            "Greyed from 0.05: either they are alike in it, or it is too noisy here. One in twenty "
            "is below 0.05 by chance",
            *notes,
        ),
    )


def agreement_table(lines: Sequence[ProxyLine], scales: Sequence[str]) -> Table:
    """How each task and metric agrees with itself at the last scale, and grows with scale."""
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    monotonic = any(line.monotonic is not None for line in lines)
    for line in lines:
        labels = endpoint_labels(line.task, line.metric, line.language, line.primary)
        cells = [*label_cells(labels, above)]
        if monotonic:
            cells.append(_monotonic(line))
        cells += [_agreement(one) for one in line.agreements]
        new = above is not None and above[:2] != labels[:2]
        rows.append(TableRow(cells=tuple(cells), section=new))
        above = labels
    columns = [*endpoint_columns()]
    if monotonic:
        columns.append(Column(name="Monotonic", align="right"))
    columns += [
        Column(name=f"{scale}, agrees [95 %]", align="right", wrap=True) for scale in scales[:-1]
    ]
    notes = [
        "agrees: pairs of variants that are in the same order as at the last scale (Ai2's decision "
        "accuracy), with the interval of the share over draws of the seeds"
    ]
    if monotonic:
        notes.append(
            f"monotonic: mean rank correlation of scale and score over runs, least to greatest; "
            f"FineWeb2 asks {MONOTONIC:g}"
        )
    return Table(
        title=f"Which proxy to trust: {', '.join(scales)}",
        columns=tuple(columns),
        rows=tuple(rows),
        caption=f"The last scale, {scales[-1]}, is what the others stand for.",
        notes=tuple(notes),
    )


def _agreement(one: ScaleAgreement) -> Cell:
    text = f"{one.agreed} of {one.pairs} [{100 * one.low:.0f}, {100 * one.high:.0f} %]"
    return Cell(text=text, raw=one.agreed / one.pairs, beside=bounds(one.low, one.high))


def _monotonic(line: ProxyLine) -> Cell:
    if line.monotonic is None:
        return Cell(text="")
    mean, low, high = line.monotonic
    return Cell(text=f"{mean:.2f} ({low:.1f}, {high:.1f})", raw=mean, beside=bounds(low, high))


def endpoint_labels(task: str, metric: str, language: str, primary: bool) -> tuple[str, str, str]:
    """The labels of a row about one endpoint, a mark at the primary one."""
    return task, metric, language + (f" {PRIMARY_MARK}" if primary else "")


def endpoint_columns() -> tuple[Column, ...]:
    """The columns of these labels."""
    return Column(name="Task", wrap=True), Column(name="Metric", wrap=True), Column(name="Lang")


def size_cell(value: float | None, unit: str) -> Cell:
    """A difference or spread in the unit in which it is shown, nothing for None."""
    if value is None:
        return Cell(text="")
    return Cell(text=f"{shown_effect(value, unit):.1f}{unit_sign(unit)}", raw=value)
