"""Dialogues in the order of a dataset, however many: sorted runs on disk, merged.

Sorting in memory holds every row; a million of them take gigabytes. Here at most `buffer_bytes` are
held (by estimate); the rest goes to disk in sorted runs, which are then merged.
"""

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from ultralink_data.dialogue import Dialogue

BUFFER_BYTES = 128 << 20
_OBJECTS = 600
_TURN = 64
"""About what Python needs for a dialogue and for a turn besides their characters, in bytes."""


def row_key(dialogue: Dialogue) -> tuple[str, str, str]:
    """The order of a dataset's rows: language, kind, id."""
    return dialogue.language, dialogue.kind, dialogue.id


def in_order(
    dialogues: Iterable[Dialogue], scratch: Path, *, buffer_bytes: int = BUFFER_BYTES
) -> Iterator[Dialogue]:
    """The dialogues sorted by `row_key`; runs lie in `scratch`, which the caller removes.

    Every run is one open file while they are merged: 100 GB of dialogues are 800 of them.

    Raises:
        OSError: the disk is full.
    """
    runs: list[Path] = []
    held: list[Dialogue] = []
    size = 0
    for dialogue in dialogues:
        held.append(dialogue)
        size += _OBJECTS + sum(_TURN + 2 * len(turn) for turn in dialogue.turns)
        if size >= buffer_bytes:
            runs.append(_spilled(held, scratch / f"run{len(runs)}"))
            held, size = [], 0
    held.sort(key=row_key)
    if not runs:
        yield from held
        return
    yield from heapq.merge(*map(_run, runs), held, key=row_key)


def _spilled(held: list[Dialogue], path: Path) -> Path:
    encoder = msgspec.json.Encoder()
    held.sort(key=row_key)
    with path.open("wb") as file:
        file.writelines(encoder.encode(dialogue) + b"\n" for dialogue in held)
    return path


def _run(path: Path) -> Iterator[Dialogue]:
    decoder = msgspec.json.Decoder(Dialogue)
    with path.open("rb") as file:
        for line in file:
            yield decoder.decode(line)
