"""How much narrower an interval over seeds could be where seeds do not spread.

    python -m benchmarks.narrowest_interval [--seeds 3,5,8] [--ratios 1,0.45,0.2]

Normal data of many problems, so that the variance of the mean by problems is known: its unit. Then
an interval over S seeds is one curve: its half width as a function of V_s, the variance that the
means of the seeds show. `ratio` is V_qs / V_q of `harness.statistics.two_way`: 1 if problems
themselves do not differ, 0 if the rest is nothing. The variance by seeds is 0 to 300 times V_qs.

For each, the curve of `two_way` is compared with
- `residual guard off`: Satterthwaite's degrees of freedom without the guard while V_s is within the
  residual (restricted likelihood's variances, which in a balanced design are these, with the
  degrees of freedom of those that are not 0);
- `Cochran only`: only the second guard;
- `t of seeds`: a t test of the seeds' means, with S - 1 degrees of freedom. If the ratio is 1 it is
  the only rule by which coverage is 95 % *whatever the spread* (Neyman structure: seeds' sum of
  squares and mean square together are complete and sufficient for the variance);
- `narrowest`: the curve, found by linear programmes, that is narrowest where seeds do not spread,
  never narrower than an interval of problems alone, never falling, and covers everywhere at least
  what the curve of `two_way` covers at its worst.
"""

import argparse
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import optimize, special

from harness.statistics.estimators import Floats
from harness.statistics.proportions import UPPER_TAIL

Curve: TypeAlias = Callable[[Floats], Floats]
"""Half widths of V_s, in units of the error by problems."""

NORMAL = float(special.ndtri(UPPER_TAIL))
SPREADS = np.concatenate(([0.0], np.geomspace(0.05, 300, 50)))
"""Variances by seeds over the residual's."""

_POINTS, _KNOTS = 1500, 45
_STEPS = 50


def curves(seeds: int, ratio: float) -> dict[str, Curve]:
    """The rules that are compared, but for the narrowest."""
    df = seeds - 1
    widest = float(special.stdtrit(df, UPPER_TAIL))

    def variance(by_seeds: Floats) -> Floats:
        return np.maximum(1.0, 1 + by_seeds - ratio)

    def satterthwaite(by_seeds: Floats, counted: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            found = variance(by_seeds) ** 2 * df / counted**2
        quantile = special.stdtrit(np.clip(found, df, 1e7), UPPER_TAIL)
        return np.asarray(quantile * np.sqrt(variance(by_seeds)))

    def cochran(by_seeds: Floats) -> Floats:
        return np.asarray(np.sqrt(NORMAL**2 + widest**2 * np.maximum(by_seeds - ratio, 0)))

    def guarded(by_seeds: Floats) -> Floats:
        return np.maximum(satterthwaite(by_seeds, by_seeds), cochran(by_seeds))

    def off(by_seeds: Floats) -> Floats:
        return satterthwaite(by_seeds, np.where(by_seeds > ratio, by_seeds, 0.0))

    return {
        "two_way": guarded,
        "residual guard off": off,
        "Cochran only": cochran,
        "t of seeds": lambda by_seeds: widest * np.sqrt(by_seeds),
    }


def _draws(seeds: int, ratio: float, spread: float) -> Floats:
    """V_s at equally likely points."""
    points = (np.arange(_POINTS) + 0.5) / _POINTS
    df = seeds - 1
    return np.asarray((ratio + spread) * special.chdtri(df, 1 - points) / df)


def coverages(curve: Curve, seeds: int, ratio: float) -> Floats:
    """Coverage for each of `SPREADS`; the mean is independent of V_s."""
    found = [
        (2 * special.ndtr(curve(_draws(seeds, ratio, x)) / np.sqrt(1 + x)) - 1).mean()
        for x in ratio * SPREADS
    ]
    return np.array(found)


def width(curve: Curve, seeds: int, ratio: float) -> float:
    """The mean half width if seeds do not spread."""
    return float(curve(_draws(seeds, ratio, 0.0)).mean())


class _Grid:
    """Curves that are straight between knots of sqrt(V_s): their coverages, and the slopes."""

    def __init__(self, seeds: int, ratio: float) -> None:
        self.knots = np.concatenate(([0.0], np.geomspace(0.03, 20, _KNOTS - 1)))
        self._scales = np.sqrt(1 + ratio * SPREADS)
        self._weights = [self._weigh(np.sqrt(_draws(seeds, ratio, x))) for x in ratio * SPREADS]
        self.mean_width = self._weights[0].mean(axis=0)

    def _weigh(self, roots: Floats) -> Floats:
        """The weights of the knots, [point, knot]."""
        left = np.clip(np.searchsorted(self.knots, roots) - 1, 0, _KNOTS - 2)
        share = (roots - self.knots[left]) / np.diff(self.knots)[left]
        weights = np.zeros((len(roots), _KNOTS))
        rows = np.arange(len(roots))
        weights[rows, left], weights[rows, left + 1] = 1 - share, share
        return weights

    def coverage(self, heights: Floats) -> tuple[Floats, Floats]:
        """Coverages [spread] and their slopes [spread, knot]."""
        found, slopes = [], []
        for weights, scale in zip(self._weights, self._scales, strict=True):
            ends = weights @ heights / scale
            found.append((2 * special.ndtr(ends) - 1).mean())
            density = np.exp(-(ends**2) / 2) / np.sqrt(2 * np.pi)
            slopes.append(2 * density @ weights / scale / len(ends))
        return np.array(found), np.array(slopes)


def narrowest(seeds: int, ratio: float, least: float) -> Curve:
    """The narrowest curve at no spread that covers at least this everywhere."""
    grid = _Grid(seeds, ratio)
    heights = np.maximum(curves(seeds, ratio)["two_way"](grid.knots**2), NORMAL)
    rising = np.eye(_KNOTS)[:-1] - np.eye(_KNOTS)[1:]
    reach = 0.3
    for step in range(_STEPS):
        found, slopes = grid.coverage(heights)
        # The last variable is what coverage may lack, at a high price.
        rows = np.vstack((-slopes, rising))
        lacking = np.concatenate((-np.ones(len(found)), np.zeros(_KNOTS - 1)))
        move = reach * (1 + heights / 4)
        solved = optimize.linprog(
            np.append(grid.mean_width, 50.0),
            np.column_stack((rows, lacking)),
            np.concatenate((found - least, -rising @ heights)),
            bounds=[
                *((max(NORMAL - h, -m), m) for h, m in zip(heights, move, strict=True)),
                (0, 1),
            ],
        )
        if solved.status != 0:
            break
        heights = heights + solved.x[:-1]
        reach *= 0.88 if step > 15 else 1.0
    return lambda by_seeds: np.interp(np.sqrt(by_seeds), grid.knots, heights)


def main() -> None:
    """Print coverage and width of each rule."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", default="3,5,8", help="numbers of seeds")
    parser.add_argument("--ratios", default="1,0.45,0.2", help="V_qs / V_q")
    options = parser.parse_args()
    table = Table(title="coverage over spreads of seeds; half width at no spread")
    for name in ("S", "ratio", "rule", "no spread", "least", "greatest", "width"):
        table.add_column(name, justify="right")
    for seeds in map(int, options.seeds.split(",")):
        for ratio in map(float, options.ratios.split(",")):
            rules = curves(seeds, ratio)
            worst = float(coverages(rules["two_way"], seeds, ratio).min())
            for name, curve in (rules | {"narrowest": narrowest(seeds, ratio, worst)}).items():
                found = 100 * coverages(curve, seeds, ratio)
                table.add_row(
                    *(str(seeds), f"{ratio:g}", name, f"{found[0]:.1f}", f"{found.min():.1f}"),
                    *(f"{found.max():.1f}", f"{width(curve, seeds, ratio):.2f}"),
                )
    Console().print(table)


if __name__ == "__main__":
    main()
