"""Scores over the rungs of a ladder: a small panel for each language, with bands, as SVG."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from leaderboard.ladder import Ladder
from leaderboard.line_chart import ticks
from leaderboard.records import ExperimentReport
from leaderboard.report_index import ReportIndex
from leaderboard.site.markup import Markup, element
from leaderboard.table import count_text, ordered_languages, score_text

_COLUMNS: Final = 3
_WIDE, _HIGH = 320, 190
"""Size of a panel in pixels, with its labels."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 30, 30


class _Point(NamedTuple):
    rows: int
    value: float
    low: float
    high: float
    reference: bool


def ladder_plot(report: ExperimentReport, rungs: Ladder, task: str, metric: str) -> Markup | None:
    """The scores of one task and metric; None if fewer than two rungs have any.

    Rungs stand at equal distances: with few rows as with many, a step is what is compared.
    """
    index = ReportIndex(report)
    keys = [key for key in index.cell_keys() if (key[1], key[3]) == (task, metric)]
    panels = []
    higher = True
    for language in ordered_languages(key[2] for key in keys):
        points = []
        for variant, rows in rungs.rungs:
            key = (variant, task, language, metric)
            if key not in keys:
                continue
            higher = index.higher_is_better(key)
            value, interval = index.value(key)
            if value is not None:
                low, high = (interval.low, interval.high) if interval else (value, value)
                points.append(_Point(rows, value, low, high, variant == report.reference))
        if len(points) > 1:
            panels.append((language, points))
    if not panels:
        return None
    marks = []
    for place, (language, points) in enumerate(panels):
        x, y = _WIDE * (place % _COLUMNS), _HIGH * (place // _COLUMNS)
        panel = _panel(language, points, higher)
        marks.append(element("g", *panel, transform=f"translate({x} {y})"))
    across = min(len(panels), _COLUMNS)
    wide, high = _WIDE * across, _HIGH * -(-len(panels) // _COLUMNS)
    name = f"{task} {metric} over {rungs.what}"
    picture = element(
        "svg",
        element("title", name),
        element("desc", "The same numbers stand in the table of this task and metric below."),
        *marks,
        viewBox=f"0 0 {wide} {high}",
        width=wide,
        height=high,
        role="img",
        class_="plot",
    )
    words = f"{name} seen in training, by language; rungs at equal distances. Band: 95 % interval."
    return element(
        "figure",
        picture,
        element("figcaption", words),
        class_="chart scroll",
        tabindex=0,
        aria_label=name,
    )


def _panel(language: str, points: Sequence[_Point], higher: bool) -> Iterator[Markup]:
    low, high = min(p.low for p in points), max(p.high for p in points)
    room = 0.06 * ((high - low) or 1.0)
    low, high = low - room, high + room
    right, bottom = _WIDE - _RIGHT, _HIGH - _BOTTOM

    def x(place: int) -> float:
        share = (place + 0.25) / (len(points) - 0.5)
        return round(_LEFT + share * (right - _LEFT), 1)

    def y(value: float) -> float:
        return round(bottom - (value - low) / (high - low) * (bottom - _TOP), 1)

    yield element("text", language, x=_LEFT, y=_TOP - 10, class_="strong")
    for tick in ticks(low, high, 4):
        yield element("path", d=f"M{_LEFT} {y(tick):g}H{right}", class_="grid")
        label = score_text(tick, higher)
        yield element("text", label, x=_LEFT - 6, y=y(tick) + 4, text_anchor="end", class_="soft")
    there = [f"{x(place):g} {y(p.high):g}" for place, p in enumerate(points)]
    back = [f"{x(place):g} {y(p.low):g}" for place, p in enumerate(points)][::-1]
    yield element("path", d=f"M{'L'.join((*there, *back))}Z", class_="band")
    line = "L".join(f"{x(place):g} {y(p.value):g}" for place, p in enumerate(points))
    yield element("path", d=f"M{line}", class_="curve")
    for place, point in enumerate(points):
        kind = "dot reference" if point.reference else "dot"
        yield element("circle", cx=x(place), cy=y(point.value), r=4, class_=kind)
        yield element(
            "text",
            count_text(point.rows),
            x=x(place),
            y=bottom + 18,
            text_anchor="middle",
            class_="soft",
        )
