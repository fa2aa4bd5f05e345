"""Coverage and false "worse" of our intervals in every cell of a grid of designs.

    python -m benchmarks.coverage_grid [--reps 2000] [--seeds 2,3,5,8] [--seed 0] [--csv FILE]
        [--problems 50,164,250,804] [--rule ours|t|tango|apart]

Cells are n problems x S seeds a side x the chance p of a right answer x the spread between seeds
(over the question error), without an effect and with one of three standard errors; for right and
wrong answers, and for bits per byte, which have no p (`benchmarks/grid_cells.py`). Printed: every
cell with its coverage, its share of draws called worse (false without an effect) and what a draw
misses by lying above and below the truth; then for every p and S the range.

`at least` is the coverage below which no honest interval can be (`benchmarks/discreteness.py`).
Marks: `low` is under 93 % or more than 1.5 times the nominal 2.5 % false "worse"; `d` is above 97 %
and *bounded by discreteness*, as `at least` is above 97 % too; `wide` is above 97 % otherwise.
With 2,000 draws a figure near 95 % is good to 1 point (two standard errors), one near 97 % to 0.8.
"""

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.discreteness import MISSED, least_coverage
from benchmarks.grid_cells import PROBLEMS, SEEDS, GridCell, grid, tables, truth_of
from benchmarks.many_intervals import Rule, checked

BOUNDS = (0.93, 0.97)
MOST_FALSE = 1.5 * 0.025


class Measured(NamedTuple):
    """Shares over the draws; mean width and number of problems whose answers differ.

    `above` and `below`: the interval lies above, or below, the true effect.
    """

    coverage: float
    worse: float
    above: float
    below: float
    width: float
    differing: float
    at_least: float


Row = tuple[GridCell, Measured]


def measure(
    cell: GridCell,
    reps: int,
    rng: np.random.Generator,
    *,
    missed: float = MISSED,
    rule: Rule = "ours",
) -> Measured:
    """The shares of one cell."""
    truth = truth_of(cell, rng)
    shares = cell.chance is not None
    found = [
        checked(variant, reference, shares=shares, rule=rule)
        for variant, reference in tables(cell, truth, reps, rng)
    ]
    low = np.concatenate([bounds.low for _, bounds in found])
    high = np.concatenate([bounds.high for _, bounds in found])
    above, below = float((low > truth.effect).mean()), float((high < truth.effect).mean())
    least = 0.0
    if shares:
        least = least_coverage(
            np.concatenate([drawn.value for drawn, _ in found]),
            np.concatenate([drawn.sums for drawn, _ in found]),
            identical=cell.effect_errors == 0,
            spread=cell.spread > 0,
            missed=missed,
        )
    return Measured(
        # Counted, as 1 minus the rest can be off by a bit at a bound.
        coverage=float(((low <= truth.effect) & (truth.effect <= high)).mean()),
        worse=float((high < 0).mean()),
        above=above,
        below=below,
        width=float((high - low).mean()),
        differing=float(np.concatenate([drawn.differing for drawn, _ in found]).mean()),
        at_least=least,
    )


def is_low(cell: GridCell, found: Measured) -> bool:
    """Whether a cell covers too little, or calls too many alike worse."""
    false = cell.effect_errors == 0 and found.worse > MOST_FALSE
    return false or found.coverage < BOUNDS[0]


def mark(cell: GridCell, found: Measured) -> str:
    """What is said of a cell that misses a bound; empty for the others."""
    if is_low(cell, found):
        return "low"
    if found.coverage <= BOUNDS[1]:
        return ""
    return "d" if found.at_least > BOUNDS[1] else "wide"


def main() -> None:
    """Measure every cell and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reps", type=int, default=2000, help="draws a cell")
    parser.add_argument("--seed", type=int, default=0, help="random seed")
    parser.add_argument("--csv", type=Path, help="write every cell here")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="numbers of seeds, 2+")
    parser.add_argument("--problems", default=",".join(map(str, PROBLEMS)), help="numbers of them")
    parser.add_argument(
        "--missed", type=float, default=MISSED, help="missed on each side by `at least`"
    )
    parser.add_argument("--rule", choices=get_args(Rule), default="ours", help="of the intervals")
    options = parser.parse_args()
    rows: list[Row] = []
    seeds, problems = (
        [int(word) for word in words.split(",")] for words in (options.seeds, options.problems)
    )
    for cell in grid(seeds, problems):
        # A cell's draws are its own, whichever other cells are measured.
        place = [cell.problems, cell.seeds, round(100 * (cell.chance or 0)), int(cell.spread)]
        rng = np.random.default_rng([options.seed, *place, int(abs(cell.effect_errors))])
        found = measure(cell, options.reps, rng, missed=options.missed, rule=options.rule)
        rows.append((cell, found))
    if options.csv:
        with options.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow((*GridCell._fields, *Measured._fields, "mark"))
            writer.writerows((*cell, *found, mark(cell, found)) for cell, found in rows)
    console = Console()
    console.print(cell_table(rows))
    console.print(range_table(rows))


def cell_table(rows: Sequence[Row]) -> Table:
    """Every cell, a row each."""
    marks = [mark(*row) for row in rows]
    title = (
        f"of {len(rows)} cells {marks.count('low')} are low; {marks.count('d')} above "
        f"{BOUNDS[1]:.0%} are bounded by discreteness, {marks.count('wide')} are not"
    )
    table = Table(title=title)
    for name in ("n", "S", "p", "spread", "effect", "covers", "worse", "at least", "differ", ""):
        table.add_column(name, justify="right")
    for (cell, found), said in zip(rows, marks, strict=True):
        least = f"{100 * found.at_least:.1f}" if found.at_least else "-"
        table.add_row(
            *(str(cell.problems), str(cell.seeds), _chance(cell), f"{cell.spread:g}"),
            *(f"{cell.effect_errors:g}", f"{100 * found.coverage:.1f}"),
            *(f"{100 * found.worse:.1f}", least, f"{found.differing:.1f}", said),
        )
    return table


def _chance(cell: GridCell) -> str:
    return "bpb" if cell.chance is None else f"{cell.chance:g}"


def range_table(rows: Sequence[Row]) -> Table:
    """The range of every p and S, and how many cells have which mark."""
    table = Table(title="coverage, and the most false worse")
    for name in ("p", "S", "coverage", "false worse", "cells", "low", "d", "wide"):
        table.add_column(name, justify="right")
    groups = dict.fromkeys((_chance(cell), cell.seeds) for cell, _ in rows)
    for chance, seeds in groups:
        chosen = [(c, f) for c, f in rows if (_chance(c), c.seeds) == (chance, seeds)]
        shares = [f.coverage for _, f in chosen]
        false = max(f.worse for c, f in chosen if c.effect_errors == 0)
        marks = [mark(*row) for row in chosen]
        ends = f"{100 * min(shares):.1f} to {100 * max(shares):.1f}"
        counts = (str(len(chosen)), *(str(marks.count(name)) for name in ("low", "d", "wide")))
        table.add_row(chance, str(seeds), ends, f"{100 * false:.1f}", *counts)
    return table


if __name__ == "__main__":
    main()
