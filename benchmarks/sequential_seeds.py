"""False alarms, power and seeds used when seeds are added until the answer is in.

    python -m benchmarks.sequential_seeds [--reps 4000] [--seed 0] [--most 8]

Draws the differences of variant and reference over the same problems: a seed effect, a problem
effect and noise, with a known true effect; for accuracies, answers that are right or wrong. All
ways of stopping see the same draws and look at the same numbers of seeds, from three on:

- ours: `harness.statistics.sequential`, the error spent over the looks;
- peeking: the interval of 95 % at each look, as if there were no other;
- fixed: one look, with all seeds;
- mixture: a t test by a mixture martingale over the means of the seeds, valid at every number of
  them (the Bayes factor of a normal prior of the effect size against 0; Gönen et al. 2005, as an
  e-process: Pérez-Ortiz et al. 2024), at 1 / 0.05. It takes the problems as given.

An alarm is an interval without 0 at any look, whatever happened at the others: the worst rule of
stopping there is. `within` is the share of runs in which any look called a loss of exactly the
margin non-inferior. Seeds are those of a run that stops once it has a verdict against a margin of
two standard errors of all seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table

from harness.statistics.estimators import paired_mean, with_t_interval
from harness.statistics.proportions import UPPER_TAIL
from harness.statistics.sequential import look_sizes, tails
from harness.statistics.two_way import Floats

FIRST = 3
WAYS = ("ours", "peeking", "fixed", "mixture")
PRIOR = 1.0
"""Standard deviation of the mixture's effect sizes, in standard deviations between seeds."""

Bounds = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of data: `spread` is that of the mean by seeds (one seed) over that by problems."""

    kind: str
    problems: int
    spread: float


def errors(setting: Setting, most: int) -> tuple[float, float, float]:
    """Standard deviations of seed and problem effects, and of the mean over `most` seeds."""
    by_problem = 1.0
    by_seed = setting.spread * by_problem / np.sqrt(setting.problems)
    whole = by_seed**2 / most + (by_problem**2 + 1 / most) / setting.problems
    return by_seed, by_problem, float(np.sqrt(whole))


def normal(setting: Setting, effect: float, most: int, rng: np.random.Generator) -> Floats:
    """Differences [seed, problem] with a true effect, in standard errors of all seeds."""
    by_seed, by_problem, whole = errors(setting, most)
    shape = (most, setting.problems)
    table = rng.normal(0, by_seed, (most, 1)) + rng.normal(0, by_problem, (1, setting.problems))
    return np.asarray(effect * whole + table + rng.normal(0, 1, shape))


def answers(
    setting: Setting, effect: float, most: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Right and wrong answers of two recipes, whose chances differ by the same true effect."""
    by_seed, by_problem, whole = errors(setting, most)
    scale = 0.15
    base = rng.uniform(0.25, 0.75, (1, setting.problems))
    shift = effect * whole + rng.normal(0, by_seed, (most, 1))
    shift = scale * (shift + rng.normal(0, by_problem, (1, setting.problems)))
    first = rng.random((most, setting.problems)) < np.clip(base + shift / 2, 0, 1)
    second = rng.random((most, setting.problems)) < np.clip(base - shift / 2, 0, 1)
    return first.astype(float), second.astype(float)


def share_bounds(first: Floats, second: Floats, size: int, tail: float) -> Bounds:
    """Our interval of a difference of accuracies."""
    found = paired_mean(first[:size], second[:size], tail=tail)
    return found.low, found.high


def t_bounds(table: Floats, size: int, tail: float) -> Bounds:
    """Our interval of normal differences, as for bits per byte."""
    found = with_t_interval(table[:size], table.shape[1], tail)
    return found.low, found.high


def mixture_bounds(table: Floats, size: int, level: float = 0.05) -> Bounds:
    """All effects that the mixture martingale does not refuse at this number of seeds."""
    means = table[:size].mean(axis=1)
    n, df = len(means), len(means) - 1
    shrink = 1 / (1 + n * PRIOR**2)
    # BF = sqrt(shrink) ((1 + t^2 / df) / (1 + shrink t^2 / df))^((df + 1) / 2) = 1 / level
    ratio = (1 / (level * np.sqrt(shrink))) ** (2 / (df + 1))
    if ratio * shrink >= 1:
        return -np.inf, np.inf  # so few seeds refuse nothing
    half = np.sqrt(df * (ratio - 1) / (1 - ratio * shrink)) * means.std(ddof=1) / np.sqrt(n)
    return float(means.mean() - half), float(means.mean() + half)


def looks_of(
    way: str, most: int, bounds: Callable[[int, float], Bounds], mixture: Callable[[int], Bounds]
) -> list[tuple[int, Bounds]]:
    """The looks of a way of stopping: numbers of seeds, and the interval there."""
    sizes = look_sizes(FIRST, most)
    if way == "fixed":
        return [(most, bounds(most, UPPER_TAIL))]
    if way == "mixture":
        return [(size, mixture(size)) for size in sizes]
    levels = tails(sizes) if way == "ours" else (UPPER_TAIL,) * len(sizes)
    return [(size, bounds(size, level)) for size, level in zip(sizes, levels, strict=True)]


def stopped(looks: Sequence[tuple[int, Bounds]], margin: float) -> tuple[int, bool]:
    """Seeds when a verdict is there, or all; and whether it is that something changed."""
    for size, (low, high) in looks:
        if low > 0 or high < 0:
            return size, True
        if low >= -margin:
            return size, False
    return looks[-1][0], False


def simulate(setting: Setting, reps: int, most: int, seed: int) -> dict[str, list[float]]:
    """By way: alarms, worse, within, and power and mean seeds at effects of 0, 2 and 5 errors."""
    rng = np.random.default_rng(seed)
    whole = errors(setting, most)[2]
    margin = 2 * whole * (0.15 if setting.kind == "answers" else 1)
    counts = {way: np.zeros(9) for way in WAYS}
    for _ in range(reps):
        for place, effect in enumerate((0.0, -2.0, -5.0)):
            if setting.kind == "answers":
                first, second = answers(setting, effect, most, rng)
                table, bounds = first - second, partial(share_bounds, first, second)
            else:
                table = normal(setting, effect, most, rng)
                bounds = partial(t_bounds, table)
            for way in WAYS:
                looks = looks_of(way, most, bounds, partial(mixture_bounds, table))
                count = counts[way]
                size, changed = stopped(looks, margin)
                count[3 + 2 * place : 5 + 2 * place] += (changed, size)
                if effect == 0.0:
                    count[0] += any(low > 0 or high < 0 for _, (low, high) in looks)
                    count[1] += any(high < 0 for _, (low, high) in looks)
                if effect == -2.0:  # a loss of exactly the margin
                    count[2] += any(low > -margin for _, (low, high) in looks)
    return {way: list(count / reps) for way, count in counts.items()}


SETTINGS = (
    *(Setting(kind="normal", problems=78, spread=spread) for spread in (0.0, 1.0, 3.0, 8.0)),
    Setting(kind="normal", problems=18, spread=5.0),
    *(Setting(kind="answers", problems=164, spread=spread) for spread in (0.0, 3.0)),
)


def main() -> None:
    """Print one table: a row for each kind of data and way of stopping."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=8)
    given = parser.parse_args()
    names = ("data", "problems", "spread", "way", "alarms", "worse", "within", "power 2", "seeds")
    table = Table(*names, "power 5", "seeds", "seeds at 0", title=f"{given.reps} draws")
    for number, setting in enumerate(SETTINGS):
        found = simulate(setting, given.reps, given.most, given.seed + number)
        for way, (alarms, worse, within, _, at_0, two, at_2, five, at_5) in found.items():
            kind = (setting.kind, str(setting.problems), f"{setting.spread:g}", way)
            shares = [f"{100 * share:.1f} %" for share in (alarms, worse, within)]
            powers = [f"{100 * two:.0f} %", f"{at_2:.1f}", f"{100 * five:.0f} %", f"{at_5:.1f}"]
            table.add_row(*kind, *shares, *powers, f"{at_0:.1f}")
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
