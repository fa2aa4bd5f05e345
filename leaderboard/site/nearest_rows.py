"""The training rows whose questions are most like a problem's prompt, of a run's own dataset.

Likeness is the cosine of two vectors of words, pairs of words, and characters and their pairs where
no spaces part words, weighted by their rarity among the rows (tf-idf, logarithmic in both). What at
least half of the prompts of a task and language have, as instructions and worked examples, counts
nothing. The rows are read twice, as a stream: for the rarity, and to compare; memory grows with
the prompts alone.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from leaderboard.site.shards import ShardFolder, ShardRows
from ultralink_data.errors import DataError
from ultralink_data.store import dataset
from ultralink_data.text.units import ngrams, units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

MOST_PROMPTS: Final = 20_000
"""Prompts that are compared with one dataset; with more, the first ones."""

_BUCKETS: Final = 1 << 20
_BATCH: Final = 256
_READ: Final = 4_000
"""Characters of a text that are compared, and shown of a row."""

_SHARED: Final = 12
_RUN: Final = 400
_FEW: Final = 4
_SHARD: Final = 250_000

Hit = tuple[float, str, str, str, str, list[str], str]
"""Likeness, the row's id, language, kind and question, the rarest words that both have, and the
longest run of words that both have."""


class _Row(NamedTuple):
    id: str
    language: str
    kind: str
    question: str


class NearestRows:
    """Takes the prompts of runs and writes the nearest rows of their datasets as shards."""

    def __init__(self, store: Path, most: int) -> None:
        self.store = store
        self.most = most
        self._asked: dict[str, dict[tuple[int, int], set[int]]] = defaultdict(dict)

    def add(self, fingerprint: str | None, prompts: Mapping[tuple[int, int], set[int]]) -> None:
        """Note the prompts of a run (numbers of texts, by task and language) and its dataset."""
        if self.most and fingerprint:
            of_dataset = self._asked[fingerprint]
            for cell, numbers in prompts.items():
                of_dataset.setdefault(cell, set()).update(numbers)

    def write(self, folder: ShardFolder, texts: ShardRows) -> list[dict[str, Any]]:
        """Write the shards; gives, by dataset, the first prompt of each and the first's number.

        A dataset that is not in the store, or cannot be read, has none.
        """
        folders = _datasets(self.store) if self._asked else {}
        shards = ShardRows(folder, "n", _SHARD)
        written = []
        for fingerprint, cells in self._asked.items():
            found = folders.get(fingerprint)
            numbers = sorted(set().union(*cells.values()))[:MOST_PROMPTS]
            if found is None or not numbers:
                continue
            first, before = len(shards.starts), shards.total
            prompts = _Prompts(dict(_read_texts(folder, texts, numbers)), cells)
            try:
                nearest = prompts.nearest(found, self.most)
            except DataError:
                continue  # said by whoever checks datasets; here a run only lacks its rows
            for number, hits in nearest:
                shards.add((number, hits), sum(len(hit[4]) for hit in hits))
            shards.close()
            starts = shards.starts[first:]
            written.append(
                {
                    "dataset": fingerprint,
                    "first": first,
                    "prompts": [numbers[start - before] for start in starts],
                }
            )
        return written


def _datasets(store: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in sorted((store / "datasets").glob("*")):
        try:
            found.setdefault(dataset.read_manifest(folder).fingerprint, folder)
        except DataError:
            continue  # a folder of something else
    return found


def _read_texts(
    folder: ShardFolder, texts: ShardRows, numbers: list[int]
) -> Iterator[tuple[int, str]]:
    """The asked texts, from the shards in which they stand already."""
    wanted = iter(numbers)
    number = next(wanted, None)
    ends = [*texts.starts[1:], texts.total]
    for shard, (start, end) in enumerate(zip(texts.starts, ends, strict=True)):
        if number is None or number >= end:
            continue
        rows = folder.read(f"{texts.prefix}{shard}")
        while number is not None and number < end:
            text = rows[number - start]
            yield number, (text if isinstance(text, str) else text[0])[:_READ]
            number = next(wanted, None)


class _Prompts:
    """Prompts as a matrix of unit vectors, compared with the rows of one dataset."""

    def __init__(self, texts: dict[int, str], cells: Mapping[tuple[int, int], set[int]]) -> None:
        self.texts = texts
        self._counts = {number: _features(text) for number, text in texts.items()}
        for numbers in cells.values():
            self._forget_what_is_common([n for n in numbers if n in texts])

    def _forget_what_is_common(self, numbers: list[int]) -> None:
        if len(numbers) < _FEW:
            return
        seen: dict[int, int] = defaultdict(int)
        for number in numbers:
            for feature in self._counts[number]:
                seen[feature] += 1
        common = {feature for feature, times in seen.items() if 2 * times >= len(numbers)}
        for number in numbers:
            counts = self._counts[number]
            self._counts[number] = {f: n for f, n in counts.items() if f not in common}

    def nearest(self, folder: Path, most: int) -> list[tuple[int, list[Hit]]]:
        """The nearest rows of a dataset for each prompt, the nearest first.

        Raises:
            DataError: the dataset cannot be read.
        """
        import numpy as np

        rarity = _rarity(folder)
        prompts = _matrix(self._counts.values(), rarity)
        best = np.zeros((len(self.texts), most), np.float32)
        places = np.full((len(self.texts), most), -1, np.int64)
        kept: dict[int, _Row] = {}
        start = 0
        for rows in _batches(folder):
            vectors = _matrix((_features(row.question) for row in rows), rarity)
            likeness = (prompts @ vectors.T).toarray()
            numbers = np.broadcast_to(np.arange(start, start + len(rows)), likeness.shape)
            all_likeness = np.concatenate([best, likeness], axis=1)
            # A stable sort: of rows as near as each other the earlier ones stay.
            order = np.argsort(-all_likeness, axis=1, kind="stable")[:, :most]
            best = np.take_along_axis(all_likeness, order, axis=1)
            all_places = np.concatenate([places, numbers], axis=1)
            places = np.take_along_axis(all_places, order, axis=1)
            used = set(np.unique(places[best > 0]).tolist())
            kept = {n: row for n, row in kept.items() if n in used}
            kept |= {n: row for n, row in enumerate(rows, start) if n in used}
            start += len(rows)
        return [
            (
                number,
                [_hit(text, kept[p], b, rarity) for p, b in zip(at, how, strict=True) if b > 0],
            )
            for (number, text), at, how in zip(
                self.texts.items(), places.tolist(), best.tolist(), strict=True
            )
        ]


def _batches(folder: Path) -> Iterator[list[_Row]]:
    batch: list[_Row] = []
    for row in dataset.stream(folder, verify=False):
        question = "\n".join(turn[:_READ] for turn in row.turns[::2])[:_READ]
        batch.append(_Row(row.id, row.language, row.kind, question))
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _rarity(folder: Path) -> "NDArray[np.float64]":
    import numpy as np

    rows_with = np.zeros(_BUCKETS, np.int64)
    total = 0
    for batch in _batches(folder):
        for row in batch:
            rows_with[list(_features(row.question))] += 1
        total += len(batch)
    return np.log((1 + total) / (1 + rows_with))


def _features(text: str) -> dict[int, int]:
    """How often each hashed feature of a text occurs."""
    found = units(text)
    counts: dict[int, int] = defaultdict(int)
    for sequence in (found.words, found.characters if found.unspaced else []):
        for n in (1, 2):
            for gram in ngrams(sequence, n):
                counts[_bucket(" ".join(gram))] += 1
    return counts


def _bucket(name: str) -> int:
    return zlib.crc32(name.encode("utf-8", "replace")) % _BUCKETS


def _matrix(
    counted: Iterable[Mapping[int, int]], rarity: "NDArray[np.float64]"
) -> "csr_array[np.float32]":
    """Unit vectors, one a row; a text without any known feature is a row of zeros."""
    import numpy as np
    from scipy.sparse import csr_array

    values, columns, ends = [], [], [0]
    for counts in counted:
        features = np.fromiter(counts, np.int64, len(counts))
        times = np.fromiter(counts.values(), np.float64, len(counts))
        weights = rarity[features] * (1 + np.log(times))
        length = float(np.sqrt((weights**2).sum()))
        values.append((weights / (length or 1)).astype(np.float32))
        columns.append(features)
        ends.append(ends[-1] + len(features))
    data = np.concatenate(values) if values else np.zeros(0, np.float32)
    places = np.concatenate(columns) if columns else np.zeros(0, np.int64)
    return csr_array((data, places, np.array(ends)), shape=(len(ends) - 1, _BUCKETS))


def _hit(text: str, row: _Row, likeness: float, rarity: "NDArray[np.float64]") -> Hit:
    shared, run = shared_words(text, row.question, lambda word: float(rarity[_bucket(word)]))
    return (round(likeness, 3), row.id, row.language, row.kind, row.question, shared, run)


def shared_words(text: str, other: str, weight: Callable[[str], float]) -> tuple[list[str], str]:
    """The heaviest words (or characters) of both texts, and the longest run of them.

    A run has at least two words; "" if there is none.
    """
    one, two = units(text), units(other)
    unspaced = one.unspaced and two.unspaced
    ours, theirs = (u.characters if unspaced else u.words for u in (one, two))
    both = sorted(set(ours) & set(theirs), key=lambda word: (-weight(word), word))
    matcher = SequenceMatcher(None, ours[:_RUN], theirs[:_RUN], autojunk=False)
    match = matcher.find_longest_match()
    run = ours[match.a : match.a + match.size] if match.size > 1 else []
    return both[:_SHARED], ("" if unspaced else " ").join(run)
