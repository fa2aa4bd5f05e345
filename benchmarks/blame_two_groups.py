"""What the search of `blame` says where two groups are to blame, on losses made by a formula.

    python -m benchmarks.blame_two_groups --draws 30

296 groups over 180 units: 5 languages, 3 kinds, 12 templates a kind, 2 sources a kind, 2 writers,
alone and by two. One or two disjoint groups, drawn by their prior, cost 10 % in all; each training
has normal noise. A search that is certain is right if each guilty group shares 70 % of its rows
with one that is named, and no other is named. It may name only one of two (the first cost the
most), or the same rows by other groups; it is wider if it holds a guilty one, or both, whole and
other rows besides.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from harness.blame.blame_search import ALIKE, Searched, search
from harness.statistics.group_belief import Bools, Suspects, left_out_shares

LOSSES: Final = ((0.1,), (0.08, 0.02), (0.05, 0.05))
NOISES: Final = (0.005, 0.01, 0.02)
SEEDS: Final = 3
MOST: Final = 24
LARGEST_WRITER: Final = 3
"""Languages from this one on are written by the second writer."""
WHOLE: Final = 0.99


def main() -> int:
    """Print what was said, by the losses and the noise."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--draws", type=int, default=30)
    draws = arguments.parse_args().draws
    suspects = every_group()
    print(f"{len(suspects.prior)} groups over {len(suspects.rows)} units")
    for losses in LOSSES:
        for noise in NOISES:
            said = Counter[str]()
            trained = 0
            for seed in range(draws):
                what, trainings = searched(suspects, losses, noise, seed)
                said[what] += 1
                trained += trainings
            print(f"{losses} noise {noise}: {dict(said)}, {trained / draws:.1f} trainings")
    return 0


def every_group() -> Suspects:
    """The groups that one value or two can name, each set of units once, and all units."""
    cells = [(code, kind, n) for code in range(5) for kind in range(3) for n in range(12)]
    facets = {
        "language": [code for code, _, _ in cells],
        "kind": [kind for _, kind, _ in cells],
        "source": [2 * kind + n % 2 for _, kind, n in cells],
        "writer": [int(code >= LARGEST_WRITER) for code, _, _ in cells],
        "template": [12 * kind + n for _, kind, n in cells],
    }
    single = [(name,) for name in facets]
    pairs = [p for p in combinations(facets, 2) if "language" in p or "template" not in p]
    prior: dict[tuple[bool, ...], float] = {}
    for named in (single, pairs):
        for names in named:
            values = list(zip(*(facets[name] for name in names), strict=True))
            wanted = sorted(set(values))
            for one in wanted:
                units = tuple(value == one for value in values)
                prior[units] = prior.get(units, 0.0) + 0.5 / len(named) / len(wanted)
    prior[(True,) * len(cells)] = 1 / (1 + len(prior))
    chances = np.array(list(prior.values()))
    rows = np.random.default_rng(1).integers(10, 40, len(cells)).astype(np.float64)
    return Suspects(np.array(list(prior)), rows, chances / chances.sum())


def searched(
    suspects: Suspects, losses: Sequence[float], noise: float, seed: int
) -> tuple[str, int]:
    """What one search says of guilty groups drawn by chance, and how many trainings it took."""
    rng = np.random.default_rng(seed)
    guilty = _drawn(suspects, len(losses), rng)

    def train(subsets: Sequence[Bools]) -> list[float]:
        shares = left_out_shares(suspects, np.array(subsets))[guilty]
        values = np.array(losses) @ (1 - shares) + rng.normal(0, noise, len(subsets))
        return [float(value) for value in values]

    new = train([np.zeros(len(suspects.rows), dtype=np.bool_)] * SEEDS)
    old = [float(value) for value in rng.normal(0, noise, SEEDS)]
    found = search(suspects, train, old, new, most=MOST, at_once=2)
    said = _said(suspects, found, suspects.members[guilty]) if found.certain else "not certain"
    return said, len(found.losses) - SEEDS


def _drawn(suspects: Suspects, count: int, rng: np.random.Generator) -> list[int]:
    """Groups that share no unit, none of them all units."""
    while True:
        drawn = rng.choice(len(suspects.prior), count, replace=False, p=suspects.prior)
        members = suspects.members[drawn]
        if members.sum(axis=0).max() <= 1 and not members.all(axis=1).any():
            return [int(one) for one in drawn]


def _said(suspects: Suspects, found: Searched, guilty: Bools) -> str:
    named, rows = suspects.members[list(found.first)], suspects.rows
    shared = (guilty[:, None] & named) @ rows
    alike = shared / ((guilty[:, None] | named) @ rows) >= ALIKE
    if alike.any(axis=1).all():
        return "all right" if alike.any(axis=0).all() else "all and another"
    if alike.any(axis=0).all():
        return "only the first" if alike[0].any() else "only the second"
    together = named.any(axis=0)
    shared = (guilty & together) @ rows
    everyone = guilty.any(axis=0)
    if (everyone & together) @ rows >= ALIKE * ((everyone | together) @ rows):
        return "all, in other groups"
    whole = shared / (guilty @ rows) > WHOLE
    if whole.any():
        return "wider, with all" if whole.all() else "wider, with one"
    return "a part" if shared.any() else "innocent"


if __name__ == "__main__":
    sys.exit(main())
