"""The rows of one pass over a mixture: which, and how often each.

Rows of a language and kind stand in an order drawn from the seed by their source problem, as rungs
of pruning do: a smaller budget is a beginning of a larger one, and languages have the same problems
first. Shares are exact, not drawn: weights 3 and 1 of 1,000 rows are 750 and 250.

Datasets are read twice, row by row: once for the order of their rows, of which about 200 bytes a
row are held, and once for those that are drawn.
"""

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
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

RowsOf: TypeAlias = Callable[[], Iterable[Dialogue]]
"""Gives the dialogues of a dataset, the same in the same order each time."""

_BATCH: Final = 4096
"""Dialogues that are in memory at a time."""


@dataclass
class _Pool:
    """The rows of a language and kind of a dataset, in drawn order, and how often each is drawn.

    `rows` are their places in the dataset, and `tokens` theirs where a budget counts them; those of
    the rows that are drawn come to `drawn_tokens`, times copies, when they are read again.
    """

    dataset: int
    language: str
    kind: Kind
    rows: np.ndarray
    tokens: np.ndarray | None
    copies: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    drawn_tokens: int = 0

    @property
    def called(self) -> str:
        return f"{self.language} {self.kind}"


class Drawn:
    """The rows of one pass over a mixture, and their counts."""

    def __init__(
        self,
        datasets: Sequence[RowsOf],
        names: Sequence[str],
        pools: Sequence[_Pool],
        tokens_of: TokensOf,
    ) -> None:
        self._datasets = datasets
        self._names = names
        self._pools = pools
        self._tokens_of = tokens_of

    def rows(self) -> Iterator[Dialogue]:
        """The rows, once: each copy with an id of its own.

        An id gets the name of its dataset before it, and that of a copy its number behind it.
        """
        for number, (rows_of, name) in enumerate(zip(self._datasets, self._names, strict=True)):
            pools = {(p.language, p.kind): p for p in self._pools if p.dataset == number}
            copies = np.zeros(sum(len(pool.rows) for pool in pools.values()), np.int64)
            for pool in pools.values():
                copies[pool.rows] = pool.copies
                if pool.tokens is not None:
                    pool.drawn_tokens = int((pool.tokens * pool.copies).sum())
            taken = (
                (row, times) for row, times in zip(rows_of(), copies.tolist(), strict=True) if times
            )
            while batch := [*islice(taken, _BATCH)]:
                self._count(batch, pools)
                for row, times in batch:
                    yield from _copies(row, times, name)

    def _count(
        self, batch: Sequence[tuple[Dialogue, int]], pools: dict[tuple[str, Kind], _Pool]
    ) -> None:
        """Add the tokens of rows that no budget has counted."""
        new = [pair for pair in batch if pools[pair[0].language, pair[0].kind].tokens is None]
        tokens = self._tokens_of([row for row, _ in new])
        for (row, times), count in zip(new, tokens, strict=True):
            pools[row.language, row.kind].drawn_tokens += count * times

    def cells(self) -> tuple[MixedCell, ...]:
        """The counts by dataset, language and kind; all `rows` must have been read."""
        return tuple(_cell(pool, self._names[pool.dataset]) for pool in self._pools)


def draw(datasets: Sequence[RowsOf], mixture: Mixture, seed: int, tokens_of: TokensOf) -> Drawn:
    """Draw the rows of one pass over a mixture of these datasets.

    Raises:
        MixtureFault: values that do not go together, or that ask for more than there is.
    """
    check(mixture)
    pools = []
    for number, (rows_of, part) in enumerate(zip(datasets, mixture.datasets, strict=True)):
        budgets = [budget for budget in part.budgets if budget.tokens is not None]
        mine = _pools(number, rows_of(), seed, tokens_of, budgets, all_=mixture.tokens is not None)
        _budget(part, number, mine, mixture.repeats)
        pools += mine
    if mixture.has_shares:
        _share(pools, mixture)
    else:
        for pool in pools:
            epochs = mixture.datasets[pool.dataset].epochs
            if epochs is not None:
                order = _order(pool.copies)
                pool.copies = _passes(order, np.ones_like(pool.copies), round(epochs * len(order)))
    if not any(pool.copies.any() for pool in pools):
        raise MixtureFault(("datasets", 0), "no row is drawn of any dataset")
    return Drawn(datasets, [part.name for part in mixture.datasets], pools, tokens_of)


class _ReadCell:
    """The rows of a language and kind, as they are read: their keys, places and tokens."""

    def __init__(self) -> None:
        self.keys: list[bytes] = []
        self.places = array("q")
        self.tokens = array("q")

    def pool(self, dataset: int, language: str, kind: Kind) -> _Pool:
        """Its rows in drawn order: by rank, and by id where one source has several rows."""
        order = np.asarray(sorted(range(len(self.keys)), key=self.keys.__getitem__), np.int64)
        tokens = np.frombuffer(self.tokens, np.int64)[order] if self.tokens else None
        return _Pool(dataset, language, kind, np.frombuffer(self.places, np.int64)[order], tokens)


def _pools(
    dataset: int,
    rows: Iterable[Dialogue],
    seed: int,
    tokens_of: TokensOf,
    budgets: Sequence[RowBudget],
    *,
    all_: bool,
) -> list[_Pool]:
    """The rows of each language and kind of a dataset, in drawn order.

    Tokens are counted of those that one of `budgets` is of, or of all.
    """
    cells: dict[tuple[str, Kind], _ReadCell] = {}
    given = iter(rows)
    place = 0
    while batch := [*islice(given, _BATCH)]:
        counted = [
            row for row in batch if all_ or any(_is_of(b, row.language, row.kind) for b in budgets)
        ]
        for row in batch:
            cell = cells.setdefault((row.language, row.kind), _ReadCell())
            text = f"{seed}/{row.kind}/{row.provenance.source_id}"
            cell.keys.append(hashlib.sha256(text.encode()).digest() + row.id.encode())
            cell.places.append(place)
            place += 1
        for row, tokens in zip(counted, tokens_of(counted), strict=True):
            cells[row.language, row.kind].tokens.append(tokens)
    return [cell.pool(dataset, *name) for name, cell in sorted(cells.items())]


def _budget(part: MixedDataset, number: int, pools: list[_Pool], repeats: int) -> None:
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
        pool.copies = _passes(np.arange(len(pool.rows)), _sizes(pool, unit), amount)
        asked = f"a budget of {amount:,} {unit}"
        _refuse_repeats(pool, repeats, ("datasets", number, "budgets", place, unit), asked)


def _fits(budget: RowBudget, pool: _Pool) -> bool:
    return _is_of(budget, pool.language, pool.kind)


def _is_of(budget: RowBudget, language: str, kind: Kind) -> bool:
    return budget.language in (None, language) and budget.kind in (None, kind)


def _named_by(budget: RowBudget) -> int:
    return (budget.language is not None) + (budget.kind is not None)


def _share(pools: list[_Pool], mixture: Mixture) -> None:
    """Draw from each pool its share of the whole, in rows or tokens."""
    unit = "rows" if mixture.tokens is None else "tokens"
    sizes = [_sizes(pool, unit) for pool in pools]
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


def _sizes(pool: _Pool, unit: str) -> np.ndarray:
    """What each row counts: 1, or its tokens. int64 [rows]."""
    if unit == "rows":
        return np.ones(len(pool.rows), np.int64)
    assert pool.tokens is not None
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


def _cell(pool: _Pool, name: str) -> MixedCell:
    taken = int(np.count_nonzero(pool.copies))
    return MixedCell(
        dataset=name,
        language=pool.language,
        kind=pool.kind,
        available=len(pool.rows),
        taken=taken,
        repeated=int(pool.copies.sum()) - taken,
        tokens=pool.drawn_tokens,
    )


def _copies(row: Dialogue, times: int, name: str) -> Iterator[Dialogue]:
    for number in range(1, times + 1):
        again = f"{AGAIN}{number}" if number > 1 else ""
        yield msgspec.structs.replace(row, id=f"{name}{SEPARATOR}{row.id}{again}")


def dataset_of(row: Dialogue) -> str:
    """The name of the dataset that a row of a mixture was drawn from."""
    return row.id.partition(SEPARATOR)[0]
