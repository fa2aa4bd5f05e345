"""The forest plots of a report: its primary endpoints, and each task and metric by language."""

from collections.abc import Sequence
from typing import Final

from leaderboard.noise import noise_and_signal
from leaderboard.records import Effect, ExperimentReport
from leaderboard.report_index import Key, ReportIndex
from leaderboard.site.forest_plot import ForestLine, forest_plot
from leaderboard.site.markup import Markup, element
from leaderboard.table import at_bound, effect_cell, ordered_languages, shown_effect, verdict_cell

UNITS: Final = {
    "points": "points of accuracy",
    "log-ratio": "percent of bits saved",
    "score": "the score's own unit",
}

LEGEND: Final = (
    "Line: 95 % interval, with an arrow where it goes on. Disc: better or non-inferior; square: "
    "worse; ring: neither is shown. Dashed: the loss that the margin allows. Grey band: what "
    "identical data differ by, where a noise floor was measured."
)


def primary_plots(report: ExperimentReport) -> list[Markup]:
    """The primary endpoints, a plot for each unit, a line for each task and variant."""
    primary = [effect for effect in report.effects if effect.primary]
    endpoints = list(dict.fromkeys((effect.task, effect.metric) for effect in primary))
    primary.sort(key=lambda effect: endpoints.index((effect.task, effect.metric)))
    index = ReportIndex(report)
    plots = []
    for unit in dict.fromkeys(effect.unit for effect in primary):
        lines = [
            _line(report, index, effect, f"{effect.task} {effect.metric}", strong=False)
            for effect in primary
            if effect.unit == unit
        ]
        plots.append(forest_plot("Primary endpoints", UNITS[unit], lines))
    return plots


def metric_plot(report: ExperimentReport, task: str, metric: str) -> Markup | None:
    """Every language and variant of one task and metric; None if nothing was compared."""
    chosen = [e for e in report.effects if (e.task, e.metric) == (task, metric)]
    if not chosen:
        return None
    languages = ordered_languages(effect.language for effect in chosen)
    chosen.sort(key=lambda effect: languages.index(effect.language))
    index = ReportIndex(report)
    lines = [_line(report, index, e, e.language, strong=e.primary) for e in chosen]
    return forest_plot(f"{task} {metric} by language", UNITS[chosen[0].unit], lines)


def legend() -> Markup:
    """How to read the plots; once a page is enough."""
    return element("p", LEGEND, class_="caption")


def _line(
    report: ExperimentReport, index: ReportIndex, effect: Effect, group: str, *, strong: bool
) -> ForestLine:
    key: Key = (effect.variant, effect.task, effect.language, effect.metric)
    verdict = index.language_verdict(key)
    emphasis = verdict_cell(effect.verdict).emphasis
    unit = effect.unit
    # Where no answer differs, an interval would read as what was measured.
    bounds: Sequence[float | None] = (None, None) if at_bound(effect) else (effect.low, effect.high)
    noise, _ = noise_and_signal(report, effect)
    low, high = (None if end is None else shown_effect(end, unit) for end in bounds)
    return ForestLine(
        group=group,
        label=effect.variant,
        difference=shown_effect(effect.effect, unit),
        low=low,
        high=high,
        loss=None if effect.margin is None else shown_effect(-effect.margin, unit),
        noise=None if noise is None else shown_effect(noise, unit),
        numbers=effect_cell(effect, with_unit=True).text,
        verdict=verdict.text,
        outcome=emphasis if emphasis in ("good", "bad") else "",
        strong=strong,
        alarm=verdict.emphasis == "bad",
    )
