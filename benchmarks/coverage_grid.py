"""Coverage and false "worse" of our intervals in every cell of a grid of designs.

    python benchmarks/coverage_grid.py [--reps 400] [--again 3000] [--csv FILE] [--seeds 2,3,5,8]

Cells are n problems x S seeds a side x the chance p of a right answer x the spread between seeds
(over the question error), without an effect and with one of three standard errors; for right and
wrong answers, and for bits per byte, which have no p. Answers are
drawn from logits: a problem's difficulty (standard deviation 1), the arm's own share of it (0.3), a
seed's level, and one draw a seed, of which a part is the same in all seeds. The true effect is the
mean over all that, computed by drawing many problems.

Cells below 93 % coverage, or with more than 1.5 times the nominal false "worse" (2.5 %), are drawn
again with `--again` draws, as some of so many are below by chance; their second figures count.
Printed: the cells that are out of 93 to 97 % or of that bound, and for every p and S the range.
"""

import argparse
import csv
import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import special

from harness.statistics.estimators import Floats, log_bpb_scores, paired_mean

PROBLEMS = (50, 164, 250, 804)
SEEDS = (2, 3, 5, 8)
CHANCES = (0.02, 0.05, 0.2, 0.5, 0.98)
SPREADS = (0.0, 1.0)
EFFECTS = (0.0, -3.0)
DIFFICULTY, OWN, PERSISTENT = 1.0, 0.3, 0.3
BOUNDS = (0.93, 0.97)
MOST_FALSE = 1.5 * 0.025


class GridCell(NamedTuple):
    """One design; `chance` None is for bits per byte."""

    problems: int
    seeds: int
    chance: float | None
    spread: float
    effect_errors: float


class Measured(NamedTuple):
    """Shares over the draws, and the mean number of problems whose answers differ."""

    coverage: float
    worse: float
    differing: float


def grid(seeds: Sequence[int]) -> Iterator[GridCell]:
    """Every cell, those of accuracy first."""
    for chance in (*CHANCES, None):
        for values in itertools.product(PROBLEMS, seeds, SPREADS, EFFECTS):
            problems, count, spread, effect = values
            yield GridCell(problems, count, chance, spread, effect)


@cache
def level(chance: float) -> float:
    """The mean logit whose answers are right with this chance, over difficulties."""
    logits = math.hypot(DIFFICULTY, OWN) * np.random.default_rng(0).standard_normal(200_000)
    low, high = -12.0, 12.0
    for _ in range(40):
        middle = (low + high) / 2
        if special.expit(middle + logits).mean() < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def answers(
    cell: GridCell, mean: float, shift: float, seed_sd: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """0/1 answers [seed, problem] of variant and reference."""
    base = mean + DIFFICULTY * rng.standard_normal(cell.problems)

    def arm(by: float) -> Floats:
        own = OWN * rng.standard_normal(cell.problems)
        seed = seed_sd * rng.standard_normal((cell.seeds, 1))
        chance = special.expit(base + own + by + seed)
        shared = rng.random(cell.problems) < PERSISTENT
        uniform = np.where(
            shared, rng.random(cell.problems), rng.random((cell.seeds, cell.problems))
        )
        return (uniform < chance).astype(np.float64)

    return arm(shift), arm(0.0)


def true_effect(mean: float, shift: float, seed_sd: float, rng: np.random.Generator) -> float:
    """The mean difference over all problems and seeds."""
    spread = math.sqrt(DIFFICULTY**2 + OWN**2 + seed_sd**2)
    logits = mean + spread * rng.standard_normal(300_000)
    return float((special.expit(logits + shift) - special.expit(logits)).mean())


def measure_answers(cell: GridCell, reps: int, rng: np.random.Generator) -> Measured:
    """The shares of one cell of right and wrong answers."""
    mean = level(cell.chance or 0.5)
    logits = mean + math.hypot(DIFFICULTY, OWN) * rng.standard_normal(200_000)
    chances = special.expit(logits)
    slope = float((chances * (1 - chances)).mean())
    # The question error of one difference, and what a logit moves: both at no effect.
    variance = 2 * slope * (PERSISTENT + (1 - PERSISTENT) / cell.seeds) / cell.problems
    error = math.sqrt(variance * (1 + cell.spread**2))
    seed_sd = cell.spread * math.sqrt(variance * cell.seeds / 2) / slope
    shift = cell.effect_errors * error / slope
    effect = true_effect(mean, shift, seed_sd, rng) if shift else 0.0
    covered = worse = 0
    differing = 0.0
    for _ in range(reps):
        variant, reference = answers(cell, mean, shift, seed_sd, rng)
        found = paired_mean(variant, reference)
        covered += found.low <= effect <= found.high
        worse += found.high < 0
        differing += float((variant != reference).any(axis=0).sum())
    return Measured(covered / reps, worse / reps, differing / reps)


def measure_bits(cell: GridCell, reps: int, rng: np.random.Generator) -> Measured:
    """The shares of one cell of bits per byte: lognormal rates of texts of uneven length."""
    cell_sd, length_sd = 0.05, 0.4
    weight = math.exp(length_sd**2 + 0.15**2)
    variance = (
        2 * cell_sd**2 * weight * (PERSISTENT + (1 - PERSISTENT) / cell.seeds) / cell.problems
    )
    error = math.sqrt(variance * (1 + cell.spread**2))
    seed_sd = cell.spread * math.sqrt(variance * cell.seeds / 2)
    effect = cell.effect_errors * error
    covered = worse = 0

    def arm(base: Floats, sizes: Floats) -> Floats:
        fresh = rng.standard_normal((cell.seeds, cell.problems))
        kept = rng.standard_normal(cell.problems)
        mixed = math.sqrt(PERSISTENT) * kept + math.sqrt(1 - PERSISTENT) * fresh
        logs = base + seed_sd * rng.standard_normal((cell.seeds, 1)) + cell_sd * mixed
        return -log_bpb_scores(sizes * np.exp(logs), sizes)

    for _ in range(reps):
        lengths = 200 * np.exp(length_sd * rng.standard_normal(cell.problems))
        sizes = np.maximum(np.round(lengths), 1)
        base = 0.5 + 0.15 * rng.standard_normal(cell.problems)
        found = paired_mean(arm(base - effect, sizes), arm(base, sizes), shares=False)
        covered += found.low <= effect <= found.high
        worse += found.high < 0
    return Measured(covered / reps, worse / reps, float(cell.problems))


def is_low(cell: GridCell, found: Measured) -> bool:
    """Whether a cell covers too little, or calls too many alike worse."""
    false = cell.effect_errors == 0 and found.worse > MOST_FALSE
    return false or found.coverage < BOUNDS[0]


def is_out(cell: GridCell, found: Measured) -> bool:
    """Whether a cell misses a bound to either side."""
    return is_low(cell, found) or found.coverage > BOUNDS[1]


def main() -> None:
    """Print what is out of bounds, and the range of each n and S."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reps", type=int, default=400, help="draws a cell")
    parser.add_argument("--again", type=int, default=3000, help="draws of a cell that is low")
    parser.add_argument("--seed", type=int, default=0, help="random seed")
    parser.add_argument("--csv", type=Path, help="write every cell here")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)), help="numbers of seeds")
    options = parser.parse_args()
    cells = list(grid([int(word) for word in options.seeds.split(",")]))
    rows = []
    for number, cell in enumerate(cells):
        rng = np.random.default_rng([options.seed, number])
        measure = measure_bits if cell.chance is None else measure_answers
        found = measure(cell, options.reps, rng)
        if is_low(cell, found):
            found = measure(cell, options.again, rng)
        rows.append((cell, found))
    if options.csv:
        with options.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow((*GridCell._fields, *Measured._fields))
            writer.writerows((*cell, *found) for cell, found in rows)
    console = Console()
    console.print(_out_table(rows))
    console.print(_range_table(rows))


def _out_table(rows: Sequence[tuple[GridCell, Measured]]) -> Table:
    out = [row for row in rows if is_out(*row)]
    low = sum(is_low(*row) for row in rows)
    title = f"of {len(rows)} cells {low} are low, {len(out) - low} above {BOUNDS[1]:.0%}"
    table = Table(title=title)
    for name in ("n", "seeds", "p", "spread", "effect / SE", "coverage", "worse", "differing"):
        table.add_column(name, justify="right")
    for cell, found in out:
        table.add_row(
            *(str(cell.problems), str(cell.seeds), _chance(cell), f"{cell.spread:g}"),
            *(f"{cell.effect_errors:g}", f"{100 * found.coverage:.1f} %"),
            *(f"{100 * found.worse:.1f} %", f"{found.differing:.1f}"),
        )
    return table


def _chance(cell: GridCell) -> str:
    return "bpb" if cell.chance is None else f"{cell.chance:g}"


def _range_table(rows: Sequence[tuple[GridCell, Measured]]) -> Table:
    table = Table(title="coverage, and the most false worse")
    for name in ("p", "seeds", "coverage", "false worse at most", "cells"):
        table.add_column(name, justify="right")
    groups = dict.fromkeys((_chance(cell), cell.seeds) for cell, _ in rows)
    for chance, seeds in groups:
        chosen = [(c, f) for c, f in rows if (_chance(c), c.seeds) == (chance, seeds)]
        shares = [f.coverage for _, f in chosen]
        false = max(f.worse for c, f in chosen if c.effect_errors == 0)
        ends = f"{100 * min(shares):.1f} to {100 * max(shares):.1f} %"
        table.add_row(chance, str(seeds), ends, f"{100 * false:.1f} %", str(len(chosen)))
    return table


if __name__ == "__main__":
    main()
