"""The rows of one pass over a mixture: which, and how often each.

Rows of a language and kind stand in an order drawn from the seed by their source problem, as rungs
of pruning do: a smaller budget is a beginning of a larger one, and languages have the same problems
first. Shares are exact, not drawn: weights 3 and 1 of 1,000 rows are 750 and 250.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TypeAlias

import msgspec
import numpy as np

from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.mixture.mixture_config import (
    MixedCell,
    MixedDataset,
    Mixture,
    MixtureFault,
    RowBudget,
    check,
)

SEPARATOR: Final = "/"
"""Between the name of a dataset and the id of its row."""
AGAIN: Final = "~"
"""Before the number of a further copy of a row, in its id."""

TokensOf: TypeAlias = Callable[[Sequence[Dialogue]], Sequence[int]]
"""The tokens of each of some dialogues, as the chat template writes them whole."""


@dataclass
class _Pool:
    """The rows of a language and kind of a dataset, in drawn order, and how often each is drawn."""

    dataset: int
    language: str
    kind: Kind
    rows: list[Dialogue]
    copies: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    tokens: np.ndarray | None = None

    @property
    def called(self) -> str:
        return f"{self.language} {self.kind}"


def draw(
    datasets: Sequence[Sequence[Dialogue]], mixture: Mixture, seed: int, tokens_of: TokensOf
) -> tuple[Iterator[Dialogue], tuple[MixedCell, ...]]:
    """The rows of one pass over a mixture, given those of its datasets, and their counts.

    An id gets the name of its dataset before it, and that of a copy its number behind it.

    Raises:
        MixtureFault: values that do not go together, or that ask for more than there is.
    """
    check(mixture)
    pools = [pool for n, rows in enumerate(datasets) for pool in _pools(n, rows, seed)]
    for number, part in enumerate(mixture.datasets):
        mine = [pool for pool in pools if pool.dataset == number]
        _budget(part, number, mine, mixture.repeats, tokens_of)
    if mixture.has_shares:
        _share(pools, mixture, tokens_of)
    else:
        for pool in pools:
            epochs = mixture.datasets[pool.dataset].epochs
            if epochs is not None:
                order = _order(pool.copies)
                pool.copies = _passes(order, np.ones_like(pool.copies), round(epochs * len(order)))
    names = [part.name for part in mixture.datasets]
    cells = tuple(_count(pool, names[pool.dataset], tokens_of) for pool in pools)
    if not any(cell.taken for cell in cells):
        raise MixtureFault(("datasets", 0), "no row is drawn of any dataset")
    return _named(pools, names), cells


def _pools(dataset: int, rows: Sequence[Dialogue], seed: int) -> list[_Pool]:
    """The rows of each language and kind of a dataset, in drawn order."""
    cells: dict[tuple[str, Kind], list[tuple[bytes, str, Dialogue]]] = {}
    for row in rows:
        text = f"{seed}/{row.kind}/{row.provenance.source_id}"
        rank = hashlib.sha256(text.encode()).digest()
        cells.setdefault((row.language, row.kind), []).append((rank, row.id, row))
    return [
        _Pool(dataset, *cell, rows=[row for *_, row in sorted(found, key=lambda x: x[:2])])
        for cell, found in sorted(cells.items())
    ]


def _budget(
    part: MixedDataset, number: int, pools: list[_Pool], repeats: int, tokens_of: TokensOf
) -> None:
    """Let `copies` of each pool be what the budgets of its dataset leave of it."""
    for place, budget in enumerate(part.budgets):
        if not any(_fits(budget, pool) for pool in pools):
            what = " ".join(filter(None, (budget.language, budget.kind))) or "any kind"
            raise MixtureFault(
                ("datasets", number, "budgets", place),
                f"a budget of {what}: dataset {part.name} has no such row",
            )
    for pool in pools:
        fitting = [(_named_by(b), n, b) for n, b in enumerate(part.budgets) if _fits(b, pool)]
        pool.copies = np.ones(len(pool.rows), np.int64)
        if not fitting:
            continue
        _, place, budget = max(fitting, key=lambda found: found[0])
        unit = "rows" if budget.tokens is None else "tokens"
        amount = (budget.rows if budget.tokens is None else budget.tokens) or 0
        pool.copies = _passes(np.arange(len(pool.rows)), _sizes(pool, unit, tokens_of), amount)
        asked = f"a budget of {amount:,} {unit}"
        _refuse_repeats(pool, repeats, ("datasets", number, "budgets", place, unit), asked)


def _fits(budget: RowBudget, pool: _Pool) -> bool:
    return budget.language in (None, pool.language) and budget.kind in (None, pool.kind)


def _named_by(budget: RowBudget) -> int:
    return (budget.language is not None) + (budget.kind is not None)


def _share(pools: list[_Pool], mixture: Mixture, tokens_of: TokensOf) -> None:
    """Draw from each pool its share of the whole, in rows or tokens."""
    unit = "rows" if mixture.tokens is None else "tokens"
    sizes = [_sizes(pool, unit, tokens_of) for pool in pools]
    left = [int((size * pool.copies).sum()) for size, pool in zip(sizes, pools, strict=True)]
    of = [0] * len(mixture.datasets)
    for size, pool in zip(left, pools, strict=True):
        of[pool.dataset] += size
    weights = [
        float(n) if part.weight is None else part.weight
        for n, part in zip(of, mixture.datasets, strict=True)
    ]
    for number, (there, part) in enumerate(zip(of, mixture.datasets, strict=True)):
        if part.weight and not there:
            raise MixtureFault(
                ("datasets", number, "weight"), f"dataset {part.name} has a weight, and no row"
            )
    total = mixture.rows or mixture.tokens
    if total is None:
        total = sum(n for n, weight in zip(of, weights, strict=True) if weight)
    for number, amount in enumerate(apportioned(total, weights)):
        mine = [place for place, pool in enumerate(pools) if pool.dataset == number]
        amounts = apportioned(amount, [left[place] for place in mine])
        for place, share in zip(mine, amounts, strict=True):
            pool = pools[place]
            pool.copies = _passes(_order(pool.copies), sizes[place], share)
            weighted = mixture.datasets[number].weight is not None
            where = ("datasets", number, "weight") if weighted else (unit,)
            _refuse_repeats(pool, mixture.repeats, where, f"a share of {share:,} {unit}")


def apportioned(total: int, weights: Sequence[float]) -> list[int]:
    """`total` in whole numbers in proportion to weights, by largest remainders; all 0 if they are.

    The sum is `total` exactly; of equal remainders the first gets more.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if not whole:
        return [0] * len(exact)
    quotas = [total * weight / whole for weight in exact]
    found = [int(quota) for quota in quotas]
    by_rest = sorted(range(len(found)), key=lambda n: found[n] - quotas[n])
    for number in by_rest[: total - sum(found)]:
        found[number] += 1
    return found


def _sizes(pool: _Pool, unit: str, tokens_of: TokensOf) -> np.ndarray:
    """What each row counts: 1, or its tokens. int64 [rows]."""
    if unit == "rows":
        return np.ones(len(pool.rows), np.int64)
    if pool.tokens is None:
        pool.tokens = np.asarray(tokens_of(pool.rows), np.int64)
    return pool.tokens


def _order(copies: np.ndarray) -> np.ndarray:
    """Rows pass by pass: all that are drawn, then those drawn a second time, and so on."""
    most = int(copies.max(initial=0))
    return np.concatenate([np.flatnonzero(copies > n) for n in range(most)] or [np.zeros(0, int)])


def _passes(order: np.ndarray, sizes: np.ndarray, amount: int) -> np.ndarray:
    """How often each row is drawn if `order` is gone through until `amount` would be exceeded.

    int64 [rows]; `sizes` are those of rows.
    """
    ends = np.cumsum(sizes[order])
    if not len(ends) or not ends[-1]:
        return np.zeros(len(sizes), np.int64)
    whole, rest = divmod(amount, int(ends[-1]))
    part = order[: int(np.searchsorted(ends, rest, side="right"))]
    copies = np.bincount(order, minlength=len(sizes)) * whole
    return copies + np.bincount(part, minlength=len(sizes))


def _refuse_repeats(pool: _Pool, repeats: int, place: tuple[str | int, ...], asked: str) -> None:
    """Refuse rows that would stand in a pass more often than they may.

    Raises:
        MixtureFault: such a row.
    """
    most = int(pool.copies.max(initial=0))
    if most > repeats:
        raise MixtureFault(
            place,
            f"{asked} of {pool.called} is more than there is ({len(pool.rows):,} rows): a row "
            f"would stand there {most} times, and repeats is {repeats}; ask for less, or set "
            f"repeats = {most} at the top",
        )


def _count(pool: _Pool, name: str, tokens_of: TokensOf) -> MixedCell:
    drawn = np.flatnonzero(pool.copies)
    tokens = tokens_of([pool.rows[n] for n in drawn]) if pool.tokens is None else pool.tokens[drawn]
    return MixedCell(
        dataset=name,
        language=pool.language,
        kind=pool.kind,
        available=len(pool.rows),
        taken=len(drawn),
        repeated=int(pool.copies.sum()) - len(drawn),
        tokens=int((np.asarray(tokens, np.int64) * pool.copies[drawn]).sum()),
    )


def _named(pools: Sequence[_Pool], names: Sequence[str]) -> Iterator[Dialogue]:
    """The rows that are drawn, each copy with an id of its own."""
    for pool in pools:
        for row, copies in zip(pool.rows, pool.copies.tolist(), strict=True):
            name = f"{names[pool.dataset]}{SEPARATOR}{row.id}"
            for number in range(1, copies + 1):
                again = f"{AGAIN}{number}" if number > 1 else ""
                yield msgspec.structs.replace(row, id=name + again)


def dataset_of(row: Dialogue) -> str:
    """The name of the dataset that a row of a mixture was drawn from."""
    return row.id.partition(SEPARATOR)[0]
