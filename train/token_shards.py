"""Tokenised rows on the disk, so that a killed packing goes on and memory stays flat.

    tokens.bin             int32, row after row; a learned token t is stored as -1 - t
    rows-000000.npz ...    ranks, lengths and cells of the rows of so many dialogues, and a header

A shard counts once its rows file is there, which follows its tokens. Each knows a hash of the
dialogues that it was made from: after a change it is made again, with all that follow.
"""

import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import msgspec
import numpy as np

from train.arrangement import RowIndex, TokenRow, index_rows
from train.npz_files import read_npz, whole, write_npz
from train.packed import CellCount
from ultralink_data import atomic

TOKENS_FILE: Final = "tokens.bin"
_ARRAYS: Final = ("ranks", "lengths", "cells", "header")
_CHUNK: Final = 1 << 22
"""Bytes, or tokens, that are in memory at a time."""


class _ShardHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a shard was made from, its tokens' checksum, and its counts."""

    source: str
    checksum: int
    counts: tuple[CellCount, ...]


class TokenShards:
    """The shards in a folder, in the order in which they are asked for or added.

    A context manager, which closes the file of tokens.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.parts: list[RowIndex] = []
        self._tokens = 0
        with atomic.disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / TOKENS_FILE
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)

    def __enter__(self) -> "TokenShards":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def take(self, source: str) -> bool:
        """Whether the next shard is there already, made from what has this hash."""
        path = self._path()
        try:
            ranks, lengths, cells, raw = read_npz(path, _ARRAYS)
            header = msgspec.json.decode(raw.tobytes(), type=_ShardHeader)
        except (OSError, ValueError, KeyError, BadZipFile, msgspec.DecodeError):
            return False
        tokens = int(lengths.sum())
        if header.source != source or header.checksum != self._checksum(tokens):
            return False
        self._tokens += tokens
        self.parts.append(RowIndex(ranks, lengths, cells, header.counts))
        return True

    def add(self, source: str, rows: Sequence[TokenRow], max_tokens: int) -> None:
        """Write the next shard; those of an earlier run from here on are deleted."""
        index = index_rows(rows, max_tokens)
        tokens = _signed(rows)
        header = _ShardHeader(source=source, checksum=zlib.crc32(tokens.data), counts=index.counts)
        raw = np.frombuffer(msgspec.json.encode(header), np.uint8)
        arrays = dict(zip(_ARRAYS, (*index[:3], raw), strict=True))
        path = self._path()
        with atomic.disk_errors(self._folder):
            for later in self._folder.glob("rows-*.npz"):
                if later >= path:
                    later.unlink()
            os.ftruncate(self._file, 4 * self._tokens)
            _write_at(self._file, tokens, 4 * self._tokens)
            os.fsync(self._file)
            temporary = path.with_suffix(".part")
            write_npz(temporary, {name: whole(array) for name, array in arrays.items()})
            os.replace(temporary, path)
        self._tokens += len(tokens)
        self.parts.append(index)

    def gather(self, order: np.ndarray) -> Iterator[np.ndarray]:
        """The tokens of rows in this order (numbers go on from shard to shard), in pieces.

        Each is int32 [tokens], learned tokens as -1 - t, as they are stored.
        """
        lengths = np.concatenate([part.lengths for part in self.parts]).astype(np.int64)
        begins = np.cumsum(lengths) - lengths
        lengths, begins = lengths[order], begins[order]
        ends = np.cumsum(lengths)
        first = 0
        while first < len(order):
            before = ends[first - 1] if first else 0
            last = max(int(np.searchsorted(ends, before + _CHUNK, side="right")), first + 1)
            found = np.empty(int(ends[last - 1] - before), np.int32)
            room = found.data.cast("B")
            place = 0
            for begin, length in zip(
                begins[first:last].tolist(), lengths[first:last].tolist(), strict=True
            ):
                _read_at(self._file, room[place : place + 4 * length], 4 * begin)
                place += 4 * length
            yield found
            first = last

    def _path(self) -> Path:
        return self._folder / f"rows-{len(self.parts):06d}.npz"

    def _checksum(self, tokens: int) -> int | None:
        """The checksum of so many next tokens; None if they are not all there."""
        begin, end, found = 4 * self._tokens, 4 * (self._tokens + tokens), 0
        while begin < end:
            piece = os.pread(self._file, min(_CHUNK, end - begin), begin)
            if not piece:
                return None
            found = zlib.crc32(piece, found)
            begin += len(piece)
        return found


def ids_of(signed: np.ndarray) -> np.ndarray:
    """The ids of stored tokens."""
    return np.where(signed < 0, -1 - signed, signed)


def learned_of(signed: np.ndarray) -> np.ndarray:
    """Which stored tokens are learned."""
    return signed < 0


def _signed(rows: Sequence[TokenRow]) -> np.ndarray:
    """The tokens of the rows that are trained on, as they are stored."""
    kept = [row.piece for row in rows if row.is_kept]
    if not kept:
        return np.empty(0, np.int32)
    ids = np.concatenate([piece.ids for piece in kept])
    loss = np.concatenate([piece.loss for piece in kept])
    return np.where(loss, -1 - ids, ids).astype(np.int32)


def _write_at(file: int, array: np.ndarray, place: int) -> None:
    data = array.data.cast("B")
    while data:
        written = os.pwrite(file, data, place)
        data, place = data[written:], place + written


def _read_at(file: int, room: memoryview, place: int) -> None:
    while room:
        read = os.preadv(file, [room], place)
        if not read:
            raise OSError(f"{TOKENS_FILE} was cut short while it was read")
        room, place = room[read:], place + read
