"""The gap between two models as tables, one a facet."""

from typing import Final

from leaderboard.effect_notes import size_cell
from leaderboard.gap_records import GapReport, GapSlice
from leaderboard.table import Cell, Column, Emphasis, Table, TableRow, bounds, p_cell

_MOST: Final = 12
"""Slices of a facet that a table shows; the report has all."""
_ALPHA: Final = 0.05
_LEADING: Final = "language and kind"
"""The facet from which the places of the last sentence are taken."""
_NAMED: Final = 3


def gap_tables(report: GapReport) -> list[Table]:
    """The whole and each facet, the slices that differ most first."""
    facets = dict.fromkeys(one.facet for one in report.slices)
    return [_table(report, facet) for facet in facets]


def _table(report: GapReport, facet: str) -> Table:
    slices = [one for one in report.slices if one.facet == facet]
    shown, left = slices[:_MOST], len(slices) - _MOST
    title = "Bits per byte of all texts" if facet == "all" else f"By {facet}"
    notes = [f"{left} slices that differ less are in the report"] if left > 0 else []
    if facet == "all":
        notes.append(
            f"first: {report.first}; second: {report.second}; {report.texts} answers of "
            f"{report.data}. Intervals are over texts, for these two models: another training of "
            "either may differ by more."
        )
        if report.left_out:
            notes.append(f"{report.left_out} texts do not fit a model's context: left out")
    names = ("slice", "texts", "first", "second", "second needs, % [95 %]", "p", "share of gap")
    columns = tuple(
        Column(name=name, align="right" if place else "left") for place, name in enumerate(names)
    )
    gap = _whole(report).share
    rows = tuple(_row(one, gap) for one in shown)
    return Table(title=title, columns=columns, rows=rows, notes=tuple(notes))


def _whole(report: GapReport) -> GapSlice:
    return next(one for one in report.slices if one.facet == "all")


def gap_sentence(report: GapReport) -> str:
    """Which model needs more bits, and where most of the difference is."""
    whole = _whole(report)
    if not any(one.percent for one in report.slices):
        return f"{report.second} needs the same bits as {report.first} in every slice"
    interval = "" if whole.low is None or whole.high is None else _interval(whole)
    said = f"{report.second} needs {whole.percent:+.1f} %{interval} bits against {report.first}"
    told = [
        one
        for one in report.slices
        if one.facet == _LEADING and one.p_holm is not None and one.p_holm < _ALPHA
    ]
    if not told:
        return f"{said}; no language and kind is shown to differ"
    most = sorted(told, key=lambda one: -abs(one.share))[:_NAMED]
    places = (f"{one.value} ({one.percent:+.1f} %)" for one in most)
    return f"{said}; most of it in {', '.join(places)}"


def _interval(one: GapSlice) -> str:
    return f" [{one.low:+.1f}, {one.high:+.1f}]"


def _row(one: GapSlice, gap: float) -> TableRow:
    told = one.p_holm is not None and one.p_holm < _ALPHA
    emphasis: Emphasis = ("bad" if one.percent > 0 else "good") if told else "muted"
    interval = "" if one.low is None or one.high is None else _interval(one)
    return TableRow(
        cells=(
            Cell(text=one.value or "all"),
            size_cell(one.texts, one.clusters),
            Cell(text=f"{one.first:.3f}", raw=one.first),
            Cell(text=f"{one.second:.3f}", raw=one.second),
            Cell(
                text=f"{one.percent:+.1f}{interval}",
                raw=one.percent,
                emphasis=emphasis,
                beside=bounds(one.low, one.high),
            ),
            p_cell(one.p_holm),
            Cell(text=f"{100 * one.share / gap:.0f} %" if gap else "", raw=one.share),
        )
    )
