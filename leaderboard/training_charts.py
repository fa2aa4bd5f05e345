"""Figures of trainings: the loss over its steps, and scores over checkpoints."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from leaderboard.chart_png import chart_png
from leaderboard.chart_svg import chart_svg
from leaderboard.line_chart import SERIES_ROLES, ChartSeries, Drawing, Panel, line_chart
from ultralink_data import atomic


class StepPoint(NamedTuple):
    """A step of a training: its loss (None: no number) and its learning rate."""

    step: int
    loss: float | None
    learning_rate: float


def loss_chart(
    title: str, steps: Sequence[StepPoint], validation: Mapping[int, float] | None = None
) -> Drawing:
    """Training loss by step, its mean over the last steps, held-out loss, and learning rate."""
    losses = [(float(s.step), s.loss) for s in steps if s.loss is not None]
    span = max(5, len(losses) // 40) if len(losses) >= 10 else 1
    series = [ChartSeries("loss of a step", tuple(losses), "first", "faint")]
    if span > 1:
        name = f"mean of {span} steps"
        series.append(ChartSeries(name, trailing_mean(losses, span), "first"))
    if validation:
        points = tuple((float(step), loss) for step, loss in sorted(validation.items()))
        series.append(ChartSeries("held-out rows", points, "second", "dots"))
    rates = tuple((float(s.step), s.learning_rate) for s in steps)
    panels = (
        Panel("loss (nats per learned token)", tuple(series)),
        Panel("learning rate", (ChartSeries("", rates, "third"),), height=90),
    )
    return line_chart(title, "step", panels)


def trailing_mean(
    points: Sequence[tuple[float, float]], span: int
) -> tuple[tuple[float, float], ...]:
    """The mean of each point and the `span - 1` before it, from the first that has so many."""
    sums = [0.0]
    for _, y in points:
        sums.append(sums[-1] + y)
    return tuple(
        (points[last - 1][0], (sums[last] - sums[last - span]) / span)
        for last in range(span, len(points) + 1)
    )


def score_chart(
    title: str, panels: Mapping[str, Mapping[str, Sequence[tuple[int, float]]]]
) -> Drawing:
    """Scores at the steps of checkpoints: by panel (its label) and name.

    There are colours for six names; where there are more, the title says that the others are not
    drawn.
    """
    names = list(dict.fromkeys(name for lines in panels.values() for name in lines))
    roles = dict(zip(names, SERIES_ROLES, strict=False))
    if len(names) > len(roles):
        title = f"{title} (the first {len(roles)} of {len(names)})"
    told: set[str] = set()
    found = []
    for label, lines in panels.items():
        series = []
        for name, points in lines.items():
            if name in roles:
                places = tuple((float(step), score) for step, score in points)
                legend = "" if name in told else name
                series.append(ChartSeries(legend, places, roles[name], "dots"))
                told.add(name)
        found.append(Panel(label, tuple(series), height=200))
    return line_chart(title, "step", found)


def write_chart(drawing: Drawing, svg: Path, png: Path) -> None:
    """Write the figure in both forms.

    Raises:
        PrerequisiteError: the disk is full or the folder not writable.
    """
    atomic.write_text(svg, chart_svg(drawing))
    atomic.write_bytes(png, chart_png(drawing))
