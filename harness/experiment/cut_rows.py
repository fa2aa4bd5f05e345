"""Rows that are longer than a training's sequences: split, cut at the end, or left out.

The table of trained rows counts what is left, so a dataset of long chats would lose rows unsaid.
"""

from collections.abc import Mapping
from typing import Final

from harness.engine.graph import Made
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import CutCell, cut_cells
from train.train_config import Overlong

_MANY: Final = 0.01
"""The share of a variant's rows from which on a report says that they were cut."""


def cut_notes(experiment: Experiment, made: Mapping[str, Made]) -> tuple[str, ...]:
    """A sentence on the rows of each variant that do not fit, for the plan: none if all fit."""
    return _told(experiment, _found(experiment, made))


def cut_caveats(experiment: Experiment, made: Mapping[str, Made]) -> tuple[str, ...]:
    """The same for the report, where rows were left out or more than a hundredth was cut."""
    found = {name: cells for name, cells in _found(experiment, made).items() if _matters(cells)}
    return _told(experiment, found)


def _found(experiment: Experiment, made: Mapping[str, Made]) -> dict[str, tuple[CutCell, ...]]:
    cells = {one.name: cut_cells(made[f"pack/{one.name}"]) for one in experiment.variants}
    return {name: found for name, found in cells.items() if any(map(_is_long, found))}


def _is_long(cell: CutCell) -> bool:
    return bool(cell.cut or cell.lost or cell.split)


def _matters(cells: tuple[CutCell, ...]) -> bool:
    rows = sum(cell.rows + cell.lost for cell in cells)
    return any(cell.lost for cell in cells) or sum(cell.cut for cell in cells) > _MANY * rows


def _told(experiment: Experiment, found: Mapping[str, tuple[CutCell, ...]]) -> tuple[str, ...]:
    if not found:
        return ()
    recipes = {one.name: experiment.of(one).train for one in experiment.variants}
    lengths = {recipe.max_tokens for recipe in recipes.values()}
    bound = " or ".join(f"{length:,}" for length in sorted(lengths))
    parts = "; ".join(
        f"{name}: {_words(cells, recipes[name].overlong)}" for name, cells in found.items()
    )
    return (f"longer than train.max_tokens ({bound}): {parts}",)


def _words(cells: tuple[CutCell, ...], overlong: Overlong) -> str:
    """Counts of one variant, with the language and kind that most of them are of."""
    rows = sum(cell.rows + cell.lost for cell in cells)
    cut, lost = sum(cell.cut for cell in cells), sum(cell.lost for cell in cells)
    split = sum(cell.split for cell in cells)
    why = "" if overlong == "drop" else ", as no answer is left"
    if not cut + lost:
        return f"{split:,} dialogues split"
    first = f"{split:,} dialogues split, " if split else ""
    parts = [f"{cut:,} cut at the end"] if cut else []
    parts += [f"{lost:,} left out{why}"] if lost else []
    most = max(cells, key=lambda cell: cell.cut + cell.lost)
    return (
        f"{first}of {rows:,} rows {' and '.join(parts)} (most in {most.language} {most.kind}: "
        f"{most.cut + most.lost:,} of {most.rows + most.lost:,})"
    )
