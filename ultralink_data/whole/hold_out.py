"""Rows that are held out of a training, to measure the loss on, and the rows that may be trained.

A row is held out by the hash of its source (`Provenance.source_id`, its id where it has none), so
that a problem and its translations are on one side, that a dataset which grows keeps the rows that
it has held out, and that neither order nor seed matters. Of the others, those that say the same as
a row held out are not trained either: near duplicates, as `data check` finds them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from ultralink_data.checking.dedup import ReadRow, alike, read_row
from ultralink_data.checking.sketch import sketch
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError

_SEED: Final = 0
"""Of the permutations of MinHash; which rows are near duplicates hardly depends on it."""


def held_out(rows: Iterable[Dialogue], share: float) -> list[Dialogue]:
    """About this share of the rows of each language and kind, by the hash of their sources.

    Raises:
        ConfigError: there is no such row.
    """
    every = list(rows)
    held = [row for row in every if _place(row.provenance.source_id) < share]
    if not held:
        raise ConfigError(
            f"a share of {share:g} of {len(every):,} rows holds out none of them",
            hint="give a larger share, or a dataset folder of rows to measure on",
        )
    return held


def _place(source: str) -> float:
    """Where a source stands, evenly from 0 to 1."""
    digest = hashlib.sha256(f"held out\0{source}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def without_copies(
    rows: Iterable[Dialogue], held: Iterable[Dialogue], threshold: float
) -> Iterator[Dialogue]:
    """The rows that are no near duplicate of a row held out, and none of these themselves."""
    known = _HeldRows(held, threshold)
    return (row for row in rows if not known.has_like(row))


class _HeldRows:
    """Rows held out, found by their text and by the bands of their MinHash."""

    def __init__(self, held: Iterable[Dialogue], threshold: float) -> None:
        self._threshold = threshold
        self._exact: set[int] = set()
        self._by_band: dict[tuple[int, int], list[ReadRow]] = defaultdict(list)
        for row in held:
            made, found = sketch(row, _SEED), read_row(row)
            self._exact.add(made.exact)
            for band in enumerate(made.bands.tolist()):
                self._by_band[band].append(found)

    def has_like(self, row: Dialogue) -> bool:
        """Whether one of them says the same."""
        made = sketch(row, _SEED)
        if made.exact in self._exact:
            return True
        bands = enumerate(made.bands.tolist())
        near = {id(one): one for band in bands for one in self._by_band.get(band, ())}
        if not near:
            return False
        read = read_row(row)
        return any(alike(one, read, self._threshold) for one in near.values())
