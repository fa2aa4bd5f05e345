"""Tables of `compare`: runs or models beside the first of them, paired by problem."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from leaderboard.effect_notes import (
    CLUSTERS,
    bound_notes,
    hidden_notes,
    left_out_notes,
    margin_notes,
    size_cell,
)
from leaderboard.family_notes import (
    HOLM_COLUMN,
    family_notes,
    has_families,
    holm_cell,
    ruled_out_notes,
)
from leaderboard.family_notes import READING as FAMILY
from leaderboard.gaps import Gap
from leaderboard.records import Effect, ScoreCell
from leaderboard.table import (
    MARK,
    Cell,
    Column,
    Table,
    TableRow,
    effect_cell,
    label_cells,
    p_cell,
    score_text,
    ungraded,
    ungraded_notes,
    verdict_cell,
)

About: TypeAlias = Literal["recipes", "models"]

MODELS_ONLY: Final = (
    "these models on problems like these: intervals, p and verdicts know the chance in the "
    "problems, not that of training. Another seed of a recipe can turn out otherwise; for "
    "recipes, compare folders with three seeds or more a side"
)

READING: Final = "Positive = better (pt: points of accuracy; %: bits per byte saved)."

Scores: TypeAlias = Mapping[str, Sequence[ScoreCell]]
"""The cells of each side by its name."""


class ComparedSide(msgspec.Struct, frozen=True, kw_only=True):
    """A side as its table names it; `described` is its name with seeds and settings."""

    name: str
    described: str


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What a table of comparisons shows: the sides, the reference first, and their effects.

    `of` is the variant that all sides are of; `margin_option` says how to set a margin, with `{}`
    for its scale.
    """

    sides: tuple[ComparedSide, ...]
    effects: tuple[Effect, ...]
    scores: dict[str, tuple[ScoreCell, ...]]
    gaps: tuple[Gap, ...]
    about: About
    of: str = ""
    notes: tuple[str, ...] = ()
    margin_option: str = "--margin-{}=NUMBER"

    @property
    def labelled_effects(self) -> tuple[Effect, ...]:
        """The effects, whose variants bear the name of what all sides are of."""
        return tuple(
            msgspec.structs.replace(effect, variant=self._label(effect.variant))
            for effect in self.effects
        )

    @property
    def labelled_gaps(self) -> tuple[Gap, ...]:
        """The gaps, in the same way."""
        return tuple(
            msgspec.structs.replace(gap, variant=self._label(gap.variant)) for gap in self.gaps
        )

    def _label(self, variant: str) -> str:
        return f"{self.of} of {variant}" if self.of else variant

    @property
    def letters(self) -> dict[str, str]:
        """A and B for the names of two sides; more stand under their names."""
        names = [side.name for side in self.sides]
        return dict(zip(names, "AB", strict=True)) if len(names) == 2 else {n: n for n in names}


def comparison_table(compared: Compared) -> Table:
    """One table: A and B side by side, or a line for each of more sides under the reference."""
    return _pair_table(compared) if len(compared.sides) == 2 else _many_table(compared)


def _title(compared: Compared) -> str:
    what = "Model" if compared.about == "models" else ""
    if len(compared.sides) == 2:
        text = f"{what} B against {what.lower()} A" if what else "B against A"
    else:
        noun = "models" if what else "runs"
        text = f"{len(compared.sides) - 1} {noun} against {compared.sides[0].name}"
    return f"{compared.of + ': ' if compared.of else ''}{text}, on the same problems"


def _pair_table(compared: Compared) -> Table:
    reference, variant = compared.sides
    cells_of = _by_place(compared.scores)
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for effect in compared.effects:
        labels = (effect.task, effect.metric, effect.language)
        marks = [_mark(cells_of.get((side.name, *labels))) for side in (reference, variant)]
        values = (effect.reference_value, effect.variant_value)
        cells = (
            *label_cells(labels, above),
            *(
                Cell(text=mark + score_text(value, effect.unit == "points"), raw=value)
                for mark, value in zip(marks, values, strict=True)
            ),
            *_effect_cells(compared, effect),
        )
        new = above is not None and above[:2] != labels[:2]
        rows.append(TableRow(cells=cells, section=new))
        above = labels
    return _table(compared, ("A", "B", "B vs A [95 %]"), rows)


def _many_table(compared: Compared) -> Table:
    """Task, metric and language, then a line for the reference and one for each other side."""
    cells_of = _by_place(compared.scores)
    effects = {(e.task, e.metric, e.language, e.variant): e for e in compared.effects}
    first, *others = compared.sides
    rows: list[TableRow] = []
    above: tuple[str, ...] | None = None
    for place in dict.fromkeys((e.task, e.metric, e.language) for e in compared.effects):
        for side in (first, *others):
            effect = effects.get((*place, side.name))
            cell = cells_of.get((side.name, *place))
            if effect is None and (side is not first or cell is None):
                continue
            value = effect.variant_value if effect else cell.value if cell else None
            accuracy = next(
                e.unit == "points" for e in compared.effects if (e.task, e.metric) == place[:2]
            )
            labels = (*place, side.name)
            shown = Cell(text=_mark(cell) + score_text(value, accuracy), raw=value)
            numbers = (
                _effect_cells(compared, effect) if effect else _reference_cells(compared, cell)
            )
            new = above is not None and above[:3] != place
            rows.append(TableRow(cells=(*label_cells(labels, above), shown, *numbers), section=new))
            above = labels
    return _table(compared, ("Score", "vs first [95 %]"), rows)


def _effect_cells(compared: Compared, effect: Effect) -> tuple[Cell, ...]:
    effects = compared.effects
    seeds = Cell(text=str(effect.n_seeds), raw=effect.n_seeds)
    return (
        effect_cell(effect, with_unit=True),
        p_cell(effect.p_value),
        *((holm_cell(effects, effect),) if has_families(effects) else ()),
        *(() if compared.about == "models" else (seeds,)),
        size_cell(effect.n_problems, effect.n_clusters),
        verdict_cell(effect.verdict),
    )


def _reference_cells(compared: Compared, cell: ScoreCell | None) -> tuple[Cell, ...]:
    blank = 2 + has_families(compared.effects) + (compared.about != "models")
    return (
        *(Cell(text="") for _ in range(blank)),
        size_cell(cell.n, cell.n_clusters) if cell else Cell(text=""),
        verdict_cell("reference"),
    )


def _table(compared: Compared, values: Sequence[str], rows: Sequence[TableRow]) -> Table:
    """The table with its columns and all notes."""
    effects, letters = compared.effects, compared.letters
    clustered = any(effect.n_clusters < effect.n_problems for effect in effects)
    several, adjusted = len(compared.sides) > 2, has_families(effects)
    described = [
        f"{letters[side.name]}: {side.described}" if not several else side.described
        for side in compared.sides
    ]
    return Table(
        title=_title(compared),
        columns=(
            Column(name="Task"),
            Column(name="Metric", wrap=True),
            Column(name="Lang"),
            *((Column(name="Run", wrap=True),) if several else ()),
            *(Column(name=name, align="right") for name in (*values, "p")),
            *((HOLM_COLUMN,) if adjusted else ()),
            *((Column(name="Seeds", align="right"),) if compared.about != "models" else ()),
            Column(name="n", align="right"),
            Column(name="Verdict", wrap=True),
        ),
        rows=tuple(rows),
        caption=READING + (f" {CLUSTERS}" if clustered else ""),
        notes=(
            *described,
            *((MODELS_ONLY,) if compared.about == "models" else ()),
            *compared.notes,
            *((_each_alone(compared),) if several else ()),
            *margin_notes(effects, compared.margin_option),
            *hidden_notes(effects),
            *((FAMILY,) if adjusted else ()),
            *family_notes(effects),
            *ruled_out_notes(effects),
            *bound_notes(effects),
            *ungraded_notes(
                (f"{letters[name]} {cell.task} {cell.metric}", cell)
                for name, cells in compared.scores.items()
                for cell in cells
            ),
            *left_out_notes(effects, compared.gaps),
        ),
    )


def _each_alone(compared: Compared) -> str:
    """What several comparisons with one reference do to chance."""
    count = len(compared.sides) - 1
    return (
        f"each of {count} is compared with {compared.sides[0].name} alone: where all are alike, a "
        f"cell calls one of them better or worse in up to {count} x 5 % of cases"
    )


def _by_place(scores: Scores) -> dict[tuple[str, str, str, str], ScoreCell]:
    """Cells by side, task, metric and language."""
    return {
        (name, c.task, c.metric, c.language): c for name, cells in scores.items() for c in cells
    }


def _mark(cell: ScoreCell | None) -> str:
    return f"{MARK} " if cell and ungraded(cell) else ""
