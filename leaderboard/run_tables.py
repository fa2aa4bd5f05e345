"""The table of single runs: a ranking of models."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from leaderboard.contamination import contamination_notes
from leaderboard.effect_notes import CLUSTERS, size_cell
from leaderboard.records import RunRecord, ScoreCell
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    label_cells,
    ordered_languages,
    score_cell,
    ungraded_notes,
)
from ultralink_data.errors import ConfigError


class _RankedRun(NamedTuple):
    """A score and its record; `task` includes protocol and version."""

    task: str
    cell: ScoreCell
    record: RunRecord


_WHO: dict[str, Callable[[RunRecord], str]] = {
    "Model": lambda record: record.model,
    "Variant": lambda record: record.variant or "",
    "Seed": lambda record: "" if record.seed is None else str(record.seed),
}


def records_table(records: Sequence[RunRecord], title: str = "Scores") -> Table:
    """Scores of evaluated models, best first within a task, protocol, metric and language.

    The variant and seed columns are left out if no record has them.

    Raises:
        ConfigError: the records have different profiles, which never share a table.
    """
    profiles = sorted({record.profile or "none" for record in records})
    if len(profiles) > 1:
        raise ConfigError(
            f"records of the profiles {', '.join(profiles)} do not share a table",
            hint="choose the records of one profile",
        )
    who = [name for name, get in _WHO.items() if name == "Model" or any(map(get, records))]
    entries = _ranked(records)
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for task, cell, record in entries:
        labels = (task, cell.metric, cell.language)
        names = [Cell(text=_WHO[name](record)) for name in who]
        size = size_cell(cell.n, cell.n_clusters)
        scores = (score_cell(cell), size)
        new = above is not None and above[:2] != labels[:2]
        rows.append(TableRow(cells=(*label_cells(labels, above), *names, *scores), section=new))
        above = labels
    return Table(
        title=title,
        columns=(
            Column(name="Task"),
            Column(name="Metric", wrap=True),
            Column(name="Language"),
            *(Column(name=name, wrap=True) for name in who),
            Column(name="Score [95 %]", align="right"),
            Column(name="n", align="right"),
        ),
        rows=tuple(rows),
        caption="Accuracies in percent; bpb: bits per UTF-8 byte, lower is better."
        + (f" {CLUSTERS}" if any(e.cell.n_clusters < e.cell.n for e in entries) else ""),
        notes=(
            *contamination_notes(records),
            *ungraded_notes(
                (f"{e.record.model}, {e.task} {e.cell.metric}", e.cell) for e in entries
            ),
        ),
    )


def _ranked(records: Sequence[RunRecord]) -> list[_RankedRun]:
    """Scores in the order of the table: task and metric as first met, language, best first."""
    versions: dict[str, set[str]] = {}
    for record in records:
        for task, version in record.task_versions.items():
            versions.setdefault(task, set()).add(version)
    mixed = {task for task, found in versions.items() if len(found) > 1}
    entries = [
        _RankedRun(_task_label(record, cell.task, mixed), cell, record)
        for record in records
        for cell in record.cells
    ]
    groups = list(dict.fromkeys((e.task, e.cell.metric) for e in entries))
    languages = ordered_languages(e.cell.language for e in entries)

    def place(entry: _RankedRun) -> tuple[int, int, bool, float]:
        group = groups.index((entry.task, entry.cell.metric))
        value = entry.cell.value
        score = 0.0 if value is None else -value if entry.cell.higher_is_better else value
        return group, languages.index(entry.cell.language), value is None, score

    return sorted(entries, key=place)


def _task_label(record: RunRecord, task: str, mixed: set[str]) -> str:
    """The task with its protocol, and its version if the records have several.

    Scores under different protocols or versions do not compare, so they are ranked apart.
    """
    protocol = record.protocols.get(task, "")
    label = f"{task}/{protocol}" if protocol else task
    if task in record.generation.thinking:
        label += f", thinking {record.generation.thinking[task]}"
    return f"{label}@{record.task_versions.get(task, '?')}" if task in mixed else label
