"""Where the rows of a file with JSON lines stand, so that each is found without keeping any."""

from collections.abc import Callable, Hashable
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from ultralink_data.store import json_rows
from ultralink_data.store.byte_order_mark import without_mark
from ultralink_data.store.release import decode_lines

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class RowPlaces(Generic[K, T]):
    """The places of rows by a key, which several rows may have.

    Of each row its key and a number are kept. The file must stay as it is.
    """

    def __init__(self, path: Path, row_type: type[T], key: Callable[[T], K]) -> None:
        """Read the file once.

        Raises:
            DataError: it cannot be read, or a line is no such row; names file and line.
        """
        self._path = path
        self._decoder = msgspec.json.Decoder(row_type)
        self._places: dict[K, list[int]] = {}
        place = 0
        rows = decode_lines(path, row_type)
        first = next(rows, None)  # what cannot be read is said before the file is opened again
        if first is None:
            return
        with path.open("rb") as lines:
            for _, row in chain((first,), rows):
                self._places.setdefault(key(row), []).append(place)
                place += len(lines.readline())

    def __len__(self) -> int:
        """The number of rows."""
        return sum(map(len, self._places.values()))

    def rows(self, key: K) -> list[T]:
        """The rows with this key, read again; empty if there is none."""
        places = self._places.get(key, ())
        if not places:
            return []
        found = []
        with self._path.open("rb") as file:
            for place in places:
                file.seek(place)
                found.append(json_rows.decode(self._decoder, without_mark(file.readline())))
        return found
