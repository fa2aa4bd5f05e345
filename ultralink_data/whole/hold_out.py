"""Rows that are held out of a training, to measure the loss on, and the rows that may be trained.

A row is held out by the hash of its source (`Provenance.source_id`, its id where it has none), so
that a problem and its translations are on one side, that a dataset which grows keeps the rows that
it has held out, and that neither order nor seed matters. Of the others, those that say the same as
a row held out are not trained either: near duplicates, as `data check` finds them.

Rows are read one by one. Of those held out some 250 bytes a row are held, and their text on the
disk, in `tempfile`'s folder unless another is given.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

import numpy as np
from msgspec import json

from ultralink_data.checking.dedup import ReadRow, alike, read_row
from ultralink_data.checking.sketch import BANDS, Sketch, sketch
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError

_SEED: Final = 0
"""Of the permutations of MinHash; which rows are near duplicates hardly depends on it."""
_READ: Final = 2048
"""Rows held out that are kept as they are compared, some kilobytes each."""


def held_out(rows: Iterable[Dialogue], share: float) -> Iterator[Dialogue]:
    """About this share of the rows of each language and kind, by the hash of their sources.

    Raises:
        ConfigError: there is no such row, which shows at the end.
    """
    every = found = 0
    for row in rows:
        every += 1
        if _place(row.provenance.source_id) < share:
            found += 1
            yield row
    if not found:
        raise ConfigError(
            f"a share of {share:g} of {every:,} rows holds out none of them",
            hint="give a larger share, or a dataset folder of rows to measure on",
        )


def _place(source: str) -> float:
    """Where a source stands, evenly from 0 to 1."""
    digest = hashlib.sha256(f"held out\0{source}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def without_copies(
    rows: Iterable[Dialogue],
    held: Iterable[Dialogue],
    threshold: float,
    scratch: Path | None = None,
) -> Iterator[Dialogue]:
    """The rows that are no near duplicate of a row held out, and none of these themselves.

    `scratch` is a folder for the texts of `held`.

    Raises:
        OSError: the disk is full.
    """
    with TemporaryFile(dir=scratch) as file:
        known = _HeldRows(held, threshold, _KeptRows(file))
        yield from (row for row in rows if not known.has_like(row))


class _KeptRows:
    """Rows in a file, by their number."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._ends = array("q", [0])
        self._encoder = json.Encoder()
        self._decoder = json.Decoder(Dialogue)
        self.read = lru_cache(maxsize=_READ)(self._read)

    def add(self, row: Dialogue) -> None:
        """Write the next row."""
        self._ends.append(self._ends[-1] + self._file.write(self._encoder.encode(row)))

    def _read(self, number: int) -> ReadRow:
        begin, end = self._ends[number : number + 2]
        self._file.seek(begin)
        return read_row(self._decoder.decode(self._file.read(end - begin)))


class _HeldRows:
    """Rows held out, found by their text and by the bands of their MinHash."""

    def __init__(self, held: Iterable[Dialogue], threshold: float, kept: _KeptRows) -> None:
        self._threshold = threshold
        self._kept = kept
        exact, bands, texts = array("Q"), array("Q"), set()
        for row in held:
            text = hashlib.sha256(json.encode((row.kind, row.turns))).digest()
            if text in texts:  # what is compared is the same
                continue
            texts.add(text)
            made = sketch(row, _SEED)
            exact.append(made.exact)
            bands.frombytes(made.bands.tobytes())
            kept.add(row)
        self._exact = np.unique(np.frombuffer(exact, np.uint64))
        each = np.frombuffer(bands, np.uint64).reshape(-1, BANDS)
        # by band: the numbers of rows in the order of their hashes, and these
        self._order = np.argsort(each, axis=0, kind="stable").astype(np.int32)
        self._values = np.take_along_axis(each, self._order, axis=0).T.copy()

    def has_like(self, row: Dialogue) -> bool:
        """Whether one of them says the same."""
        made = sketch(row, _SEED)
        place = np.searchsorted(self._exact, np.uint64(made.exact))
        if place < len(self._exact) and self._exact[place] == made.exact:
            return True
        near = self._near(made)
        if not near:
            return False
        read = read_row(row)
        return any(alike(self._kept.read(one), read, self._threshold) for one in near)

    def _near(self, made: Sketch) -> list[int]:
        """The numbers of those that agree in a band."""
        found: set[int] = set()
        for band, value in enumerate(made.bands):
            values = self._values[band]
            first = int(np.searchsorted(values, value))
            if first < len(values) and values[first] == value:
                last = int(np.searchsorted(values, value, side="right"))
                found.update(self._order[first:last, band].tolist())
        return sorted(found)
