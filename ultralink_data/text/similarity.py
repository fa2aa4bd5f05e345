"""Texts as vectors of hashed n-grams, and an order in which each next text is the farthest.

The order is greedy k-centre (Gonzalez 1985): after the first, always the text whose nearest among
those taken is farthest away; its first k are within twice of the best cover by k texts. Vectors
hold whole numbers, so that sums are exact and the order is the same on every machine. Time
grows with rows times taken rows times `DIMENSIONS`, in matrix products; memory with rows alone.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from ultralink_data.text.units import ngrams, units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]
    Keys: TypeAlias = NDArray[np.int64]

DIMENSIONS = 512
"""Of a vector; a product of two unit vectors is off by about 1 / sqrt(512) = 0.04."""

_BUCKETS = 1 << 20
"""Of n-grams while their frequency is counted."""

_SCALE = 1000
"""Length of a vector. Squares of distances stay under 2^24, where 32-bit floats are exact."""

_POOL = 512
_CHUNK = 8192


def vectors(texts: Iterable[str]) -> "Vectors":
    """A row of whole numbers for each text.

    Features are words, pairs of words, and characters and their pairs where no spaces part words.
    They weigh the more, the rarer they are among the texts (tf-idf, logarithmic in both).
    """
    import numpy as np

    documents = np.zeros(_BUCKETS, np.int64)
    read = []
    for text in texts:
        found, times = np.unique(_features(text), return_counts=True)
        documents[found] += 1
        # Two bytes a count: the features of all texts are held until their frequency is known.
        read.append((found, np.minimum(times, 65535).astype(np.uint16)))
    total = len(read)
    rarity = np.log((1 + total) / (1 + documents)) + 1
    # Where a bucket goes, and with which sign, is fixed by its number.
    place = np.arange(_BUCKETS, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    column = (place >> np.uint64(33)) % np.uint64(DIMENSIONS)
    sign = np.where(place >> np.uint64(63), -1.0, 1.0)
    rows = np.zeros((total, DIMENSIONS), np.float32)
    for number, (features, counts) in enumerate(read):
        weights = sign[features] * rarity[features] * (1 + np.log(counts.astype(np.float64)))
        dense = np.bincount(column[features].astype(np.int64), weights, minlength=DIMENSIONS)
        length = float(np.sqrt((dense**2).sum()))
        if length:
            rows[number] = np.rint(dense * (_SCALE / length))
    return rows


def _features(text: str) -> "NDArray[np.int32]":
    import numpy as np

    found = units(text)
    sequences = (found.words, found.characters if found.unspaced else [])
    names = (" ".join(gram) for words in sequences for n in (1, 2) for gram in ngrams(words, n))
    return np.fromiter((zlib.crc32(name.encode()) % _BUCKETS for name in names), np.int32)


def farthest_first(rows: "Vectors") -> Iterator[int]:
    """The rows' numbers, the first row first, then always the farthest from those before.

    Of rows as far away as each other the one with the lowest number comes first. Exact: many rows
    are taken from a pool of the farthest, as long as the best of the pool is farther than all
    outside it, before the distances of all rows are brought up to date at one go.
    """
    import numpy as np

    count = len(rows)
    if not count:
        return
    squares = (rows**2).sum(axis=1)
    distances = np.full(count, 4.0 * squares.max() + 1, np.float32)
    waiting = np.ones(count, bool)
    taken = [0]
    yield 0
    while True:
        waiting[taken] = False
        _bring_up_to_date(distances, rows, squares, taken)
        left = np.flatnonzero(waiting)
        if not len(left):
            return
        keys = _keys(distances[left], left, count)
        if distances[left].max() == 0:
            yield from left.tolist()
            return
        order = np.argpartition(-keys, min(_POOL, len(left)) - 1)
        pool, outside = left[order[:_POOL]], keys[order[_POOL:]]
        bound = int(outside.max()) if len(outside) else -1
        taken = []
        for row in _greedy(rows[pool], squares[pool], distances[pool], pool, count, bound):
            taken.append(row)
            yield row


def _greedy(
    rows: "Vectors",
    squares: "NDArray[np.float32]",
    distances: "NDArray[np.float32]",
    names: "NDArray[np.intp]",
    count: int,
    bound: int,
) -> Iterator[int]:
    """Take the farthest rows of a pool while none outside can be farther."""
    import numpy as np

    products = rows @ rows.T
    waiting = np.ones(len(rows), bool)
    while waiting.any():
        keys = np.where(waiting, _keys(distances, names, count), -1)
        best = int(keys.argmax())
        if keys[best] < bound:
            return
        yield int(names[best])
        waiting[best] = False
        distances = np.minimum(distances, squares + squares[best] - 2 * products[best])


def _keys(distances: "NDArray[np.float32]", names: "NDArray[np.intp]", count: int) -> "Keys":
    """One whole number a row: farther rows have greater ones, then those with lower numbers."""
    import numpy as np

    keys: Keys = distances.astype(np.int64) * (count + 1) + (count - names)
    return keys


def _bring_up_to_date(
    distances: "NDArray[np.float32]",
    rows: "Vectors",
    squares: "NDArray[np.float32]",
    taken: list[int],
) -> None:
    """Account for the rows taken last."""
    import numpy as np

    centres = rows[taken].T
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        found = squares[taken] - 2 * (rows[part] @ centres)
        np.minimum(distances[part], squares[part] + found.min(axis=1), out=distances[part])
