"""Which rows share a sequence: from lengths and ranks alone, so that tokens need not be in memory.

Rows are taken in the order of their ranks, whatever order they came in, or the longest first of
each so many in this order. Each goes into the fullest sequence that still has room.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final, NamedTuple

import msgspec
import numpy as np

from train.overlong import DialoguePiece
from train.packed import CellCount, PackCounts
from train.train_config import PackingOrder
from ultralink_data.errors import DataError

RANK_BYTES = 32
WINDOW: Final = 1 << 14
"""Rows in the order of their ranks of which the longest are packed first. A data set of this size
is full to what its lengths allow; a larger one has long rows from its beginning to its end."""


class Given(NamedTuple):
    """What a dialogue or text is as a whole, and the number of rows that it became.

    `is_split` says that it fell apart as it was longer than `max_tokens`.
    """

    tokens: int
    longest: int
    rows: int
    is_split: bool


class TokenRow(NamedTuple):
    """A tokenised row; `rank` is its place in the packing order.

    `of` is the dialogue or text that it is the first row of; the others of it have None. `learned`
    are tokens.
    """

    rank: bytes
    cell: tuple[str, str]
    piece: DialoguePiece
    of: Given | None
    learned: int

    @property
    def is_kept(self) -> bool:
        """Whether it is trained on: there is something to learn."""
        return self.learned > 0


class RowIndex(NamedTuple):
    """The rows of some dialogues that are trained on, without their tokens, and counts of all.

    `ranks` bytes32 [rows], `lengths` int32 [rows] in tokens, and `cells` int32 [rows], an index
    into `counts`.
    """

    ranks: np.ndarray
    lengths: np.ndarray
    cells: np.ndarray
    counts: tuple[CellCount, ...]


class Arrangement(NamedTuple):
    """Packed sequences as numbers of rows: `order` int64 [rows], and the arrays of `Packed`."""

    order: np.ndarray
    segment_tokens: np.ndarray
    segment_cell: np.ndarray
    sequence_segments: np.ndarray
    counts: PackCounts


def index_rows(rows: Sequence[TokenRow], max_tokens: int) -> RowIndex:
    """The index of tokenised rows, in their order."""
    counts = _count(rows, max_tokens)
    numbers = {(cell.language, cell.kind): number for number, cell in enumerate(counts)}
    kept = [row for row in rows if row.is_kept]
    return RowIndex(
        ranks=np.array([row.rank for row in kept], f"S{RANK_BYTES}"),
        lengths=np.array([len(row.piece.ids) for row in kept], np.int32),
        cells=np.array([numbers[row.cell] for row in kept], np.int32),
        counts=counts,
    )


def _nothing_left(given: int, max_tokens: int) -> DataError:
    if not given:
        return DataError(
            "no row to train on: none is given",
            hint="check the dataset and its languages; --validation takes out rows that say the "
            "same as one held out, too",
        )
    return DataError(
        f"no row to train on: {given} given, none with a token to learn in its first {max_tokens}",
        hint="check the dataset, or raise --set train.max_tokens",
    )


def arrange(
    parts: Sequence[RowIndex],
    *,
    max_tokens: int,
    tokenizer: str,
    packing: bool,
    order: PackingOrder,
    note: str = "",
) -> Arrangement:
    """Put the rows of all parts into sequences; numbers of rows go on from part to part.

    Raises:
        DataError: there is no row to train on.
    """
    cells = together(cell for part in parts for cell in part.counts)
    numbers = {(cell.language, cell.kind): number for number, cell in enumerate(cells)}
    lengths = np.concatenate([[], *(part.lengths for part in parts)]).astype(np.int32)
    if not len(lengths):
        raise _nothing_left(sum(cell.dialogues for cell in cells), max_tokens)
    own = [
        np.array([numbers[cell.language, cell.kind] for cell in part.counts], np.int32)[part.cells]
        for part in parts
    ]
    by_rank = np.argsort(np.concatenate([part.ranks for part in parts]), kind="stable")
    if packing and order == "length":
        window = np.arange(len(by_rank)) // WINDOW
        by_rank = by_rank[np.lexsort((-lengths[by_rank], window))]
    ordered = lengths[by_rank]
    groups = fill(ordered.tolist(), max_tokens) if packing else [[i] for i in range(len(ordered))]
    placed = by_rank[np.fromiter((i for group in groups for i in group), np.int64, len(ordered))]
    return Arrangement(
        order=placed,
        segment_tokens=lengths[placed],
        segment_cell=np.concatenate(own)[placed],
        sequence_segments=np.array([len(group) for group in groups], np.int32),
        counts=PackCounts(
            cells=cells,
            sequences=len(groups),
            max_tokens=max_tokens,
            tokenizer=tokenizer,
            note=note,
        ),
    )


def fill(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Groups of indices of `lengths` with a sum of at most `room`: best fit, in the given order.

    Of equally full groups the oldest is taken.
    """
    groups: list[list[int]] = []
    with_room: dict[int, list[int]] = {}  # groups by what they have left, each a heap
    lefts: list[int] = []  # the keys, sorted: there are at most `room`
    for index, length in enumerate(lengths):
        place = bisect_left(lefts, length)
        if place < len(lefts):
            free = lefts[place]
            group = heappop(with_room[free])
            if not with_room[free]:
                del with_room[free], lefts[place]
        else:
            free, group = room, len(groups)
            groups.append([])
        groups[group].append(index)
        left = free - length
        if left not in with_room:
            with_room[left] = []
            insort(lefts, left)
        heappush(with_room[left], group)
    return groups


def _count(rows: Iterable[TokenRow], max_tokens: int) -> tuple[CellCount, ...]:
    by_cell: dict[tuple[str, str], list[TokenRow]] = {}
    for row in rows:
        by_cell.setdefault(row.cell, []).append(row)
    return _cells({cell: _count_cell(its, max_tokens) for cell, its in by_cell.items()})


def _count_cell(rows: Sequence[TokenRow], max_tokens: int) -> dict[str, int]:
    kept = [row.piece for row in rows if row.is_kept]
    given = [row.of for row in rows if row.of is not None]
    tokens = sum(len(piece.ids) for piece in kept)
    every = sum(len(row.piece.ids) + row.piece.left_out for row in rows)
    return {
        "rows": len(kept),
        "dropped": len(rows) - len(kept),
        "tokens": tokens,
        "loss_tokens": sum(row.learned for row in rows),
        "truncated": sum(piece.left_out > 0 for piece in kept),
        "spelled": sum(row.piece.spelled for row in rows),
        "again": sum(piece.again for piece in kept),
        "dropped_tokens": every - tokens,
        "dialogues": len(given),
        "given_tokens": sum(of.tokens for of in given),
        "over": sum(of.longest > max_tokens for of in given),
        "split": sum(of.is_split for of in given),
        "pieces": sum(of.rows for of in given if of.is_split),
    }


def together(counts: Iterable[CellCount]) -> tuple[CellCount, ...]:
    """Sums of the counts of each language and kind, sorted."""
    cells: dict[tuple[str, str], Counter[str]] = {}
    for cell in counts:
        numbers = msgspec.structs.asdict(cell)
        name = numbers.pop("language"), numbers.pop("kind")
        cells.setdefault(name, Counter()).update(numbers)
    return _cells(cells)


def _cells(cells: Mapping[tuple[str, str], Mapping[str, int]]) -> tuple[CellCount, ...]:
    return tuple(
        CellCount(language=language, kind=kind, **cells[language, kind])
        for language, kind in sorted(cells)
    )
