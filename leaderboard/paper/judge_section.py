"""Judged comparisons: their scores, and how far the judge can be trusted."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from leaderboard.collection import Collection, StoredJudged
from leaderboard.judged_tables import tables
from leaderboard.paper.paper_parts import (
    FileNames,
    PaperFigure,
    PaperOptions,
    PaperSection,
    PaperTable,
)
from leaderboard.paper.print_figures import COLOURS, drawn, new_figure
from leaderboard.paper.table_switches import switched
from tasks.judging.judge import JudgeVerdict, Result
from tasks.judging.win_rate import WinRate
from ultralink_data.errors import DataError
from ultralink_data.store import release

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_VIEW: Final = "full"
_DECIDED: Final = (Result.WIN, Result.LOSS)


class JudgeBias(NamedTuple):
    """What a judge's verdicts depend on in one language, besides the answers.

    `length_slope`: log-odds, above 0 longer answers win more; `flips`: the share of questions in
    which the two orders name different winners; `first`: the share of decided comparisons that the
    answer shown first won. None where it is not known.
    """

    length_slope: float | None
    flips: float | None
    first: float | None


def judge_section(collection: Collection, options: PaperOptions, names: FileNames) -> PaperSection:
    """The tables of every judged comparison, and a figure of its judge."""
    parts: list[PaperTable | PaperFigure] = []
    missing: list[str] = []
    for stored in collection.judged:
        for table in tables(stored.report):
            name = names(stored.name, table.title.partition(":")[0])
            shown = switched(table, options)
            if options.footnotes:
                note = f"{stored.name}: questions by language {_sizes(stored)}"
                shown = msgspec.structs.replace(shown, notes=(*shown.notes, note))
            parts.append(PaperTable(name=name, table=shown))
        try:
            biases = judge_biases(stored)
        except DataError as error:
            missing.append(f"the figure of the judge of {stored.name}: {error.message}")
        else:
            parts.append(_figure(stored, biases, names))
    if not collection.judged:
        missing.append("judged comparisons (`grade omgeval` writes them)")
    return PaperSection(title="The judge", parts=tuple(parts), missing=tuple(missing))


def _sizes(stored: StoredJudged) -> str:
    sizes = (
        f"{language} {views[_VIEW].questions}"
        for language, views in stored.report.scores.items()
        if _VIEW in views
    )
    return ", ".join(sizes)


def judge_biases(stored: StoredJudged) -> dict[str, JudgeBias]:
    """By language; the order is read from the verdicts beside the report, if they are there.

    Raises:
        DataError: a file of verdicts cannot be read; the message names file and line.
    """
    found = {}
    for language, views in stored.report.scores.items():
        rate: WinRate | None = views.get(_VIEW)
        if rate is None or language in stored.report.void:
            continue
        path = stored.path.parent / f"verdicts_{language}.jsonl"
        found[language] = JudgeBias(rate.length_slope, rate.flip_rate, _first_share(path))
    return found


def _first_share(path: Path) -> float | None:
    """The share of decided comparisons that the answer shown first won."""
    if not path.is_file():
        return None
    first = decided = 0
    for _, verdict in release.decode_lines(path, JudgeVerdict):
        if verdict.result in _DECIDED:
            decided += 1
            first += (verdict.result is Result.WIN) == verdict.model_first
    return first / decided if decided else None


def _figure(stored: StoredJudged, biases: Mapping[str, JudgeBias], names: FileNames) -> PaperFigure:
    report = stored.report
    return PaperFigure(
        name=names(stored.name, "judge bias"),
        caption=f"What the verdicts of {report.judge} depend on besides the answers "
        f"({report.task}, {report.model} against {report.baseline}). Length: log-odds, above 0 "
        "longer answers win more. Flips: questions in which the two orders name different "
        "winners. Position: decided comparisons that the answer shown first won; a judge without "
        "bias has 50 %.",
        draw=lambda: judge_figure(biases),
    )


def judge_figure(biases: Mapping[str, JudgeBias]) -> "Figure":
    """Three panels with a dot for each language: length, flips, position."""
    languages = list(biases)[::-1]
    figure, axes = new_figure(0.7 + 0.22 * max(2, len(languages)), 1, 3, sharey=True)
    panels = (
        ("length slope (log-odds)", 0.0, [biases[x].length_slope for x in languages]),
        ("flips (%)", None, [_percent(biases[x].flips) for x in languages]),
        ("first shown wins (%)", 50.0, [_percent(biases[x].first) for x in languages]),
    )
    for number, (axis, (label, neutral, values)) in enumerate(zip(axes[0], panels, strict=True)):
        shown = list(_known(values))
        axis.scatter([x for _, x in shown], [y for y, _ in shown], color=COLOURS[number], zorder=3)
        if neutral is not None and shown:
            axis.axvline(neutral, color="#666666", linewidth=0.8)
        if not shown:
            axis.text(0.5, 0.5, "not known", ha="center", va="center", transform=axis.transAxes)
            axis.set_xticks([])
        axis.set_xlabel(label)
        axis.set_yticks(range(len(languages)), [drawn(x, 12) for x in languages])
        axis.set_ylim(-0.5, max(len(languages), 1) - 0.5)
    for axis in axes[0][1:]:
        axis.set_xlim(-3, 103)
    return figure


def _known(values: Sequence[float | None]) -> Iterator[tuple[int, float]]:
    return ((place, value) for place, value in enumerate(values) if value is not None)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
