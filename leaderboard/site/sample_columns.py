"""What the sample explorer loads: an index of numbers for all samples, and their texts by shard.

The index answers every filter but that by text, so it holds numbers only: columns of all
samples, in the order of the cells (run, task, language), whose rows follow each other. Texts that
many samples share, as prompts and reference texts, stand once.
"""

import sys
import zlib
from array import array
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import msgspec

from leaderboard.site.shards import BEST, ShardFolder, ShardRows, encoded

SHARD_CHARACTERS: Final = 250_000
"""A shard of texts ends here; it takes about a quarter as many bytes."""

CUT: Final = 10_000
"""Characters of a longer text that stand beside its sample; the whole is in its own shards."""

_WHOLE_CHARACTERS: Final = 500_000
_INDEX_SAMPLES: Final = 50_000

_TEXT: Final = msgspec.json.Decoder(str)

Shown: TypeAlias = str | msgspec.Raw | tuple[str, int, int, int]
"""A text, also as JSON, or the beginning of a long one with the characters of all of it, and the
first and the number of the shards in which all of it stands."""


class Measured(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A measured reference text: its number among the texts, bits and bytes (see `Sample`)."""

    text: int
    scored: bool
    bits: float
    bytes: int
    digit_bits: float
    digit_bytes: int
    right: bool | None


class ShownVerdict(msgspec.Struct, frozen=True, array_like=True):
    """One comparison by a judge."""

    model_first: bool
    result: str
    reply: Shown
    asked: int
    detail: str
    thinking: Shown


class SampleTexts(msgspec.Struct, frozen=True, array_like=True):
    """The texts of one sample; `prompt` is a number among the shared texts."""

    prompt: int
    generation: Shown
    extracted: Shown | None
    detail: Shown
    thinking: Shown
    rule: str
    hit_limit: bool | None
    measured: Sequence[Measured]
    baseline: Shown | None = None
    verdicts: Sequence[ShownVerdict] = ()


class CellRow(msgspec.Struct, frozen=True, array_like=True):
    """Samples that follow each other in the index: those of a run, task and language."""

    run: int
    task: int
    language: int
    start: int
    count: int


class SampleColumns:
    """Takes samples cell by cell and writes index and texts; memory grows by some 20 bytes each.

    Problems and shared texts also take memory, whatever the number of their samples.
    """

    def __init__(self, folder: ShardFolder) -> None:
        self.folder = folder
        self.tasks: dict[str, int] = {}
        self.languages: dict[str, int] = {}
        self.outcomes: dict[str, int] = {}
        self.cells: list[CellRow] = []
        self.texts = ShardRows(folder, "q", SHARD_CHARACTERS)
        self.answers = ShardRows(folder, "t", SHARD_CHARACTERS)
        self.problems = ShardRows(folder, "p", SHARD_CHARACTERS)
        self.index_shards = 0
        self.total = 0
        self._wholes = 0
        self._problem_numbers: dict[tuple[int, str], int] = {}
        self._text_numbers: dict[tuple[int, int], int] = {}
        self._columns = _columns()
        self._prompts: dict[tuple[int, int], set[int]] = {}
        self._cell_prompts: set[int] = set()

    def open_cell(self, run: int, task: str, language: str) -> int:
        """Begin the samples of a run, task and language; gives the task's number."""
        numbers = (_number(self.tasks, task), _number(self.languages, language))
        self.cells.append(CellRow(run, *numbers, self.total, 0))
        self._cell_prompts = self._prompts[numbers] = set()
        return numbers[0]

    def close_cell(self) -> None:
        """End the samples of a cell; one without any leaves no trace."""
        cell = self.cells.pop()
        if count := self.total - cell.start:
            self.cells.append(msgspec.structs.replace(cell, count=count))

    def taken_prompts(self) -> dict[tuple[int, int], set[int]]:
        """The prompts since the last call, by task and language: numbers among the texts."""
        taken, self._prompts = self._prompts, {}
        return taken

    def end_run(self) -> None:
        """Close the shard of answers, as no shard has those of two runs."""
        self.answers.close()

    def problem(self, task: int, problem_id: str) -> int:
        """The number of a problem, the same in all languages."""
        key = (task, problem_id)
        number = self._problem_numbers.get(key)
        if number is None:
            number = self._problem_numbers[key] = self.problems.total
            self.problems.add(key, len(problem_id) + 4)
        return number

    def text(self, problem: int, text: str) -> int:
        """The number of a text that samples of a problem share."""
        return self.json_text(problem, encoded(text))

    def json_text(self, problem: int, text: bytes) -> int:
        """The number of a shared text that is JSON; it is read only when it comes first.

        Of the text itself only its hash is kept, which nobody can foresee (SipHash, seeded).

        Raises:
            msgspec.DecodeError, UnicodeDecodeError: it is no text.
        """
        key = (problem, hash(text))
        number = self._text_numbers.get(key)
        if number is None:
            read = _TEXT.decode(text)
            number = self._text_numbers[key] = self.texts.total
            self.texts.add(self.shown(read), min(len(read), CUT))
        return number

    def shown(self, text: str) -> Shown:
        """`text`, or the beginning of a long one, of which the whole goes to shards of its own."""
        if len(text) <= CUT:
            return text
        first = self._wholes
        for start in range(0, len(text), _WHOLE_CHARACTERS):
            part = encoded(text[start : start + _WHOLE_CHARACTERS])
            self.folder.write(f"w{self._wholes}", part)
            self._wholes += 1
        return (text[:CUT], len(text), first, self._wholes - first)

    def add(
        self,
        problem: int,
        index: int,
        outcome: str,
        length: int,
        row: SampleTexts,
        extracted: str | None = None,
    ) -> None:
        """Add a sample; `length` is that of its generation in characters.

        Of `extracted`, the whole of what `row` may have cut, the index has a checksum, by which the
        page sees whether two runs answered alike: of 4 billion pairs that differ it misses one.
        """
        columns = self._columns
        self._cell_prompts.add(row.prompt)
        columns[0].append(problem)
        columns[1].append(length)
        columns[2].append(index)
        columns[3].append(_checksum(extracted))
        columns[4].append(_number(self.outcomes, outcome))
        self.total += 1
        size = min(length, CUT) + len(row.thinking) + len(row.detail) + len(row.extracted or "")
        size += len(row.baseline or "")
        self.answers.add(row, size + 30)
        if len(columns[0]) == _INDEX_SAMPLES:
            self._write_index()

    def close(self) -> None:
        """Write all that waits."""
        for rows in (self.answers, self.texts, self.problems):
            rows.close()
        if len(self._columns[0]):
            self._write_index()

    def parts(self) -> dict[str, Any]:
        """What the page must know to find everything else."""
        return {
            "tasks": list(self.tasks),
            "languages": list(self.languages),
            "outcomes": list(self.outcomes),
            "cells": self.cells,
            "texts": self.texts.starts,
            "answers": self.answers.starts,
            "problems": self.problems.starts,
            "index": self.index_shards,
            "total": self.total,
            "cut": CUT,
        }

    def _write_index(self) -> None:
        """Little-endian 32-bit columns behind each other, the last of one byte a sample."""
        for column in self._columns if sys.byteorder == "big" else ():
            column.byteswap()
        content = b"".join(column.tobytes() for column in self._columns)
        self.folder.write(f"i{self.index_shards}", content, BEST)
        self.index_shards += 1
        self._columns = _columns()


def _columns() -> "tuple[array[int], array[int], array[int], array[int], array[int]]":
    return (array("I"), array("I"), array("I"), array("I"), array("B"))


def _checksum(extracted: str | None) -> int:
    """32 bits; nothing is not the empty text."""
    if extracted is None:
        return 0
    return zlib.crc32(extracted.encode("utf-8", "surrogatepass"), 1)


def _number(names: dict[str, int], name: str) -> int:
    return names.setdefault(name, len(names))
