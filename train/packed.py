"""A packed dataset: token sequences made of segments, one per row, and its counts."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import msgspec
import numpy as np

from train.npz_files import ArrayPieces, read_npz, whole, write_npz
from ultralink_data import atomic
from ultralink_data.errors import DataError

ARRAYS_FILE = "packed.npz"
TEXT_KIND = "text"
"""The kind of rows that are texts, without a chat template."""
COUNTS_FILE = "counts.json"


class CellCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows and tokens of one language and kind.

    `rows`, `tokens` and `loss_tokens` count what is trained on; `truncated` of these rows were cut
    at `max_tokens`; `dropped` rows are not trained on: too long, or no token left to learn;
    `spelled` rows have control tokens in their text, which were tokenised as text. A dialogue that
    is trained one answer at a time is a row for each, of which all but the first are in `again`.

    `dialogues` came with `given_tokens`; `over` of them were longer than `max_tokens`, of which
    `split` fell apart and became `pieces`. Where a whole dialogue is one row,
    `rows + dropped == dialogues - split + pieces`. `dropped_tokens` are those of dropped rows and
    the ends of cut ones.
    """

    language: str
    kind: str
    rows: int
    tokens: int
    loss_tokens: int
    truncated: int = 0
    dropped: int = 0
    spelled: int = 0
    again: int = 0
    dialogues: int = 0
    given_tokens: int = 0
    over: int = 0
    split: int = 0
    pieces: int = 0
    dropped_tokens: int = 0


class PackCounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counts of a packed dataset; `tokenizer` is the hash of the vocabulary it was made with.

    `note` is that of `tokenizer_loading.LoadedTokenizer`. `phases` are the sequences of each phase,
    in which each pass over the data goes (`train.curriculum`); none where all are shuffled.
    """

    cells: tuple[CellCount, ...]
    sequences: int
    max_tokens: int
    tokenizer: str
    note: str = ""
    phases: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """Rows to train on."""
        return sum(cell.rows for cell in self.cells)

    @property
    def tokens(self) -> int:
        """Tokens of these rows."""
        return sum(cell.tokens for cell in self.cells)

    @property
    def loss_tokens(self) -> int:
        """Tokens that are learned."""
        return sum(cell.loss_tokens for cell in self.cells)

    @property
    def truncated(self) -> int:
        """Rows that were cut at `max_tokens`."""
        return sum(cell.truncated for cell in self.cells)

    @property
    def dropped(self) -> int:
        """Rows left out because they had no token left to learn."""
        return sum(cell.dropped for cell in self.cells)

    @property
    def spelled(self) -> int:
        """Rows whose text spells control tokens."""
        return sum(cell.spelled for cell in self.cells)

    @property
    def again(self) -> int:
        """Rows that are another answer of a dialogue."""
        return sum(cell.again for cell in self.cells)


class TokenSequence(NamedTuple):
    """One packed sequence: `ids`, `loss` (whether it is learned), `positions`, all [tokens]."""

    ids: np.ndarray
    loss: np.ndarray
    positions: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A packed dataset, ragged: sequences of segments of tokens.

    `ids` int32 [tokens], `loss` bool [tokens], `segment_tokens` int32 [segments],
    `segment_cell` int32 [segments] (index into `counts.cells`: language and kind), and
    `sequence_segments` int32 [sequences], all in order. Those of a large file are read as needed.
    Each segment has a learned token: other rows are dropped.
    """

    ids: np.ndarray
    loss: np.ndarray
    segment_tokens: np.ndarray
    segment_cell: np.ndarray
    sequence_segments: np.ndarray
    counts: PackCounts

    @property
    def sequences(self) -> int:
        """Number of packed sequences."""
        return len(self.sequence_segments)

    @cached_property
    def segment_bounds(self) -> np.ndarray:
        """First token of each segment, then the end of the last: int64 [segments + 1]."""
        return np.concatenate([[0], np.cumsum(self.segment_tokens, dtype=np.int64)])

    @cached_property
    def sequence_bounds(self) -> np.ndarray:
        """First segment of each sequence, then the end of the last: int64 [sequences + 1]."""
        return np.concatenate([[0], np.cumsum(self.sequence_segments, dtype=np.int64)])

    @cached_property
    def segment_learned(self) -> np.ndarray:
        """Learned tokens of each segment: int64 [segments]."""
        return np.add.reduceat(self.loss, self.segment_bounds[:-1], dtype=np.int64)

    @cached_property
    def sequence_learned(self) -> np.ndarray:
        """Learned tokens of each sequence: int64 [sequences]."""
        return np.add.reduceat(self.segment_learned, self.sequence_bounds[:-1])

    @cached_property
    def last_learned(self) -> np.ndarray:
        """Where the last learned token of each segment is: int64 [segments]."""
        learned = np.flatnonzero(self.loss)
        return learned[np.searchsorted(learned, self.segment_bounds[1:]) - 1]

    def sequence(self, index: int) -> TokenSequence:
        """One sequence; positions restart at 0 in each segment."""
        first, last = self.sequence_bounds[index : index + 2]
        begin, end = self.segment_bounds[first], self.segment_bounds[last]
        starts = np.repeat(self.segment_bounds[first:last], self.segment_tokens[first:last])
        positions = (np.arange(begin, end) - starts).astype(np.int32)
        return TokenSequence(self.ids[begin:end], self.loss[begin:end], positions)

    def segments(self, index: int) -> Iterator[tuple[CellCount, int, int]]:
        """Cell (language, kind) and the token range [start, end) of each row of a sequence."""
        first, last = self.sequence_bounds[index : index + 2]
        for segment in range(first, last):
            begin, end = self.segment_bounds[segment : segment + 2]
            yield self.counts.cells[self.segment_cell[segment]], int(begin), int(end)

    def save(self, folder: Path) -> None:
        """Write `packed.npz` and `counts.json` into `folder`; same content, same bytes.

        Raises:
            PrerequisiteError: the disk is full or the folder is not writable.
        """
        write_packed(folder, {name: whole(getattr(self, name)) for name in ARRAYS}, self.counts)

    @classmethod
    def load(cls, folder: Path) -> "Packed":
        """Read what `save` wrote.

        Raises:
            DataError: a file is missing or damaged, or the two do not match.
        """
        try:
            counts = msgspec.json.decode((folder / COUNTS_FILE).read_bytes(), type=PackCounts)
            arrays = read_npz(folder / ARRAYS_FILE, ARRAYS)
        except (OSError, ValueError, KeyError, BadZipFile, msgspec.DecodeError) as error:
            raise _unreadable(folder, str(error)) from error
        packed = cls(counts=counts, **dict(zip(ARRAYS, arrays, strict=True)))
        packed._check(folder)
        return packed

    def _check(self, folder: Path) -> None:
        facts = {
            "loss mask and ids differ in length": len(self.loss) == len(self.ids),
            "segments do not add up to the tokens": int(self.segment_tokens.sum()) == len(self.ids),
            "sequences do not add up to the segments": int(self.sequence_segments.sum())
            == len(self.segment_tokens)
            == len(self.segment_cell),
            "the counts are another dataset's": (
                self.counts.sequences == self.sequences
                and sum(self.counts.phases) in (0, self.sequences)
                and self.counts.tokens == len(self.ids)
                and self.counts.rows == len(self.segment_tokens)
                and self.counts.loss_tokens == int(self.loss.sum())
            ),
        }
        for problem, holds in facts.items():
            if not holds:
                raise _unreadable(folder, problem)


ARRAYS = tuple(field.name for field in fields(Packed) if field.name != "counts")
"""The arrays of `Packed`, in the order of the file."""


def write_packed(folder: Path, arrays: Mapping[str, ArrayPieces], counts: PackCounts) -> None:
    """Write what `Packed.load` reads, from arrays that need not be in memory.

    Raises:
        PrerequisiteError: the disk is full or the folder is not writable.
    """
    with atomic.disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".{ARRAYS_FILE}.{os.getpid()}"
        try:
            write_npz(temporary, arrays)
            os.replace(temporary, folder / ARRAYS_FILE)
        finally:
            temporary.unlink(missing_ok=True)
    text = msgspec.json.format(msgspec.json.encode(counts), indent=2)
    atomic.write_bytes(folder / COUNTS_FILE, text + b"\n")


def _unreadable(folder: Path, problem: str) -> DataError:
    return DataError(f"{folder} is not a packed dataset: {problem}", hint="delete it; pack again")
