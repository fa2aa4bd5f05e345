"""The answer of an experiment in a dozen lines: what stands on the screen at the end of a run.

The primary endpoints with their verdicts, then every other cell that is worse or better, by name.
Everything else (scores, intervals of single languages, what each variant trained on) is in the
tables of `leaderboard.report_tables`.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from leaderboard.family_notes import family_answer, ruled_out_notes
from leaderboard.gaps import gap_notes, is_missing
from leaderboard.looks import look_notes
from leaderboard.noise import noise_cells, noise_notes
from leaderboard.records import NON_ENGLISH, Effect, ExperimentReport
from leaderboard.report_index import ReportIndex
from leaderboard.report_tables import noise_columns, task_label
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    effect_cell,
    label_cells,
    p_cell,
)

MOST_ROWS: Final = 12
"""Endpoints that are shown one by one; beyond these only those that are worse or better are."""

_TOLD: Final = ("better", "worse", "worse within margin")
"""Verdicts that say that something changed."""


def answer_table(report: ExperimentReport) -> Table:
    """The answer: one row an endpoint, and below it the single cells that are worse or better."""
    index = ReportIndex(report)
    primary = [effect for effect in report.effects if effect.primary]
    shown, others = _shown(primary or [e for e in report.effects if _is_whole(e)])
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for effect in shown:
        key = (effect.variant, effect.task, effect.language, effect.metric)
        labels = (effect.variant, f"{task_label(report, effect.task)} {effect.metric}")
        verdict = index.average_verdict(key) if effect.primary else index.language_verdict(key)
        cells = (
            *label_cells(labels[:1], above),
            Cell(text=labels[1] if effect.primary else f"{labels[1]} {effect.language}"),
            verdict,
            effect_cell(effect, with_unit=True),
            *noise_cells(report, effect),
            p_cell(effect.p_value),
        )
        rows.append(TableRow(cells=cells))
        above = labels[:1]
    seeds = ", ".join(map(str, report.seeds))
    plural = "s" if len(report.seeds) != 1 else ""
    against = ", ".join(sorted({effect.reference for effect in report.effects}))
    endpoints = "averages over the non-English languages; " if primary else ""
    return Table(
        title=f"Answer: {report.question}",
        columns=(
            Column(name="Variant", wrap=True),
            Column(name="Endpoint", wrap=True),
            Column(name="Verdict", wrap=True),
            Column(name="Difference [95 %]", align="right"),
            *noise_columns(report),
            Column(name="p", align="right"),
        ),
        rows=tuple(rows),
        caption=f"Against {against or report.reference}, seed{plural} {seeds}; {endpoints}"
        "positive is better.",
        notes=(
            *_counted(others),
            *_cell_notes(report.effects, primary),
            *family_answer(report.effects),
            *ruled_out_notes(report.effects),
            *gap_notes(tuple(gap for gap in report.gaps if is_missing(gap))),
            *noise_notes(report, [(e.task, e.language, e.metric) for e in shown], named=True),
            *look_notes(report.looks, report.seeds, report.margins),
            *report.caveats,
        ),
    )


def _is_whole(effect: Effect) -> bool:
    """Whether it stands for a task where there is no primary endpoint: not a part of a text."""
    return not effect.metric.startswith("bpb_")


def _shown(effects: Sequence[Effect]) -> tuple[list[Effect], list[Effect]]:
    """Those with a row, by variant, and those that are only counted."""
    ordered = sorted(effects, key=lambda e: [x.variant for x in effects].index(e.variant))
    if len(ordered) <= MOST_ROWS:
        return ordered, []
    told = [effect for effect in ordered if effect.verdict in _TOLD]
    return told, [effect for effect in ordered if effect.verdict not in _TOLD]


def _counted(effects: Sequence[Effect]) -> tuple[str, ...]:
    """How many endpoints have no row, by verdict."""
    if not effects:
        return ()
    verdicts = [effect.verdict for effect in effects]
    parts = [f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts)]
    return (f"and {', '.join(parts)}: in the tables",)


def _cell_notes(effects: Sequence[Effect], primary: Sequence[Effect]) -> tuple[str, ...]:
    """Every cell that is worse or better and has no row: by variant, task and metric."""
    rest = [e for e in effects if e not in primary] if primary else []
    notes = []
    for word, wanted in (("worse", ("worse", "worse within margin")), ("better", ("better",))):
        found: dict[str, dict[str, list[str]]] = {}
        for effect in rest:
            if effect.verdict in wanted:
                by_metric = found.setdefault(effect.variant, {})
                by_metric.setdefault(f"{effect.task} {effect.metric}", []).append(_named(effect))
        parts = [f"{variant}: {_by_metric(metrics)}" for variant, metrics in found.items()]
        if parts:
            notes.append(f"single cells that are {word}: {'; '.join(parts)}")
    if not notes and any(e.low is not None for e in rest):
        notes.append("no single cell is worse or better")
    return tuple(notes)


def _by_metric(languages: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"{metric} ({' '.join(names)})" for metric, names in languages.items())


def _named(effect: Effect) -> str:
    return "average" if effect.language == NON_ENGLISH else effect.language
