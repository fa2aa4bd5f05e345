"""A section for each experiment of a store: its answer, its figures, and every table of it."""

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from leaderboard.collection import Collection, StoredReport
from leaderboard.paper.footnotes import record_parts
from leaderboard.paper.paper_parts import (
    FileNames,
    PaperFigure,
    PaperOptions,
    PaperSection,
    PaperTable,
)
from leaderboard.paper.prune_curve import prune_curves
from leaderboard.paper.table_switches import switched
from leaderboard.paper.transfer_picture import transfer_picture
from leaderboard.render import ground
from leaderboard.report_tables import report_tables
from leaderboard.table import Table

_EXPECTED: Final = ("prune", "filter", "ground", "languages")
"""Experiments that the paper's claims rest on, and the one behind the transfer heat map."""


def experiment_sections(
    collection: Collection, options: PaperOptions, names: FileNames
) -> list[PaperSection]:
    """The sections of all reports, and behind them, as details, what they trained on and scored."""
    sections = [_experiment(one, collection, options, names) for one in collection.reports]
    answers = [section for pair in sections for section in pair if not section.detail]
    details = [section for pair in sections for section in pair if section.detail]
    found = {one.report.experiment for one in collection.reports}
    missing = tuple(f"a report of the ablation {x}" for x in _EXPECTED if x not in found)
    gap = [PaperSection(title="Experiments", missing=missing)] if missing else []
    return [*answers, *gap, *details]


def _experiment(
    stored: StoredReport, collection: Collection, options: PaperOptions, names: FileNames
) -> list[PaperSection]:
    report = stored.report
    tables = [switched(table, options) for table in report_tables(report)]
    n_answers = len(report.tables) + any(effect.primary for effect in report.effects)
    if options.footnotes:
        note = _footnote(stored, collection)
        tables = [msgspec.structs.replace(table, notes=(*table.notes, note)) for table in tables]
    named = [PaperTable(name=names(stored.name, _short(table)), table=table) for table in tables]
    pictures = [
        PaperFigure(
            name=names(stored.name, "curve", curve.task, curve.metric),
            caption=curve.caption,
            draw=curve.draw,
        )
        for curve in prune_curves(report, intervals=options.intervals)
    ]
    pictures += [_picture(stored, table, names) for table in tables if _has_colour(table)]
    title = f"{report.experiment}, profile {report.profile}"
    return [
        PaperSection(
            title=f"Experiment {title}", text=report.question, parts=(*named[:n_answers], *pictures)
        ),
        PaperSection(title=f"Details of {title}", parts=tuple(named[n_answers:]), detail=True),
    ]


def _picture(stored: StoredReport, table: Table, names: FileNames) -> PaperFigure:
    return PaperFigure(
        name=names(stored.name, "map", _short(table)),
        caption=f"{table.title}. {table.caption}".strip(),
        draw=lambda: transfer_picture(table),
    )


def _has_colour(table: Table) -> bool:
    return any(ground(cell) for row in table.rows for cell in row.cells)


def _short(table: Table) -> str:
    """What a table's title says behind the name of its experiment, without brackets."""
    return re.sub(r"\(.*?\)", "", table.title.partition(": ")[2] or table.title)


def _footnote(stored: StoredReport, collection: Collection) -> str:
    report = stored.report
    runs = collection.runs_of(stored)
    records = [run.record for run in runs]
    protocols: Mapping[str, str] = {
        task: protocol for record in records for task, protocol in record.protocols.items()
    }
    asked = [f"{task} {protocol}" for task, protocol in sorted(protocols.items())]
    parts = [
        *([f"protocols {', '.join(asked)}"] if asked else []),
        *(record_parts(records) or [report.started[:10]]),
        f"config {report.config_hash[:12]}",
    ]
    return f"{stored.name}: {', '.join(parts)}"
