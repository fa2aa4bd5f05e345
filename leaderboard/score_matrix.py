"""Scores at a glance: a row for each model and metric, a column for each language."""

from collections.abc import Sequence

from leaderboard.records import RunRecord, ScoreCell
from leaderboard.table import (
    MARK,
    Cell,
    Column,
    Table,
    TableRow,
    label_cells,
    ordered_languages,
    score_text,
    ungraded,
)


def score_matrix(records: Sequence[RunRecord], title: str) -> Table:
    """The scores without intervals and counts, which `records_table` has."""
    cells: dict[tuple[str, str], dict[tuple[int, str], ScoreCell]] = {}
    for number, record in enumerate(records):
        for cell in record.cells:
            protocol = record.protocols.get(cell.task, "")
            task = f"{cell.task}/{protocol}" if protocol else cell.task
            cells.setdefault((task, cell.metric), {})[number, cell.language] = cell
    languages = ordered_languages(lang for group in cells.values() for _, lang in group)
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for labels, group in cells.items():
        for number, record in enumerate(records):
            found = [group.get((number, language)) for language in languages]
            if not any(found):
                continue
            new = above is not None and above[:2] != labels
            leading = label_cells(labels, above and above[:2])
            named = (Cell(text=record.model),) if len(records) > 1 else ()
            rows.append(TableRow(cells=(*leading, *named, *map(_score, found)), section=new))
            above = labels
    model = (Column(name="Model", wrap=True),) if len(records) > 1 else ()
    return Table(
        title=title,
        columns=(
            Column(name="Task"),
            Column(name="Metric", wrap=True),
            *model,
            *(Column(name=language, align="right") for language in languages),
        ),
        rows=tuple(rows),
        caption="Accuracies in percent; bpb: bits per UTF-8 byte, lower is better.",
        notes=("--verbose shows intervals and numbers of problems",),
    )


def _score(cell: ScoreCell | None) -> Cell:
    if cell is None:
        return Cell(text="")
    text = score_text(cell.value, cell.higher_is_better)
    return Cell(text=f"{MARK} {text}" if ungraded(cell) else text, raw=cell.value)
