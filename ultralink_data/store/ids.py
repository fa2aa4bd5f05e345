"""Checks that ids are unique over any number of files, with eight bytes a row."""

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from ultralink_data.errors import DataError
from ultralink_data.store import release


class _Named(msgspec.Struct):
    id: str


def require_distinct(files: Sequence[Path]) -> None:
    """Check that no id occurs twice in JSONL files: its dialogues would be paid for and then clash.

    Raises:
        DataError: a repeated id, with both places; a line without an id.
    """
    hashes = array("q", (hash(name) for _, _, name in _ids(files)))
    values, counts = np.unique(np.frombuffer(hashes, dtype=np.int64), return_counts=True)
    repeated = set(values[counts > 1].tolist())
    if not repeated:
        return
    seen: dict[str, str] = {}
    for path, line, name in _ids(files):
        if hash(name) not in repeated:
            continue
        if name in seen:
            raise DataError(
                f"id {name!r} occurs twice: {seen[name]} and {path}:{line}",
                hint="remove one of the two rows, or one of the files",
            )
        seen[name] = f"{path}:{line}"


def _ids(files: Sequence[Path]) -> Iterator[tuple[Path, int, str]]:
    for path in files:
        for line, row in release.decode_lines(path, _Named):
            yield path, line, row.id
