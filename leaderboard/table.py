"""The table object that all output is rendered from, and its number formats.

Terminal, Markdown, CSV and LaTeX are all rendered from a `Table`, so they cannot disagree.
`leaderboard.report_tables` and `leaderboard.run_tables` build tables from records,
`leaderboard.render` turns them into text. Text in a table is plain and unescaped: escaping is up to
each format.

Number formats: accuracies in percent with one decimal, bits per byte with three. A difference is
always signed so that positive is better: points of accuracy, or percent of bits saved.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from leaderboard.notebook_view import NotebookView

if TYPE_CHECKING:
    from leaderboard.records import Effect, Interval, ScoreCell


Align: TypeAlias = Literal["left", "right"]
Emphasis: TypeAlias = Literal["", "strong", "second", "good", "bad", "muted"]
"""`strong` is the primary endpoint or the best of a column, `second` the second best; `good`, `bad`
and `muted` are verdicts."""

Raw: TypeAlias = str | float | int | bool | None

UNGRADED = ("error", "truncated", "bad_verdict", "unjudged")
"""Outcomes without a judgement on the answer; they mark a cell."""

MARK = "!"
"""Prefix of the score in a cell with `UNGRADED` rows."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column; `wrap` allows long text to be broken in the terminal."""

    name: str
    align: Align = "left"
    wrap: bool = False


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell: its text and emphasis.

    `raw` is the unrounded value for CSV, or None to use the text. `repeat` means that the cell
    repeats the one above: the terminal and LaTeX leave it blank. `beside` are further values that
    the text holds, by what a column of CSV for them is called: `low` and `high`, in the unit of
    `raw`, and `clusters`. `heat` from -1 (worst) to 1 (best)
    colours the ground of a matrix's cell where there is colour.
    """

    text: str
    raw: Raw = None
    emphasis: Emphasis = ""
    repeat: bool = False
    beside: tuple[tuple[str, Raw], ...] = ()
    heat: float | None = None


class TableRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row; `section` draws a rule above it."""

    cells: tuple[Cell, ...]
    section: bool = False


class Table(NotebookView, msgspec.Struct, frozen=True, kw_only=True):
    """A table: `caption` says how to read it, `notes` are remarks on its content."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    caption: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that every row has one cell per column."""
        for number, row in enumerate(self.rows):
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"{self.title}: row {number} has {len(row.cells)} cells "
                    f"for {len(self.columns)} columns"
                )

    @property
    def rules(self) -> tuple[bool, ...]:
        """Whether a rule stands above each row; none does where each row is a section by itself."""
        apart = tuple(row.section for row in self.rows)
        return (False,) * len(apart) if all(apart[1:]) else apart


def label_columns(names: Sequence[str], labels: int = 2) -> tuple[Column, ...]:
    """Columns of which the first are labels, on the left, and the others numbers."""
    return tuple(
        Column(name=name, align="left" if place < labels else "right")
        for place, name in enumerate(names)
    )


def text_cell(text: str) -> Cell:
    """A plain text."""
    return Cell(text=text, raw=text)


def number_cell(number: int, emphasis: Emphasis = "") -> Cell:
    """A count, with commas between thousands."""
    return Cell(text=f"{number:,}", raw=number, emphasis=emphasis)


def bounds(low: float | None, high: float | None) -> tuple[tuple[str, Raw], ...]:
    """The bounds of a cell's interval as values beside it, none without an interval."""
    return () if low is None or high is None else (("low", low), ("high", high))


def text_table(
    title: str,
    names: Sequence[str],
    rows: Iterable[Sequence[str]],
    *notes: str,
    wrap: Collection[str] = (),
) -> Table:
    """A table of plain texts; columns named in `wrap` may wrap in the terminal."""
    return Table(
        title=title,
        columns=tuple(Column(name=name, wrap=name in wrap) for name in names),
        rows=tuple(TableRow(cells=tuple(map(text_cell, row))) for row in rows),
        notes=notes,
    )


def score_text(value: float | None, higher_is_better: bool) -> str:
    """A score: "12.5" (percent) if higher is better, else "1.234" (bits per byte).

    A score beyond 1 is no share (BLEU of another harness, say) and stands as it is.
    """
    if value is None:
        return "n/a"
    return _number(value, percent=higher_is_better and is_share(value))


def is_share(value: float | None) -> bool:
    """Whether a score may be a share, as accuracies and win rates are."""
    return value is None or abs(value) <= 1


def _number(value: float, *, percent: bool) -> str:
    return f"{100 * value:.1f}" if percent else f"{value:.3f}"


def interval_text(interval: "Interval | None", higher_is_better: bool) -> str:
    """An interval like "[10.1, 15.2]", or nothing."""
    if interval is None:
        return ""
    low, high = (_number(x, percent=higher_is_better) for x in (interval.low, interval.high))
    return f"[{low}, {high}]"


def interval_bounds(interval: "Interval | None") -> tuple[tuple[str, Raw], ...]:
    """The bounds of an interval as values beside it, none without one."""
    return () if interval is None else bounds(interval.low, interval.high)


def shown_effect(value: float, unit: str) -> float:
    """An effect in the unit of the tables: points, percent of bits saved, or the score's own.

    A log-ratio r = ln(reference / variant) saves 1 - exp(-r) of the reference's bits.
    """
    if unit == "score":
        return value
    return 100 * value if unit == "points" else -100 * math.expm1(-value)


def effect_text(value: float, unit: str) -> str:
    """An effect as tables show it, with its sign: one decimal, or three digits of a score."""
    shown = shown_effect(value, unit)
    if unit != "score":
        return signed(shown)
    text = f"{shown:+.3g}"
    return "0" if float(text) == 0 else text


def signed(value: float) -> str:
    """One decimal with its sign; a value that rounds to zero has no sign."""
    text = f"{value:+.1f}"
    return "0.0" if float(text) == 0 else text


def unit_sign(unit: str) -> str:
    """What follows a number of this unit: points, percent of bits, or nothing."""
    return {"points": " pt", "log-ratio": " %"}.get(unit, "")


def magnitude(value: float, unit: str) -> str:
    """An effect as tables show it, with its unit and without its sign: a loss of "2.0 pt"."""
    return effect_text(value, unit).lstrip("+-") + unit_sign(unit)


def p_text(p_value: float) -> str:
    """A p-value with three decimals; smaller ones read "<0.001"."""
    return "<0.001" if p_value < 0.001 else f"{p_value:.3f}"


def p_cell(p_value: float | None) -> Cell:
    """The cell of a p-value, empty without one."""
    return Cell(text="") if p_value is None else Cell(text=p_text(p_value), raw=p_value)


def score_cell(cell: "ScoreCell", *, with_interval: bool = True) -> Cell:
    """Score and interval; at floor or ceiling, that word replaces the interval."""
    parts = [score_text(cell.value, cell.higher_is_better)]
    interval = cell.interval if with_interval and not cell.note else None
    if ungraded(cell):
        parts.insert(0, MARK)
    if cell.note:
        parts.append(cell.note)
    else:
        parts.append(interval_text(interval, cell.higher_is_better and is_share(cell.value)))
    text = " ".join(filter(None, parts))
    return Cell(text=text, raw=cell.value, beside=interval_bounds(interval))


def at_bound(effect: "Effect") -> bool:
    """Whether every answer of both sides is wrong, or every answer of both is right."""
    both = {effect.variant_value, effect.reference_value}
    return effect.unit == "points" and both in ({0.0}, {1.0})


def effect_cell(effect: "Effect", *, with_unit: bool = False) -> Cell:
    """The difference and its 95 % interval, positive = better.

    Where no answer differs the interval says only how few problems there are. It would read as
    what was measured, so the verdict (`floor`, `ceiling`) stands alone, and a note has the bound
    (`leaderboard.effect_notes.bound_notes`).
    """
    text = effect_text(effect.effect, effect.unit)
    if with_unit:
        text += unit_sign(effect.unit)
    if effect.low is None or effect.high is None or at_bound(effect):
        return Cell(text=text, raw=effect.effect)
    low, high = (effect_text(v, effect.unit) for v in (effect.low, effect.high))
    beside = bounds(effect.low, effect.high)
    return Cell(text=f"{text} [{low}, {high}]", raw=effect.effect, beside=beside)


def verdict_cell(verdict: str) -> Cell:
    """The verdict, with its colour."""
    emphasis: Emphasis = "muted"
    if verdict in ("better", "non-inferior"):
        emphasis = "good"
    elif verdict.startswith("worse"):
        emphasis = "bad"
    return Cell(text=verdict, emphasis=emphasis)


def ungraded(cell: "ScoreCell") -> dict[str, int]:
    """Number of a cell's rows that ended in an error, at a limit or unjudged, by outcome."""
    return {name: cell.outcomes[name] for name in UNGRADED if cell.outcomes.get(name)}


def ungraded_notes(cells: "Iterable[tuple[str, ScoreCell]]") -> tuple[str, ...]:
    """A note that counts the `UNGRADED` rows by label (a variant, a model) and language.

    Averages are left out if a label has languages, since they count the same rows again.
    """
    from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH

    found: dict[str, dict[str, str]] = {}
    for label, cell in cells:
        if counts := ungraded(cell):
            what = ", ".join(f"{count} {name}" for name, count in counts.items())
            text = f"{cell.language} {what} of {cell.samples}"
            found.setdefault(label, {})[cell.language] = text
    if not found:
        return ()
    parts = []
    for label, texts in found.items():
        single = [texts[name] for name in texts if name not in (NON_ENGLISH, ALL_LANGUAGES)]
        parts.append(f"{label} ({'; '.join(single or texts.values())})")
    return (
        f"{MARK} rows that ended in an error, at a limit or without a verdict: {', '.join(parts)}",
    )


def ordered_languages(languages: Iterable[str]) -> list[str]:
    """Averages first, then English, then the others by code."""
    from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH

    first = (NON_ENGLISH, ALL_LANGUAGES, "en")
    return sorted(set(languages), key=lambda x: (first.index(x) if x in first else 3, x))


def label_cells(labels: Sequence[str], above: Sequence[str] | None) -> tuple[Cell, ...]:
    """Label cells; leading cells that equal the row above are marked as repeated."""
    cells = []
    same = above is not None
    for index, label in enumerate(labels):
        same = same and above is not None and label == above[index]
        cells.append(Cell(text=label, repeat=same))
    return tuple(cells)


def count_text(count: int) -> str:
    """A count in at most five characters: 950, 12.3k, 4.6M."""
    for size, suffix in ((10**9, "G"), (10**6, "M"), (10**4, "k")):
        if count >= size:
            scale = 10**3 if suffix == "k" else size
            return f"{count / scale:.1f}{suffix}"
    return str(count)


HEAT_STEPS = 3
"""Grounds of each direction, faint to deep."""


def heat_step(cell: Cell) -> int:
    """How deep the ground of a cell is, from -3 (worst) to 3; 0 without one or near no difference.

    Three steps, as more could not be told apart.
    """
    if cell.heat is None or abs(cell.heat) < 0.05:
        return 0
    step = min(int(abs(cell.heat) * HEAT_STEPS) + 1, HEAT_STEPS)
    return step if cell.heat > 0 else -step


def parameters_text(count: int | None) -> str:
    """The size of a model as people say it: 0.5M, 7.1B; nothing where it is not known."""
    if count is None:
        return ""
    size, suffix = (10**9, "B") if count >= 10**9 else (10**6, "M")
    return f"{count / size:.1f}{suffix}" if count >= 10**5 else count_text(count)


def emphasised(cell: Cell) -> Cell:
    """The cell of a primary endpoint: strong, unless it already has a colour."""
    return cell if cell.emphasis else msgspec.structs.replace(cell, emphasis="strong")


def muted(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells of a row, greyed, but for a verdict's colour."""
    return tuple(
        cell
        if cell.emphasis in ("good", "bad")
        else msgspec.structs.replace(cell, emphasis="muted")
        for cell in cells
    )
