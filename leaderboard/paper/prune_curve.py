"""The prune curve: what is lost, by language, as fewer translated rows are kept."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from leaderboard.paper.print_figures import (
    COLOURS,
    MARKERS,
    drawn,
    hide_unused,
    in_a_row,
    new_figure,
)
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH, Effect, ExperimentReport
from leaderboard.table import ordered_languages, shown_effect

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ABLATION: Final = "prune"
_UNITS: Final = {
    "points": "points of accuracy",
    "log-ratio": "bits per byte saved (%)",
    "score": "difference of scores",
}


class PruneCurve(msgspec.Struct, frozen=True, kw_only=True):
    """The curve of one task and metric: the effects of each language, by how much is kept."""

    task: str
    metric: str
    reference: str
    variants: tuple[str, ...]
    effects: tuple[Effect, ...]
    intervals: bool

    @property
    def caption(self) -> str:
        """What stands below the figure."""
        band = " Bands: 95 % intervals, over seeds and problems." if self.intervals else ""
        return (
            f"What is left of {self.task} ({self.metric}) as fewer translated rows are kept: the "
            f"difference to {self.reference} by language, above 0 = better.{band} Dashed: the "
            "margin, where one is fixed."
        )

    def draw(self) -> "Figure":
        """A panel for each language, all on one scale."""
        languages = ordered_languages(one.language for one in self.effects)
        columns = in_a_row(len(languages))
        rows = -(-len(languages) // columns)
        figure, axes = new_figure(0.5 + 1.5 * rows, rows, columns, sharey=True, sharex=True)
        panels = axes.ravel()
        for number, (panel, language) in enumerate(zip(panels, languages, strict=False)):
            self._panel(panel, language, number)
        hide_unused(panels, len(languages), columns)
        figure.supylabel(_UNITS[self.effects[0].unit], fontsize=8)
        figure.supxlabel("translated rows kept", fontsize=8)
        return figure

    def _panel(self, axes: Any, language: str, number: int) -> None:
        by_variant = {one.variant: one for one in self.effects if one.language == language}
        places = [n for n, v in enumerate(self.variants) if v in by_variant or v == self.reference]
        found = [by_variant.get(self.variants[place]) for place in places]
        colour = COLOURS[number % len(COLOURS)]
        axes.axhline(0, color="#666666", linewidth=0.8)
        margins = {one.margin for one in by_variant.values() if one.margin is not None}
        for margin in sorted(margins):
            height = shown_effect(-margin, self.effects[0].unit)
            axes.axhline(height, color="#666666", linestyle="--", linewidth=0.8)
        if self.intervals:
            axes.fill_between(
                places,
                [_bound(one, "low") for one in found],
                [_bound(one, "high") for one in found],
                color=colour,
                alpha=0.2,
                linewidth=0,
            )
        heights = [0.0 if one is None else shown_effect(one.effect, one.unit) for one in found]
        axes.plot(places, heights, color=colour, marker=MARKERS[number % len(MARKERS)])
        axes.set_title(_language(language))
        axes.set_xticks(range(len(self.variants)), [drawn(_kept(v), 12) for v in self.variants])
        axes.set_xlim(-0.3, len(self.variants) - 0.7)


def prune_curves(report: ExperimentReport, *, intervals: bool) -> list[PruneCurve]:
    """The curves of a report: one for each primary endpoint, or for every metric without any.

    None for another ablation, or with no two amounts to draw a line between.
    """
    ladder = sorted((row.name for row in report.variants), key=_amount)
    if report.experiment != _ABLATION or len(ladder) < 2:
        return []
    compared = [one for one in report.effects if one.reference == report.reference]
    primary = [one for one in compared if one.primary] or compared
    return [
        PruneCurve(
            task=task,
            metric=metric,
            reference=report.reference,
            variants=tuple(ladder),
            effects=_of(compared, task, metric),
            intervals=intervals,
        )
        for task, metric in dict.fromkeys((one.task, one.metric) for one in primary)
    ]


def _of(effects: Sequence[Effect], task: str, metric: str) -> tuple[Effect, ...]:
    return tuple(one for one in effects if (one.task, one.metric) == (task, metric))


def _amount(name: str) -> tuple[float, str]:
    """How much a variant of the ladder keeps, for its order: nothing, shares, counts, all."""
    kept = _kept(name)
    if kept == "all":
        return (float("inf"), name)
    share = re.fullmatch(r"(\d+)/(\d+)", kept)
    if share and int(share[2]):
        return (int(share[1]) / int(share[2]), name)
    count = re.fullmatch(r"(\d+)(k?)", kept)
    if count:
        return (int(count[1]) * (1000.0 if count[2] else 1.0), name)
    return (float("inf"), name)


def _kept(name: str) -> str:
    """What a variant keeps, as its name says it: "1/8" of `keep-1of8`."""
    return re.sub(r"^(\d+)of(\d+)$", r"\1/\2", name.removeprefix("keep-"))


def _bound(effect: Effect | None, name: str) -> float:
    """A bound of the interval; that of the reference is the line itself, one that is unknown too.

    Bounds of a log-ratio and what is shown of them have the same order.
    """
    if effect is None:
        return 0.0
    value = effect.low if name == "low" else effect.high
    return shown_effect(effect.effect if value is None else value, effect.unit)


def _language(language: str) -> str:
    averages = {NON_ENGLISH: "all but English", ALL_LANGUAGES: "all languages"}
    return averages.get(language, drawn(language))
