"""Forest plots: differences with their intervals, margin and noise floor, drawn as SVG.

A verdict is told by its word, by the shape of the mark and by colours that the colour-blind tell
apart. There is no style in the picture: the site's style sheet gives classes their colours, so a
plot follows the theme. The table beside it has the same numbers.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Final, NamedTuple

from leaderboard.line_chart import ticks
from leaderboard.site.markup import Markup, element
from leaderboard.visible_text import visible

WIDTH: Final = 960
_WORDS: Final = 310
"""Pixels at the right, for numbers and verdicts."""
_CHARACTER: Final = 7.4
_MOST: Final = 24
"""Characters of a label that are drawn; the table has all."""
_ROW, _TOP, _BOTTOM = 24, 34, 46

SHAPES: Final = {"good": "disc", "bad": "square", "": "ring"}
"""The mark of a verdict: for it, against it, and neither."""


class ForestLine(NamedTuple):
    """A line: a difference in the unit of the axis, positive = better, and what it is compared to.

    `low` and `high` bound the 95 % interval, `loss` is where the margin ends (below 0), `noise`
    half the width of what identical data differ by; each is None where there is none. `outcome` is
    the class of the verdict: good, bad, or "" for neither; with an `alarm` its word is bad. `group`
    begins a new group of lines where it differs from the one above.
    """

    group: str
    label: str
    difference: float
    low: float | None
    high: float | None
    loss: float | None
    noise: float | None
    numbers: str
    verdict: str
    outcome: str
    strong: bool = False
    alarm: bool = False


def forest_plot(title: str, unit: str, lines: Sequence[ForestLine]) -> Markup:
    """The picture; `unit` is what the axis counts, such as "points of accuracy"."""
    groups_wide, labels_wide = (
        _CHARACTER * max((min(len(visible(name)), _MOST) for name in names), default=0) + 12
        for names in ([line.group for line in lines], [line.label for line in lines])
    )
    left = round(groups_wide + labels_wide + 8)
    axis = _Axis(*_range(lines), left, WIDTH - _WORDS)
    end = _TOP + _ROW * len(lines)
    groups = [line.group != above for line, above in zip(lines, _above(lines), strict=True)]
    marks = [*_frame(axis, end, unit)]
    for place, line in enumerate(lines):
        top = _TOP + _ROW * place
        if groups[place] and place:
            marks.append(element("path", d=f"M0 {top}H{WIDTH}", class_="grid"))
        marks += _line(axis, line, top)
        marks += _labels(line, top + _ROW / 2 + 4.5, groups_wide, named=groups[place])
    said = "; ".join(f"{one.group} {one.label}: {one.numbers}, {one.verdict}" for one in lines[:40])
    return element(
        "figure",
        element(
            "svg",
            element("title", title),
            element("desc", said),
            *marks,
            viewBox=f"0 0 {WIDTH} {end + _BOTTOM}",
            width=WIDTH,
            height=end + _BOTTOM,
            role="img",
            class_="plot",
        ),
        class_="chart scroll",
        tabindex=0,
        aria_label=title,
    )


def _above(lines: Sequence[ForestLine]) -> list[str | None]:
    return [None, *(line.group for line in lines[:-1])]


class _Axis(NamedTuple):
    """Differences from `low` to `high` as pixels from `left` to `right`."""

    low: float
    high: float
    left: int
    right: int

    def __call__(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.left + share * (self.right - self.left), 1)


def _range(lines: Sequence[ForestLine]) -> tuple[float, float]:
    """What the axis covers: every mark, and 0. Very wide intervals are cut, with an arrow."""
    near = [0.0]
    far = [0.0]
    for line in lines:
        near += [x for x in (line.difference, line.loss, line.noise) if x is not None]
        near += [-line.noise] if line.noise is not None else []
        far += [x for x in (line.low, line.high) if x is not None]
    near, far = [x for x in near if isfinite(x)], [x for x in far if isfinite(x)]
    spread = (max(near) - min(near)) or 1.0
    low = max(min(near + far), min(near) - 3 * spread)
    high = min(max(near + far), max(near) + 3 * spread)
    room = 0.04 * ((high - low) or 1.0)
    return low - room, high + room


def _frame(axis: _Axis, end: int, unit: str) -> list[Markup]:
    marks = [
        _words(axis.left, 16, "worse", "start", "soft"),
        _words(axis.right, 16, "better", "end", "soft"),
    ]
    for value in ticks(axis.low, axis.high, 7):
        x = axis(value)
        marks.append(element("path", d=f"M{x:g} {_TOP - 8}V{end + 4}", class_="grid"))
        shown = "0" if value == 0 else f"{value:+g}"
        marks.append(_words(x, end + 20, shown, "middle", "soft"))
    zero = axis(0)
    marks.append(element("path", d=f"M{zero:g} {_TOP - 12}V{end + 4}", class_="zero"))
    middle = (axis.left + axis.right) / 2
    said = f"difference to the reference in {unit}"
    marks.append(_words(middle, end + 38, said, "middle", "soft"))
    return marks


def _line(axis: _Axis, line: ForestLine, top: int) -> list[Markup]:
    """Band, margin, interval and mark of a line."""
    middle = top + _ROW / 2
    marks = []
    if line.noise is not None:
        start, stop = axis(-line.noise), axis(line.noise)
        marks.append(_rectangle(start, top + 2, round(stop - start, 1), _ROW - 4, "noise"))
    if line.loss is not None:
        marks.append(element("path", d=f"M{axis(line.loss):g} {top}v{_ROW}", class_="margin"))
    kind = line.outcome or "neither"
    if line.low is not None and line.high is not None:
        start, stop = axis(line.low), axis(line.high)
        marks.append(element("path", d=f"M{start:g} {middle:g}H{stop:g}", class_=f"span {kind}"))
        marks += _arrows(axis, line, middle, kind)
    marks.append(_mark(axis(line.difference), middle, line))
    return marks


def _labels(line: ForestLine, base: float, across: float, *, named: bool) -> list[Markup]:
    """The texts of a line: what it is, at the left, its numbers and verdict, at the right."""
    weight = "strong" if line.strong else ""
    right = WIDTH - _WORDS + 16
    word = "bad" if line.alarm else line.outcome or "neither"
    return [
        *([_words(0, base, _short(line.group), "start", weight)] if named else []),
        _words(round(across, 1), base, _short(line.label), "start", weight),
        _words(right, base, line.numbers, "start", weight),
        _words(WIDTH, base, line.verdict, "end", f"word {word}"),
    ]


def _arrows(axis: _Axis, line: ForestLine, middle: float, kind: str) -> list[Markup]:
    """Points at the ends of an interval that goes on beyond the axis."""
    found = []
    if line.low is not None and line.low < axis.low:
        found.append(f"M{axis.left + 6} {middle - 4:g}L{axis.left} {middle:g}l6 4")
    if line.high is not None and line.high > axis.high:
        found.append(f"M{axis.right - 6} {middle - 4:g}L{axis.right} {middle:g}l-6 4")
    return [element("path", d=d, class_=f"span {kind}") for d in found]


def _mark(x: float, y: float, line: ForestLine) -> Markup:
    size = 5 if line.strong else 4
    kind = line.outcome or "neither"
    if SHAPES[line.outcome] == "square":
        return _rectangle(x - size, y - size, 2 * size, 2 * size, f"mark {kind}")
    return element("circle", cx=f"{x:g}", cy=f"{y:g}", r=size, class_=f"mark {kind}")


def _rectangle(x: float, y: float, wide: float, high: float, kind: str) -> Markup:
    return element(
        "rect", x=f"{x:g}", y=f"{y:g}", width=f"{wide:g}", height=f"{high:g}", class_=kind
    )


def _words(x: float, y: float, text: str, anchor: str, kind: str) -> Markup:
    return element("text", text, x=f"{x:g}", y=f"{y:g}", text_anchor=anchor, class_=kind or None)


def _short(name: str) -> str:
    """The name, or as much of it as fits; the table has all of it."""
    shown = visible(name)
    return shown if len(shown) <= _MOST else f"{shown[: _MOST - 1]}…"
