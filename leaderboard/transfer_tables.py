"""Transfer matrices: languages left out or added against languages scored."""

from collections.abc import Iterable, Sequence

import msgspec

from leaderboard.records import Effect
from leaderboard.table import (
    Cell,
    Column,
    Emphasis,
    Table,
    TableRow,
    effect_cell,
    label_cells,
    ordered_languages,
    p_cell,
    shown_effect,
    signed,
    verdict_cell,
)
from tasks import registry

OTHERS = "others"
"""Label of the average over the languages whose own rows are the same on both sides."""

SIGNIFICANT = 0.05
"""Level of the adjusted p-values."""

_MARKS = {
    "better": "+",
    "worse": "x",
    "worse within margin": "~",
    "non-inferior": "=",
    "floor": "floor",
    "ceiling": "ceiling",
    "no margin": "?",
    "inconclusive": "?",
    "underpowered": "?",
}
_MEANINGS = {
    "+": "better",
    "x": "worse",
    "~": "worse, but within the margin",
    "=": "non-inferior",
    "?": "cannot be told",
}
_CANNOT_TELL = 0.3
"""How much of its colour a cell keeps whose interval includes 0."""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A cell: the effect on a language's score, where a variant trains on other languages.

    `own` if the rows in this language itself are among those that the variant adds or leaves out.
    `effect.language` may be `OTHERS`; `effect.p_holm` is two-sided here, over all single languages
    of the matrix that are not their variant's own.
    """

    own: bool
    effect: Effect


def transfer_tables(name: str, transfers: Sequence[Transfer]) -> list[Table]:
    """A matrix for each task and metric, and the averages of the others; `name` is the ablation's.

    The averages are of each task's primary metric, and last, as the answer to what is asked.
    """
    found: dict[tuple[str, str], list[Transfer]] = {}
    for transfer in transfers:
        found.setdefault((transfer.effect.task, transfer.effect.metric), []).append(transfer)
    averages = [t.effect for t in transfers if t.effect.language == OTHERS]
    primary = [e for e in averages if registry.get(e.task).primary_metric == e.metric]
    tables = [_matrix(name, cells) for cells in found.values()]
    return [*tables, *([_averages(name, primary)] if primary else [])]


def _averages(name: str, effects: Sequence[Effect]) -> Table:
    """The effect on all languages together whose own rows are the same."""
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for effect in effects:
        labels = (f"{effect.task} {effect.metric}", effect.variant)
        cells = (
            *label_cells(labels, above),
            effect_cell(effect, with_unit=True),
            p_cell(effect.p_value),
            verdict_cell(effect.verdict),
        )
        rows.append(TableRow(cells=cells, section=above is not None and above[0] != labels[0]))
        above = labels
    return Table(
        title=f"{name}: the other languages",
        columns=(
            Column(name="Endpoint", wrap=True),
            Column(name="Variant"),
            Column(name="Difference [95 %]", align="right"),
            Column(name="p", align="right"),
            Column(name="Verdict", wrap=True),
        ),
        rows=tuple(rows),
        caption=(
            f"Difference to {effects[0].reference}, averaged within each problem over the "
            "languages whose own rows are the same on both sides; positive = better."
        ),
    )


def _matrix(name: str, cells: Sequence[Transfer]) -> Table:
    first = cells[0].effect
    scored = ordered_languages(t.effect.language for t in cells if t.effect.language != OTHERS)
    columns = [*scored, *([OTHERS] if any(t.effect.language == OTHERS for t in cells) else [])]
    by_place = {(t.effect.variant, t.effect.language): t for t in cells}
    largest = max((abs(_shown(t)) for t in cells if not t.own), default=0.0)
    rows = [
        TableRow(
            cells=(
                Cell(text=variant),
                *(_cell(by_place.get((variant, language)), largest) for language in columns),
            )
        )
        for variant in dict.fromkeys(t.effect.variant for t in cells)
    ]
    unit = "points of accuracy" if first.unit == "points" else "% of bits saved"
    return Table(
        title=f"{name}: transfer to each language, {first.task}, {first.metric} ({unit})",
        columns=(
            Column(name="Variant"),
            *(Column(name=language, align="right", wrap=True) for language in columns),
        ),
        rows=tuple(rows),
        caption=(
            f"Difference to {first.reference} with the half-width of its 95 % interval, positive "
            "= better; a column is the language scored. In brackets: a language whose own rows the "
            "variant leaves out or adds."
        ),
        notes=(*_legend(cells), *_others_note(columns), *_family_note(cells)),
    )


def _shown(cell: Transfer) -> float:
    return shown_effect(cell.effect.effect, cell.effect.unit)


def _cell(cell: Transfer | None, largest: float) -> Cell:
    """Difference, half-width, mark; a colour by the difference, unless it is the own language."""
    if cell is None:
        return Cell(text="")
    effect = cell.effect
    text = signed(_shown(cell))
    if effect.low is not None and effect.high is not None:
        low, high = (shown_effect(bound, effect.unit) for bound in (effect.low, effect.high))
        # In percent of bits the interval is not quite even: the wider side is shown.
        text += f" ±{max(high - _shown(cell), _shown(cell) - low):.1f}"
    text = f"({text})" if cell.own else text
    mark = _MARKS.get(effect.verdict, "")
    emphasis: Emphasis = "strong" if _survives(cell) else "muted" if cell.own else ""
    heat = None
    if not cell.own and largest > 0:
        told = effect.low is not None and effect.high is not None
        told = told and (effect.low or 0.0) * (effect.high or 0.0) > 0
        heat = _shown(cell) / largest * (1.0 if told else _CANNOT_TELL)
    return Cell(text=f"{text} {mark}".rstrip(), raw=effect.effect, emphasis=emphasis, heat=heat)


def _survives(cell: Transfer) -> bool:
    return cell.effect.p_holm is not None and cell.effect.p_holm < SIGNIFICANT


def _legend(cells: Iterable[Transfer]) -> tuple[str, ...]:
    used = {_MARKS.get(cell.effect.verdict, "") for cell in cells}
    said = [f"{mark} {meaning}" for mark, meaning in _MEANINGS.items() if mark in used]
    return (f"marks: {', '.join(said)}",) if said else ()


def _others_note(columns: Sequence[str]) -> tuple[str, ...]:
    text = "others: the average over the languages whose own rows are the same on both sides"
    return (text,) if OTHERS in columns else ()


def _family_note(cells: Sequence[Transfer]) -> tuple[str, ...]:
    """How many cells are looked at, and which of them hold for all of them together."""
    tested = [cell for cell in cells if cell.effect.p_holm is not None]
    if not tested:
        return ()
    held = [
        f"{cell.effect.variant} on {cell.effect.language}" for cell in tested if _survives(cell)
    ]
    return (
        f"{len(tested)} cells between languages are looked at, so about one in twenty would differ "
        f"by chance; adjusted by Holm's method over them, {len(held) or 'none'} "
        f"{'differs' if len(held) <= 1 else 'differ'}"
        + (f" (bold): {', '.join(held)}" if held else ""),
    )
