"""A dataset's numbers as tables."""

from collections.abc import Callable, Sequence

from leaderboard.table import Cell, Table, TableRow, label_columns, number_cell, text_cell
from ultralink_data.store.dataset import Count
from ultralink_data.whole.describe import CellStats

_COLUMNS = (
    *("language", "kind", "dialogues", "turns", "question", "answer", "turn"),
    *("tokens", "bytes", "sources"),
)


def counts_table(
    title: str, counts: Sequence[Count], dropped: dict[str, int] | None = None
) -> Table:
    """Rows, turns and bytes by language and kind, with totals."""
    rows = [
        TableRow(
            cells=(
                text_cell(c.language),
                text_cell(c.kind),
                *map(number_cell, (c.rows, c.turns, c.bytes)),
            )
        )
        for c in counts
    ]
    sums = (sum(getattr(c, name) for c in counts) for name in ("rows", "turns", "bytes"))
    rows.append(
        TableRow(cells=(text_cell("all"), text_cell(""), *map(number_cell, sums)), section=True)
    )
    notes = tuple(f"{count:,} rows dropped: {why}" for why, count in (dropped or {}).items())
    columns = ("language", "kind", "rows", "turns", "bytes")
    return Table(title=title, columns=label_columns(columns), rows=tuple(rows), notes=notes)


def paper_table(title: str, cells: Sequence[CellStats], counted: str) -> Table:
    """The paper's dataset table: by language and kind, by language, by kind, and in total.

    `counted` says how tokens were counted.
    """
    rows = [_stats_row(cell.language, cell.kind, [cell]) for cell in cells]
    languages, kinds = (
        list(dict.fromkeys(getattr(cell, name) for cell in cells)) for name in ("language", "kind")
    )
    if len(kinds) > 1:
        rows += _sums(cells, languages, lambda cell: cell.language, lambda name: (name, "all"))
    if len(languages) > 1:
        rows += _sums(cells, kinds, lambda cell: cell.kind, lambda name: ("all", name))
    rows += _sums(cells, ["all"], lambda cell: "all", lambda name: (name, name))
    return Table(
        title=title,
        columns=label_columns(_COLUMNS),
        rows=tuple(rows),
        caption="A turn is a question with its answer; question, answer, turn: average tokens.",
        notes=(
            f"tokens: {counted}",
            "sources: problems or documents that the rows descend from, within a language and kind",
            *_system_notes(cells),
        ),
    )


def _system_notes(cells: Sequence[CellStats]) -> tuple[str, ...]:
    """How many rows tell the model something before their first question."""
    rows, tokens = (
        sum(getattr(cell, name) for cell in cells) for name in ("system_turns", "system_tokens")
    )
    if not rows:
        return ()
    have = "row has a system turn" if rows == 1 else "rows have a system turn"
    return (f"{rows:,} {have}, {tokens:,} tokens in all, which are in no column",)


def _sums(
    cells: Sequence[CellStats],
    names: Sequence[str],
    group: Callable[[CellStats], str],
    label: Callable[[str], tuple[str, str]],
) -> list[TableRow]:
    return [
        _stats_row(*label(name), [c for c in cells if group(c) == name], section=not place)
        for place, name in enumerate(names)
    ]


def _stats_row(
    language: str, kind: str, cells: Sequence[CellStats], *, section: bool = False
) -> TableRow:
    turns = sum(cell.turns for cell in cells)
    questions = sum(cell.question_tokens for cell in cells)
    answers = sum(cell.answer_tokens for cell in cells)
    sums = (questions, answers, questions + answers)
    sources = number_cell(cells[0].sources) if len(cells) == 1 else text_cell("")
    return TableRow(
        cells=(
            text_cell(language),
            text_cell(kind),
            number_cell(sum(cell.dialogues for cell in cells)),
            number_cell(turns),
            *(_mean(total, turns) for total in sums),
            number_cell(questions + answers),
            number_cell(sum(cell.bytes for cell in cells)),
            sources,
        ),
        section=section,
    )


def lengths_table(title: str, cells: Sequence[CellStats]) -> Table:
    """Quantiles of tokens per dialogue, turns per dialogue, and the origin of the rows."""
    names = ("language", "kind", "turns/dialogue", "10 %", "50 %", "90 %")
    rows = tuple(
        TableRow(
            cells=(
                text_cell(cell.language),
                text_cell(cell.kind),
                _mean(cell.turns, cell.dialogues, 2),
                *map(number_cell, cell.lengths),
            )
        )
        for cell in cells
    )
    return Table(title=title, columns=label_columns(names), rows=rows)


def _mean(total: int, count: int, digits: int = 1) -> Cell:
    value = total / count if count else 0.0
    return Cell(text=f"{value:,.{digits}f}", raw=value)
