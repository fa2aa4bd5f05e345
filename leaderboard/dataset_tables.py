"""A dataset's numbers as tables."""

from collections.abc import Callable, Sequence

from leaderboard.table import Cell, Column, Table, TableRow
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
            cells=(_text(c.language), _text(c.kind), *map(_number, (c.rows, c.turns, c.bytes)))
        )
        for c in counts
    ]
    sums = (sum(getattr(c, name) for c in counts) for name in ("rows", "turns", "bytes"))
    rows.append(TableRow(cells=(_text("all"), _text(""), *map(_number, sums)), section=True))
    notes = tuple(f"{count:,} rows dropped: {why}" for why, count in (dropped or {}).items())
    columns = ("language", "kind", "rows", "turns", "bytes")
    return Table(title=title, columns=_columns(columns), rows=tuple(rows), notes=notes)


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
        columns=_columns(_COLUMNS),
        rows=tuple(rows),
        caption="A turn is a question with its answer; question, answer, turn: average tokens.",
        notes=(
            f"tokens: {counted}",
            "sources: problems or documents that the rows descend from, within a language and kind",
        ),
    )


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
    sources = _number(cells[0].sources) if len(cells) == 1 else _text("")
    return TableRow(
        cells=(
            _text(language),
            _text(kind),
            _number(sum(cell.dialogues for cell in cells)),
            _number(turns),
            *(_mean(total, turns) for total in sums),
            _number(questions + answers),
            _number(sum(cell.bytes for cell in cells)),
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
                _text(cell.language),
                _text(cell.kind),
                _mean(cell.turns, cell.dialogues, 2),
                *map(_number, cell.lengths),
            )
        )
        for cell in cells
    )
    return Table(title=title, columns=_columns(names), rows=rows)


def _columns(names: Sequence[str]) -> tuple[Column, ...]:
    return tuple(
        Column(name=name, align="left" if place < 2 else "right")
        for place, name in enumerate(names)
    )


def _text(text: str) -> Cell:
    return Cell(text=text, raw=text)


def _number(number: int) -> Cell:
    return Cell(text=f"{number:,}", raw=number)


def _mean(total: int, count: int, digits: int = 1) -> Cell:
    value = total / count if count else 0.0
    return Cell(text=f"{value:,.{digits}f}", raw=value)
