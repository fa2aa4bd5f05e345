"""Looks at an experiment while seeds are added: bounds that stay valid whenever one stops.

Who looks after three seeds, adds some, looks again, and stops at a difference finds one too often:
each look is a chance of a false alarm. Here the looks are fixed before the first (`look_sizes`),
and the error of one side, a = 2.5 %, is spent on them: look k gets a_k, with a_1 + ... + a_K <= a,
and its interval is that of level 1 - 2 a_k. Then, for the true effect d,

    P(d above the interval at the look where one stops) <= P(d above it at any look) <= a

and the same below: whatever the rule for stopping is (all endpoints decided, or somebody's
patience), and however the looks depend on each other; only each look's own interval must hold its
level. It is the union bound of group-sequential alpha spending (Lan and DeMets, Biometrika 70,
1983). The exact boundaries of Pocock or of O'Brien and Fleming need the joint distribution of the
looks, which here depends on how much of the variance is the problems', the same at every look. An
always-valid t test by a mixture martingale (Lai, Annals of Statistics 4, 1976; Wang and Ramdas,
2024) holds at every number of seeds, and with 3 to 12 of them decides little:
benchmarks/sequential_seeds.py has it beside this one.

The error is spent by the square of the share of seeds: an early look, whose t quantile is huge,
gets little of it and the last one most. Every verdict of a look is read from one interval, so all
of them (better, worse, non-inferior) are valid together.
"""

from typing import Final

from harness.statistics.proportions import UPPER_TAIL

MOST_SEEDS: Final = 8
"""Seeds at which one stops at the latest, if nobody says otherwise."""

_GROWTH: Final = 1.5
"""How many times as many seeds the next look has."""


def look_sizes(first: int, last: int) -> tuple[int, ...]:
    """The numbers of seeds at which one looks: 3, 5, 8 for 3 to 8.

    Raises:
        ValueError: fewer than one, or the last before the first.
    """
    if not 1 <= first <= last:
        raise ValueError(f"looks need 1 <= first <= last, got {first} and {last}")
    sizes = [first]
    while sizes[-1] < last:
        sizes.append(min(last, max(sizes[-1] + 1, -int(-sizes[-1] * _GROWTH // 1))))
    return tuple(sizes)


def tails(sizes: tuple[int, ...]) -> tuple[float, ...]:
    """The quantile of the bounds at each look; what they leave out adds up to one side of 95 %."""
    spent = [(size / sizes[-1]) ** 2 for size in sizes]
    shares = (now - before for before, now in zip((0.0, *spent), spent, strict=False))
    return tuple(1 - (1 - UPPER_TAIL) * share for share in shares)


def at_look(p_value: float, tail: float) -> float:
    """A p-value at one look that allows for all of them: below 5 % if that look's interval says so.

    With the share w_k of the error, P(p_k <= a w_k at any look) <= a, so p_k / w_k is a p-value.
    """
    share = (1 - tail) / (1 - UPPER_TAIL)
    return min(1.0, p_value / share)
