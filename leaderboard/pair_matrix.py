"""Every model against every other: paired differences as a matrix, and as a table.

`harness.comparing.pairwise` computes them; here they are turned, ordered and shown.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import msgspec

from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH, Effect
from leaderboard.table import (
    Cell,
    Column,
    Emphasis,
    Table,
    TableRow,
    at_bound,
    effect_cell,
    effect_text,
    score_text,
    shown_effect,
)

SIGNIFICANT: Final = 0.05
"""Level of the p-values that are adjusted over all pairs of a matrix."""

_WORDS: Final = {
    NON_ENGLISH: "average over the languages but English",
    ALL_LANGUAGES: "average over all languages",
}


class MatrixSide(msgspec.Struct, frozen=True, kw_only=True):
    """One row and column: a variant with all its seeds, or a model.

    `runs` are the keys of its stored runs, `score` is its own on all problems that its runs scored,
    in the metric's unit.
    """

    name: str
    runs: tuple[str, ...]
    seeds: int
    score: float


class Unpaired(msgspec.Struct, frozen=True, kw_only=True):
    """Two sides without a difference, and why."""

    first: str
    second: str
    reason: str


class PairMatrix(msgspec.Struct, frozen=True, kw_only=True):
    """The differences of all pairs in one task, metric and language, asked and scored alike.

    `languages` are those that `language` stands for. `sides` are the best first. `effects` has a
    pair once, the better-ranked side as `variant`; its `p_holm` is two-sided here, over all pairs
    of the matrix that were tested. `missing` says why a pair has none. `verdict` is `better` or
    `worse` only where `p_holm` is below 0.05.
    """

    task: str
    task_version: str
    protocol: str
    profile: str
    metric: str
    language: str
    languages: tuple[str, ...]
    higher_is_better: bool
    sides: tuple[MatrixSide, ...]
    effects: tuple[Effect, ...]
    missing: tuple[Unpaired, ...]
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """A name for files and links, the same in every build: it holds nothing from a record."""
        named = (self.task, self.task_version, self.protocol, self.profile)
        content = msgspec.json.encode((*named, self.metric, self.language))
        return hashlib.sha256(content).hexdigest()[:12]

    @property
    def tested(self) -> int:
        """The number of pairs that p-values are adjusted for."""
        return sum(effect.p_value is not None for effect in self.effects)

    @property
    def told_apart(self) -> int:
        """The number of pairs that differ, adjusted for all of them."""
        return sum(is_told(effect) for effect in self.effects)

    def effect(self, row: str, column: str) -> Effect | None:
        """Row minus column, positive where the row is better; None if they do not compare."""
        found = self._by_pair.get((row, column))
        if found is not None:
            return found
        other = self._by_pair.get((column, row))
        return None if other is None else turned(other)

    @property
    def _by_pair(self) -> dict[tuple[str, str], Effect]:
        return {(effect.variant, effect.reference): effect for effect in self.effects}

    def rows(self) -> list[tuple[MatrixSide, list[Effect | None]]]:
        """Each side with its differences to all sides in their order, None to itself too."""
        pairs = self._by_pair
        pairs |= {(e.reference, e.variant): turned(e) for e in self.effects}
        return [
            (side, [pairs.get((side.name, other.name)) for other in self.sides])
            for side in self.sides
        ]

    def why_missing(self, row: str, column: str) -> str:
        """Why these two have no difference, "" if they have one."""
        pair = {row, column}
        return next((one.reason for one in self.missing if {one.first, one.second} == pair), "")


class PairMatrices(msgspec.Struct, frozen=True, kw_only=True):
    """All matrices of a collection, and what is in none of them."""

    matrices: tuple[PairMatrix, ...]
    notes: tuple[str, ...]


def turned(effect: Effect) -> Effect:
    """The same comparison from the other side."""
    words = {"better": "worse", "worse": "better"}
    return msgspec.structs.replace(
        effect,
        variant=effect.reference,
        reference=effect.variant,
        variant_value=effect.reference_value,
        reference_value=effect.variant_value,
        variant_interval=effect.reference_interval,
        reference_interval=effect.variant_interval,
        effect=-effect.effect or 0.0,
        low=None if effect.high is None else -effect.high or 0.0,
        high=None if effect.low is None else -effect.low or 0.0,
        verdict=words.get(effect.verdict, effect.verdict),
    )


def is_told(effect: Effect) -> bool:
    """Whether the two differ, adjusted for all pairs of the matrix."""
    return effect.p_holm is not None and effect.p_holm < SIGNIFICANT


def largest_difference(effects: Iterable[Effect]) -> float:
    """The largest difference as tables show it, which has the full colour."""
    return max((abs(shown_effect(effect.effect, effect.unit)) for effect in effects), default=0.0)


def heat_of(effect: Effect, largest: float) -> float:
    """How far a difference that is told apart goes, -1 to 1 of the largest; 0 if it is not told."""
    if not is_told(effect) or largest <= 0:
        return 0.0
    return max(-1.0, min(1.0, shown_effect(effect.effect, effect.unit) / largest))


def matrix_title(matrix: PairMatrix) -> str:
    """What the matrix is of, in a line."""
    parts = [matrix.task, matrix.metric, _WORDS.get(matrix.language, matrix.language)]
    parts += [part for part in (matrix.protocol, matrix.profile) if part]
    return ", ".join(parts)


def matrix_caption(matrix: PairMatrix) -> str:
    """How to read it: what is subtracted, in which unit, and when a cell is coloured."""
    unit = {True: "points", False: "% of the column's bits saved"}[matrix.higher_is_better]
    if any(effect.unit == "score" for effect in matrix.effects):
        unit = "the score's own unit"
    return (
        f"Row minus column with the 95 % interval, paired by problem and seed ({unit}), positive: "
        "the row is better. Last, in small type or brackets, the smallest true difference that "
        "such a pair shows in 80 % of cases. The best model is first."
    )


def family_note(matrix: PairMatrix) -> str:
    """How many pairs are looked at, and how that is allowed for."""
    tested = matrix.tested
    if not tested:
        return "no pair has the runs for an interval: it takes one a side, or three seeds or more"
    pairs = f"{tested} pair{'' if tested == 1 else 's'}"
    return (
        f"coloured and bold: told apart with p < 0.05, adjusted for {pairs} by Holm's method "
        f"({matrix.told_apart}); single intervals are not adjusted"
    )


def matrix_table(matrix: PairMatrix) -> Table:
    """The matrix as a table for terminal and files."""
    largest = largest_difference(matrix.effects)
    higher = matrix.higher_is_better
    rows = tuple(
        TableRow(
            cells=(
                Cell(text=side.name),
                Cell(text=score_text(side.score, higher), raw=side.score),
                *(
                    _cell(matrix, side.name, other.name, effect, largest)
                    for other, effect in zip(matrix.sides, effects, strict=True)
                ),
            )
        )
        for side, effects in matrix.rows()
    )
    return Table(
        title=f"pairs: {matrix_title(matrix)}",
        columns=(
            Column(name="Model", wrap=True),
            Column(name="Score", align="right"),
            *(Column(name=side.name, align="right", wrap=True) for side in matrix.sides),
        ),
        rows=rows,
        caption=matrix_caption(matrix),
        notes=(family_note(matrix), *matrix.notes, *missing_notes(matrix)),
    )


def missing_notes(matrix: PairMatrix) -> tuple[str, ...]:
    """Why pairs have no difference, each reason once with the number of its pairs."""
    counts: dict[str, int] = {}
    for one in matrix.missing:
        counts[one.reason] = counts.get(one.reason, 0) + 1
    return tuple(
        f"{count} pair{'' if count == 1 else 's'} without a difference: {reason}"
        for reason, count in counts.items()
    )


def _cell(matrix: PairMatrix, row: str, column: str, effect: Effect | None, largest: float) -> Cell:
    if effect is None:
        return Cell(text="" if row == column else "n/a", emphasis="muted")
    shown = effect_cell(effect)
    emphasis: Emphasis = "strong" if is_told(effect) else ""
    difference, interval, least = cell_lines(effect)
    parts = (difference, interval, f"({least})" if least else "")
    return msgspec.structs.replace(
        shown,
        text=" ".join(filter(None, parts)),
        emphasis=emphasis,
        heat=heat_of(effect, largest),
    )


def cell_lines(effect: Effect) -> tuple[str, str, str]:
    """A cell's difference, its interval, and the smallest difference that would show; or "".

    Where no answer differs the interval is as empty of meaning as in every other table
    (`leaderboard.table.effect_cell`): the word floor or ceiling stands in its place.
    """
    difference, _, interval = effect_cell(effect).text.partition(" ")
    return difference, interval or (effect.verdict if at_bound(effect) else ""), least_of(effect)


def least_of(effect: Effect) -> str:
    """The smallest true difference that such a pair shows in 80 % of cases, without unit, or ""."""
    if effect.smallest_detectable is None or at_bound(effect):
        return ""
    return effect_text(effect.smallest_detectable, effect.unit).lstrip("+")
