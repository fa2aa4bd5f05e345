"""The least that any honest interval covers where few answers differ.

Right and wrong answers are whole numbers. Where only a handful of problems differ, an interval that
misses a little more often than it may is wrong, and the next one that does not misses far less: no
method covers 95 % then. Two bounds say where that is so:

- Identical data: which side a differing problem favours is a coin's toss. With n of them no
  difference can be called unless the coins would show it in at most 5 % of cases, and all on one
  side is 2 / 2^n: with five or fewer nothing can be called. Given *which* problems differ and by
  how much, an interval can call no more than the largest share up to 5 % that the coins have.
  If seeds spread, the coins of one draw are alike, and only "six or more must differ" is used.
- Any effect: an oracle that knows the true distribution of the estimate in this cell, and may miss
  2.5 % on each side, can only leave out whole values of it from each end.
"""

from functools import cache

import numpy as np

from harness.statistics.estimators import Floats

MISSED = 0.025
"""What an interval may miss on each side, nominally."""

MOST_COINS = 30
"""With more problems that differ by unequal amounts the coins have every share, or nearly."""


def least_coverage(
    values: Floats, sums: Floats, *, identical: bool, spread: bool, missed: float = MISSED
) -> float:
    """The greater of the two bounds for a cell, from its draws.

    `values` are the estimates [draw], `sums` the differences [draw, problem], summed over seeds;
    `identical`: there is no effect; `spread`: seeds spread.
    """
    found = oracle_coverage(values, missed)
    return max(found, coin_coverage(sums, spread, 2 * missed)) if identical else found


def oracle_coverage(values: Floats, missed: float = MISSED) -> float:
    """What is covered if whole values are left out at both ends, at most `missed` at each."""
    _, counts = np.unique(np.round(values, 9), return_counts=True)
    shares = counts / len(values)

    def left_out(tail: Floats) -> float:
        kept = tail[tail <= missed + 1e-12]
        return float(kept[-1]) if len(kept) else 0.0

    return 1 - left_out(np.cumsum(shares)) - left_out(np.cumsum(shares[::-1]))


def coin_coverage(sums: Floats, spread: bool, level: float = 2 * MISSED) -> float:
    """The mean over draws of 1 minus the largest level that coins can have."""
    levels = []
    for row in np.abs(np.round(sums)).astype(int):
        sizes = row[row > 0]
        if spread or len(sizes) > MOST_COINS:
            levels.append(level if 2 * 0.5 ** len(sizes) <= level else 0.0)
        else:
            levels.append(coin_level(tuple(np.bincount(sizes).tolist()), level))
    return 1 - float(np.mean(levels))


@cache
def coin_level(counts: tuple[int, ...], level: float) -> float:
    """The largest chance up to `level` that a sum of coins is as far from 0 as some number.

    `counts[k]` is how many coins count k to either side.
    """
    chances = np.ones(1)
    for size, count in enumerate(counts):
        step = np.zeros(2 * size + 1)
        step[0], step[-1] = 0.5, 0.5
        for _ in range(count if size else 0):
            chances = np.convolve(chances, step)
    reach = len(chances) // 2
    if reach == 0:
        return 0.0
    # Both ends together, from the outside inwards.
    tails = np.cumsum(chances[:reach] + chances[::-1][:reach])
    kept = tails[tails <= level + 1e-12]
    return float(kept[-1]) if len(kept) else 0.0
