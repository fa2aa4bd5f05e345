"""Shares near 0 and 1: false non-inferiority, and intervals of means of several samples.

    python benchmarks/shares_near_bounds.py [--reps 4000] [--seed 0]

The first table draws a variant that loses exactly the margin against its reference, so that each
"non-inferior" is false (nominal 2.5 %): by the t interval (at least as wide as Wilson's for 0 of Q
if fewer than four problems differ), and by that interval together with Tango's score interval.
``alike`` is the share of problems whose draw the two arms share; half of the problems end alike in
all seeds. The second table draws scores that are means of k samples a problem: coverage, and how
often a bound lies outside 0 to 1.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from rich.console import Console
from rich.table import Table

from harness.statistics.estimators import (
    FEW_DISCORDANT,
    Floats,
    paired_mean,
    score_mean,
    t_quantile,
    wilson,
)


def outcomes(
    rng: np.random.Generator, seeds: int, problems: int, chances: tuple[float, float], alike: float
) -> Iterator[Floats]:
    """0/1 outcomes [seed, problem] of both arms; half of the problems end alike in all seeds."""
    same = rng.random(problems) < 0.5

    def uniforms() -> Floats:
        drawn = rng.random((seeds, problems))
        return np.where(same, drawn[:1], drawn)

    common, shared = uniforms(), rng.random(problems) < alike
    for chance in chances:
        yield (np.where(shared, common, uniforms()) < chance).astype(np.float64)


def t_lower(variant: Floats, reference: Floats) -> float:
    """The lower bound of the t interval, widened where very few problems differ."""
    plain = paired_mean(variant, reference, shares=False)
    differing = int((variant != reference).any(axis=0).sum())
    half = t_quantile(plain.df) * plain.standard_error
    if differing < FEW_DISCORDANT:
        half = max(half, wilson(0, variant.shape[1])[1])
    return plain.value - half


def noninferiority(reps: int, rng: np.random.Generator) -> Table:
    """Share of draws called non-inferior although the loss is the margin."""
    names = ("right", "margin", "problems", "seeds", "alike", "t", "t and score")
    table = Table(*names, title=f"false non-inferiority, {reps} draws a row; nominal 2.5 %")
    cases = [(0.98, 0.02), (0.98, 0.03), (0.98, 0.05), (0.95, 0.05), (0.06, 0.05), (0.5, 0.05)]
    for right, margin in cases:
        for problems in (50, 164):
            for seeds in (1, 3):
                for alike in (0.0, 0.8):
                    called = np.zeros(2)
                    for _ in range(reps):
                        chances = (right - margin, right)
                        pair = list(outcomes(rng, seeds, problems, chances, alike))
                        lows = (t_lower(*pair), paired_mean(*pair).low)
                        called += [low >= -margin for low in lows]
                    texts = (f"{100 * share:.1f} %" for share in called / reps)
                    table.add_row(
                        *(f"{x:g}" for x in (right, margin, problems, seeds, alike)), *texts
                    )
    return table


def samples(reps: int, rng: np.random.Generator) -> Table:
    """Coverage of the mean of k samples by the t interval and by ours, and bounds outside."""
    names = ("mean", "k", "problems", "t covers", "t leaves 0..1", "ours covers", "leaves")
    table = Table(*names, title=f"scores of means of k samples, one run, {reps} draws a row")
    for mean in (0.01, 0.05, 0.3, 0.97):
        for k in (4, 16):
            for problems in (20, 164):
                found = np.zeros(4)
                for _ in range(reps):
                    chance = rng.beta(mean, 1 - mean, problems)
                    scores = (rng.binomial(k, chance) / k)[None]
                    ours = score_mean(scores, binary=False)
                    half = t_quantile(problems - 1) * scores.std(ddof=1) / np.sqrt(problems)
                    for place, (low, high) in enumerate(
                        ((scores.mean() - half, scores.mean() + half), (ours.low, ours.high))
                    ):
                        found[2 * place] += low <= mean <= high
                        found[2 * place + 1] += low < 0 or high > 1
                texts = (f"{100 * share:.1f} %" for share in found / reps)
                table.add_row(f"{mean:g}", str(k), str(problems), *texts)
    return table


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--reps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    console = Console()
    console.print(noninferiority(options.reps, rng))
    console.print(samples(options.reps, rng))


if __name__ == "__main__":
    main()
