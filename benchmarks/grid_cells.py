"""The cells of `benchmarks/coverage_grid.py` and the draws of each, many at once.

Answers are drawn from logits: a problem's difficulty (standard deviation 1), the arm's own share of
it (0.3), a seed's level, and one draw a seed, of which a part is the same in all seeds. Bits per
byte are lognormal rates of texts of uneven length. The true effect is the mean over all that.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from harness.statistics.estimators import Floats

Tables: TypeAlias = tuple[Floats, Floats]
"""Scores of variant and reference, each [draw, seed, problem]."""

PROBLEMS = (50, 164, 250, 804)
SEEDS = (2, 3, 5, 8)
CHANCES = (0.02, 0.05, 0.2, 0.5, 0.98)
SPREADS = (0.0, 1.0)
EFFECTS = (0.0, -3.0)
DIFFICULTY, OWN, PERSISTENT = 1.0, 0.3, 0.3
RATE_SPREAD, LENGTH_SPREAD, TEXT_SPREAD = 0.05, 0.4, 0.15

_NUMBERS_AT_ONCE = 1_500_000


class GridCell(NamedTuple):
    """One design; `chance` None is for bits per byte."""

    problems: int
    seeds: int
    chance: float | None
    spread: float
    effect_errors: float


class Truth(NamedTuple):
    """What the draws of a cell come from: in logits, or logarithms of bits per byte.

    `effect` is the true difference of the scores that `shift` makes.
    """

    mean: float
    shift: float
    seed_sd: float
    effect: float


def grid(seeds: Sequence[int], problems: Sequence[int]) -> Iterator[GridCell]:
    """Every cell with these numbers of seeds and problems, those of accuracy first."""
    for chance in (*CHANCES, None):
        for values in itertools.product(problems, seeds, SPREADS, EFFECTS):
            size, count, spread, effect = values
            yield GridCell(size, count, chance, spread, effect)


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


def true_effect(mean: float, shift: float, seed_sd: float, rng: np.random.Generator) -> float:
    """The mean difference of two arms' answers over all problems and seeds."""
    spread = math.sqrt(DIFFICULTY**2 + OWN**2 + seed_sd**2)
    logits = mean + spread * rng.standard_normal(300_000)
    return float((special.expit(logits + shift) - special.expit(logits)).mean())


def truth_of(cell: GridCell, rng: np.random.Generator) -> Truth:
    """The shift and the spread of seeds that the cell's numbers of standard errors mean."""
    part = 2 * (PERSISTENT + (1 - PERSISTENT) / cell.seeds) / cell.problems
    if cell.chance is None:
        variance = part * RATE_SPREAD**2 * math.exp(LENGTH_SPREAD**2 + TEXT_SPREAD**2)
        shift = cell.effect_errors * math.sqrt(variance * (1 + cell.spread**2))
        return Truth(0.5, shift, cell.spread * math.sqrt(variance * cell.seeds / 2), shift)
    mean = level(cell.chance)
    logits = mean + math.hypot(DIFFICULTY, OWN) * rng.standard_normal(200_000)
    chances = special.expit(logits)
    slope = float((chances * (1 - chances)).mean())
    # The question error of one difference, and what a logit moves: both at no effect.
    variance = part * slope
    shift = cell.effect_errors * math.sqrt(variance * (1 + cell.spread**2)) / slope
    seed_sd = cell.spread * math.sqrt(variance * cell.seeds / 2) / slope
    effect = true_effect(mean, shift, seed_sd, rng) if shift else 0.0
    return Truth(mean, shift, seed_sd, effect)


def tables(cell: GridCell, truth: Truth, reps: int, rng: np.random.Generator) -> Iterator[Tables]:
    """The draws of a cell, some at a time so that they fit into the cache or nearly."""
    most = max(1, _NUMBERS_AT_ONCE // (cell.problems * cell.seeds))
    draw = _bits if cell.chance is None else _answers
    for start in range(0, reps, most):
        yield draw(cell, truth, min(most, reps - start), rng)


def _answers(cell: GridCell, truth: Truth, reps: int, rng: np.random.Generator) -> Tables:
    problem, seed = (reps, 1, cell.problems), (reps, cell.seeds, 1)
    base = truth.mean + DIFFICULTY * _normal(rng, problem)

    def arm(by: float) -> Floats:
        logits = base + OWN * _normal(rng, problem) + by + truth.seed_sd * _normal(rng, seed)
        shared = rng.random(problem, dtype=np.float32) < PERSISTENT
        fresh = rng.random((reps, cell.seeds, cell.problems), dtype=np.float32)
        uniform = np.where(shared, rng.random(problem, dtype=np.float32), fresh)
        return (uniform < special.expit(logits)).astype(np.float64)

    return arm(truth.shift), arm(0.0)


def _bits(cell: GridCell, truth: Truth, reps: int, rng: np.random.Generator) -> Tables:
    """Minus `log_bpb_scores` of both arms: positive is better."""
    problem, seed = (reps, 1, cell.problems), (reps, cell.seeds, 1)
    lengths = 200 * np.exp(LENGTH_SPREAD * rng.standard_normal(problem))
    sizes = np.maximum(np.round(lengths), 1)
    base = truth.mean + TEXT_SPREAD * rng.standard_normal(problem)

    def arm(by: float) -> Floats:
        fresh = rng.standard_normal((reps, cell.seeds, cell.problems))
        mixed = math.sqrt(PERSISTENT) * rng.standard_normal(problem)
        mixed = mixed + math.sqrt(1 - PERSISTENT) * fresh
        logs = base - by + truth.seed_sd * rng.standard_normal(seed) + RATE_SPREAD * mixed
        bits = sizes * np.exp(logs)
        means, mean_size = bits.mean(axis=2, keepdims=True), sizes.mean(axis=2, keepdims=True)
        return np.asarray(sizes / mean_size - np.log(means / mean_size) - bits / means)

    return arm(truth.shift), arm(0.0)


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return rng.standard_normal(shape, dtype=np.float32)
