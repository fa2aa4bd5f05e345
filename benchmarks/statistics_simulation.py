"""Coverage, false "worse" and power of the estimators on simulated crossed data.

    python benchmarks/statistics_simulation.py [--reps 5000] [--seed 0] [--problems 160]
    python benchmarks/statistics_simulation.py --clusters [--reps 5000]
    python benchmarks/statistics_simulation.py --wide [--reps 10000]

Draws variant and reference over the same problems with a known effect: accuracy-like (Bernoulli)
and bpb-like (bits and bytes, multiplicative), each with problem effects, problem-by-arm effects,
seed effects per arm and their interaction. ``spread`` is the standard deviation of the mean that
seeds cause over the one that problems cause. Four ways of comparing see the same draws: ours
(two-way), the same without knowing of clusters, seeds pooled as if they were more problems, and one
seed alone. ``--clusters`` draws problems that are near copies of each other, as problems from one
template are. ``--wide`` draws the mean squares of normal data themselves and shows the range of our
coverage over a wide grid.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import special

from harness.statistics.estimators import (
    Estimate,
    Floats,
    MeanSquares,
    log_bpb_scores,
    paired_mean,
    t_quantile,
    variance_and_df,
)

if TYPE_CHECKING:
    from harness.statistics.clusters import Index

METHODS = ("two-way", "no clusters", "pooled", "single seed")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One kind of data.

    ``spread``: between-seed spread over question error. ``by_problem``: share of the question
    error's variance (of one seed) that is the same in all seeds; the rest is drawn anew.
    ``effect_errors``: the true effect in units of the true standard error of the difference.
    ``copies``: problems in a cluster; ``alike``: the correlation of what is drawn for two of them.
    """

    kind: str
    seeds: int
    problems: int
    spread: float
    by_problem: float
    effect_errors: float
    copies: int = 1
    alike: float = 0.0

    @property
    def clusters(self) -> Index | None:
        """The cluster of each problem."""
        return None if self.copies == 1 else np.arange(self.problems) // self.copies

    def normals(self, rng: np.random.Generator, rows: int = 1) -> Floats:
        """Standard normals [row, problem], alike within a cluster."""
        own = rng.standard_normal((rows, self.problems))
        if self.copies == 1:
            return own
        common = rng.standard_normal((rows, -(-self.problems // self.copies)))
        spread = common.repeat(self.copies, axis=1)[:, : self.problems]
        return np.asarray(np.sqrt(self.alike) * spread + np.sqrt(1 - self.alike) * own)

    def question_variance(self, variance: float) -> float:
        """V_q of the difference, from the variance of one seed's per-problem difference."""
        per_problem = self.by_problem + (1 - self.by_problem) / self.seeds
        return variance * per_problem / self.problems * (1 + (self.copies - 1) * self.alike)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Shares over the repetitions, for one way of comparing."""

    coverage: float
    worse: float
    better: float
    half_width: float  # median, in true standard errors


Draw = Callable[[np.random.Generator], tuple[Floats, Floats]]


def accuracy_draw(scenario: Scenario) -> tuple[Draw, float, float]:
    """0/1 scores [S, Q] of both arms; the draw, the true effect and its standard error.

    Each arm: P(correct) = base + b_i + h_i + a_s, with b shared by the arms. A share of cells
    repeats one draw over all seeds, which makes the outcome of a problem alike in all seeds. With
    clusters the outcomes are a little less alike than the draws, so that the error is an upper
    bound there.
    """
    difficulty, own = 0.15, 0.05
    noise = 2 * (0.25 - difficulty**2 / 3)  # of a cell's difference; own adds under 1 %
    v_q = scenario.question_variance(noise)
    seed_sd = scenario.spread * np.sqrt(v_q * scenario.seeds / 2)
    error = float(np.sqrt(v_q * (1 + scenario.spread**2)))
    effect = scenario.effect_errors * error

    def arm(rng: np.random.Generator, base: Floats) -> Floats:
        seed = rng.normal(0, seed_sd, (scenario.seeds, 1))
        chance = base + own * uniforms(rng)[0] + seed
        shared = (1 + uniforms(rng)[0]) / 2 < scenario.by_problem
        uniform = (1 + np.where(shared, uniforms(rng), uniforms(rng, scenario.seeds))) / 2
        return (uniform < chance).astype(np.float64)

    def uniforms(rng: np.random.Generator, rows: int = 1) -> Floats:
        """From -1 to 1, [row, problem]."""
        return np.asarray(2 * special.ndtr(scenario.normals(rng, rows)) - 1)

    def draw(rng: np.random.Generator) -> tuple[Floats, Floats]:
        base = 0.5 + difficulty * uniforms(rng)[0]
        return arm(rng, base + effect / 2), arm(rng, base - effect / 2)

    return draw, effect, error


def bpb_draw(scenario: Scenario) -> tuple[Draw, float, float]:
    """Linearised log bpb [S, Q] of both arms; true effect (turned: positive = better), error."""
    cell_sd, difficulty, length_sd = 0.05, 0.15, 0.4
    # Problems weigh by their bits: the lognormal's E[w^2] / E[w]^2.
    weight = float(np.exp(length_sd**2 + difficulty**2))
    v_q = scenario.question_variance(2 * cell_sd**2 * weight)
    seed_sd = scenario.spread * np.sqrt(v_q * scenario.seeds / 2)
    error = float(np.sqrt(v_q * (1 + scenario.spread**2)))
    effect = scenario.effect_errors * error
    shared_sd = cell_sd * np.sqrt(scenario.by_problem)
    fresh_sd = cell_sd * np.sqrt(1 - scenario.by_problem)

    def arm(rng: np.random.Generator, base: Floats, bytes_: Floats) -> Floats:
        logs = (
            base
            + rng.normal(0, seed_sd, (scenario.seeds, 1))
            + shared_sd * scenario.normals(rng)
            + fresh_sd * scenario.normals(rng, scenario.seeds)
        )
        # Turned, so that positive is better for both kinds of data.
        return -log_bpb_scores(bytes_ * np.exp(logs), bytes_)

    def draw(rng: np.random.Generator) -> tuple[Floats, Floats]:
        bytes_ = np.maximum(np.round(200 * np.exp(length_sd * scenario.normals(rng)[0])), 1)
        base = 0.5 + difficulty * scenario.normals(rng)[0]
        return arm(rng, base - effect, bytes_), arm(rng, base, bytes_)

    return draw, effect, error


def estimates(
    variant: Floats, reference: Floats, clusters: Index | None = None
) -> Iterator[Estimate]:
    """The paired effect by each of ``METHODS``, in that order."""
    yield paired_mean(variant, reference, clusters)
    yield paired_mean(variant, reference)
    yield paired_mean(variant.reshape(1, -1), reference.reshape(1, -1))
    yield paired_mean(variant[:1], reference[:1])


def simulate(scenario: Scenario, reps: int, seed: int) -> dict[str, Outcome]:
    """Shares over ``reps`` draws for each way of comparing."""
    draw, effect, error = {"accuracy": accuracy_draw, "bpb": bpb_draw}[scenario.kind](scenario)
    rng = np.random.default_rng(seed)
    bounds = np.array(
        [[(e.low, e.high) for e in estimates(*draw(rng), scenario.clusters)] for _ in range(reps)]
    )  # [rep, method, end]
    low, high = bounds[:, :, 0], bounds[:, :, 1]
    return {
        method: Outcome(
            coverage=float(((low[:, m] <= effect) & (effect <= high[:, m])).mean()),
            worse=float((high[:, m] < 0).mean()),
            better=float((low[:, m] > 0).mean()),
            half_width=float(np.median(high[:, m] - low[:, m]) / 2 / error),
        )
        for m, method in enumerate(METHODS)
    }


def grid(problems: int) -> Iterator[Scenario]:
    """Three seeds over the realistic spreads, no effect and one of four standard errors."""
    spreads = {"bpb": (0.0, 1.0, 2.0, 5.0, 10.0), "accuracy": (0.0, 1.0, 2.0)}
    for kind, values in spreads.items():
        for spread in values:
            for effect in (0.0, -4.0):
                yield Scenario(
                    kind=kind,
                    seeds=3,
                    problems=problems,
                    spread=spread,
                    by_problem=0.3,
                    effect_errors=effect,
                )


def cluster_grid() -> Iterator[Scenario]:
    """Templates with near copies: the starter's 18 with 4, more, and passages with 10 questions."""
    for kind in ("bpb", "accuracy"):
        for clusters, copies, alike in ((18, 4, 0.97), (18, 4, 0.5), (120, 2, 0.97), (16, 10, 0.3)):
            for spread in (0.0, 1.0):
                yield Scenario(
                    kind=kind,
                    seeds=3,
                    problems=clusters * copies,
                    spread=spread,
                    by_problem=0.6,
                    effect_errors=0.0,
                    copies=copies,
                    alike=alike,
                )


def clustered(reps: int, seed: int) -> Table:
    """Coverage and false alarms of identical data where problems are near copies."""
    table = Table(title=f"3 seeds, no effect, {reps} draws a row; nominal 95 % and 2.5 %")
    for name in ("data", "clusters x copies", "alike", "spread", "method", "coverage", "worse"):
        table.add_column(name, justify="left" if name in ("data", "method") else "right")
    for number, scenario in enumerate(cluster_grid()):
        for method, outcome in simulate(scenario, reps, seed + number).items():
            table.add_row(
                scenario.kind,
                f"{scenario.problems // scenario.copies} x {scenario.copies}",
                f"{scenario.alike:g}",
                f"{scenario.spread:g}",
                method,
                f"{100 * outcome.coverage:.1f} %",
                f"{100 * outcome.worse:.1f} %",
                end_section=method == METHODS[-1],
            )
    return table


def normal_coverage(
    seeds: int, problems: int, spread: float, by_problem: float, reps: int, rng: np.random.Generator
) -> float:
    """Coverage of our interval on normal data, whose mean squares are scaled chi-squares."""
    df = (seeds - 1, problems - 1, (seeds - 1) * (problems - 1))
    residual = 1 - by_problem
    by_problems = seeds * by_problem + residual
    by_seeds = spread**2 * by_problems + residual
    expected = (by_seeds, by_problems, residual)
    error = np.sqrt((by_seeds + by_problems - residual) / (seeds * problems))
    means = rng.normal(0, error, reps)
    draws = np.stack([e * rng.chisquare(f, reps) / f for e, f in zip(expected, df, strict=True)])
    covered = 0
    for mean, (s, q, e) in zip(means, draws.T, strict=True):
        squares = MeanSquares(seeds=s, problems=q, residual=e)
        variance, guarded = variance_and_df(squares, seeds, problems)
        covered += abs(mean) <= t_quantile(guarded) * np.sqrt(variance)
    return covered / reps


def wide(reps: int, seed: int) -> Table:
    """Least and greatest coverage over problems and shares, by number of seeds and spread."""
    table = Table(title=f"95 % intervals, normal data, {reps} draws a cell of the grid")
    for name in ("seeds", "spread", "least coverage", "greatest coverage"):
        table.add_column(name, justify="right")
    rng = np.random.default_rng(seed)
    for seeds, spread in itertools.product((3, 4, 5), (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)):
        shares = [
            normal_coverage(seeds, problems, spread, by_problem, reps, rng)
            for problems in (8, 40, 160)
            for by_problem in (0.0, 0.2, 0.5, 0.8)
        ]
        ends = (f"{100 * share:.1f} %" for share in (min(shares), max(shares)))
        table.add_row(str(seeds), f"{spread:g}", *ends)
    return table


def main() -> None:
    """Print the table that the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reps", type=int, help="draws per scenario (5000; 10000 with --wide)")
    parser.add_argument("--seed", type=int, default=0, help="random seed")
    parser.add_argument("--problems", type=int, default=160, help="problems per run")
    parser.add_argument("--wide", action="store_true", help="coverage over a wide grid (minutes)")
    parser.add_argument("--clusters", action="store_true", help="problems that are near copies")
    args = parser.parse_args()
    console = Console()
    if args.wide:
        console.print(wide(args.reps or 10_000, args.seed))
        return
    if args.clusters:
        console.print(clustered(args.reps or 5000, args.seed))
        return
    started = time.monotonic()
    console.print(narrow(args.problems, args.reps or 5000, args.seed))
    console.print(
        "worse at effect 0 is a false alarm (nominal 2.5 %), elsewhere power; half: median "
        f"half-width in true standard errors. {time.monotonic() - started:.0f} s"
    )


def narrow(problems: int, reps: int, seed: int) -> Table:
    """One row for each scenario of the grid and way of comparing."""
    table = Table(title=f"3 seeds, {problems} problems, {reps} draws a row")
    for name in ("data", "spread", "effect / SE", "method", "coverage", "worse", "better", "half"):
        table.add_column(name, justify="left" if name in ("data", "method") else "right")
    for number, scenario in enumerate(grid(problems)):
        for method, outcome in simulate(scenario, reps, seed + number).items():
            if method == METHODS[1]:
                continue  # there are no clusters
            table.add_row(
                scenario.kind,
                f"{scenario.spread:g}",
                f"{scenario.effect_errors:g}",
                method,
                f"{100 * outcome.coverage:.1f} %",
                f"{100 * outcome.worse:.1f} %",
                f"{100 * outcome.better:.1f} %",
                f"{outcome.half_width:.2f}",
                end_section=method == METHODS[-1],
            )
    return table


if __name__ == "__main__":
    main()
