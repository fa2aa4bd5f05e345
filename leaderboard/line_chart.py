"""Lines over steps as a picture: panels one above the other, laid out as lines, dots and texts.

Written by hand, as `heat_map` is: a few lines need no library. `chart_svg` and `chart_png` draw
what is laid out here.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor, inf, isfinite, log10
from typing import Final, Literal, NamedTuple

Role = Literal["ground", "ink", "grid", "first", "second", "third", "fourth", "fifth", "sixth"]
"""What a colour is for; each picture has its own palette."""
SERIES_ROLES: Final[tuple[Role, ...]] = ("first", "second", "third", "fourth", "fifth", "sixth")
Look = Literal["faint", "line", "dots"]

WIDTH: Final = 840
_LEFT, _RIGHT, _TOP, _BETWEEN, _BOTTOM = 76, 28, 82, 36, 50
_LEGEND_LINE: Final = 18
_UNDER_LEGEND: Final = 20
_MOST_POINTS: Final = 700
"""Stretches of a series that are told apart; of each its least and largest value are drawn."""


class ChartSeries(NamedTuple):
    """One line: its name in the legend, points (x, y), colour and look."""

    name: str
    points: tuple[tuple[float, float], ...]
    role: Role
    look: Look = "line"


class Panel(NamedTuple):
    """Lines on one scale, `height` pixels high; `label` says what and in which unit."""

    label: str
    series: tuple[ChartSeries, ...]
    height: int = 280


class Stroke(NamedTuple):
    """A line through points in pixels."""

    points: tuple[tuple[float, float], ...]
    role: Role
    width: float
    opacity: float = 1.0


class Spot(NamedTuple):
    """A dot at a place in pixels."""

    x: float
    y: float
    radius: float
    role: Role


class Words(NamedTuple):
    """A text on a base line; `anchor` says which end of it stands at `x`."""

    x: float
    y: float
    text: str
    size: int = 13
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False


class Drawing(NamedTuple):
    """A picture of this size in pixels."""

    title: str
    height: int
    marks: tuple[Stroke | Spot | Words, ...]
    width: int = WIDTH


def line_chart(title: str, x_label: str, panels: Sequence[Panel]) -> Drawing:
    """Lay panels out over one another, all with the same x axis, which begins at the least x.

    Where every x is a whole number (steps), only whole numbers stand on the axis. Points
    that are no numbers are left out.
    """
    xs = [x for panel in panels for one in panel.series for x, y in _finite(one.points)]
    low, high = min(xs, default=0.0), max(xs, default=1.0)
    across = _Scale(low, high if high > low else low + 1, _LEFT, WIDTH - _RIGHT)
    marks: list[Stroke | Spot | Words] = [Words(_LEFT, 24, title, size=15, bold=True)]
    legend = [*_legend([one for panel in panels for one in panel.series])]
    marks += legend
    top = max([_TOP, *(mark.y + _UNDER_LEGEND for mark in legend if isinstance(mark, Words))])
    for panel in panels:
        marks += _panel(panel, across, top)
        top += panel.height + _BETWEEN
    end = top - _BETWEEN
    counted = all(float(x).is_integer() for x in xs)
    for x in ticks(across.low, across.high, 8):
        if counted and not x.is_integer():
            continue
        marks.append(Words(across(x), end + 18, f"{x:g}", anchor="middle"))
    marks.append(Words((_LEFT + WIDTH - _RIGHT) / 2, end + 38, x_label, anchor="middle"))
    return Drawing(title=title, height=round(end) + _BOTTOM, marks=tuple(marks))


class _Scale(NamedTuple):
    """Values from `low` to `high` as pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def _legend(series: Sequence[ChartSeries]) -> Iterator[Stroke | Spot | Words]:
    x, y = float(_LEFT), 24.0 + _LEGEND_LINE + 2
    for one in (one for one in series if one.name):
        wide = 28 + 7.4 * len(one.name)
        if x > _LEFT and x + wide > WIDTH - _RIGHT:
            x, y = float(_LEFT), y + _LEGEND_LINE
        if one.look == "dots":
            yield Spot(x + 11, y - 4, 4, one.role)
        else:
            yield Stroke(((x, y - 4), (x + 22, y - 4)), one.role, *_pen(one.look))
        yield Words(x + 28, y, one.name)
        x += wide + 22


def _pen(look: Look) -> tuple[float, float]:
    """Width and opacity of a line."""
    return (1.2, 0.45) if look == "faint" else (2.2, 1.0)


def _panel(panel: Panel, across: _Scale, top: float) -> Iterator[Stroke | Spot | Words]:
    ys = [y for one in panel.series for _, y in _finite(one.points)]
    low, high = min(ys, default=0.0), max(ys, default=1.0)
    if high == low:
        low, high = (0.0, 1.0) if low == 0 else (min(low, 0), max(high, 0))
    room = (high - low) * 0.04
    up = _Scale(low - room, high + room, top + panel.height, top)
    yield Words(_LEFT, top - 6, panel.label, size=12)
    for y in ticks(up.low, up.high, max(2, panel.height // 50)):
        yield Stroke(((across.start, up(y)), (across.end, up(y))), "grid", 1)
        yield Words(_LEFT - 8, up(y) + 4, f"{y:.6g}", anchor="end")
    frame = ((across.start, up.end), (across.start, up.start), (across.end, up.start))
    yield Stroke(frame, "ink", 1)
    for one in panel.series:
        places = tuple((across(x), up(y)) for x, y in _thinned(_finite(one.points)))
        if one.look != "dots" and len(places) > 1:
            yield Stroke(places, one.role, *_pen(one.look))
        if one.look == "dots" or len(places) == 1:
            for x, y in places:
                yield Spot(x, y, 4, one.role)
        if one.look == "dots" and len(places) > 1:
            yield Stroke(places, one.role, 1.4, 0.8)


def _finite(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if isfinite(x) and isfinite(y)]


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """As many points as can be seen: of each stretch its least and largest, in order."""
    if len(points) <= 2 * _MOST_POINTS:
        return points
    edges = [round(n * len(points) / _MOST_POINTS) for n in range(_MOST_POINTS + 1)]
    found = []
    for first, last in pairwise(edges):
        part = points[first:last]
        found += sorted({min(part, key=lambda p: p[1]), max(part, key=lambda p: p[1])})
    return found


def ticks(low: float, high: float, most: int) -> list[float]:
    """At most about so many round values from `low` to `high`: multiples of 1, 2 or 5 times 10^n.

    Both are numbers, `low` the smaller.
    """
    rough = (high - low) / max(most, 1)
    power = 10.0 ** floor(log10(rough))
    step = next((m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999), inf)
    first = -floor(-low / step + 1e-9)
    found = []
    while (value := first * step) <= high + step * 1e-9:
        found.append(round(value, 12) + 0.0)
        first += 1
    return found
