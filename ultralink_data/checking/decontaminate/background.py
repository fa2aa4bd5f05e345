"""What is common in the training rows themselves, and so is no evidence against any of them.

A number or a run of code marks that many rows have says little, however rare it is in a benchmark.
Shares are over *distinct* problems and *distinct* functions of a sample: a leak that occurs fifty
times, or in nine languages, does not make itself common.
"""

from collections import Counter
from collections.abc import Iterable
from heapq import heappush, heappushpop
from math import log2
from typing import Final, TypeVar

import msgspec

from ultralink_data.checking.decontaminate.code_shape import Run, runs_of, shape
from ultralink_data.checking.decontaminate.number_words import digits_of
from ultralink_data.checking.decontaminate.python_code import functions
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.units import stable_hash

T = TypeVar("T")

SAMPLE: Final = 1000
"""Rows of a kind, those with the least hashes of their ids: neither order nor place matters."""
_LEAST: Final = 100
"""Distinct problems or functions below which a sample says nothing."""


class Background(msgspec.Struct, frozen=True, kw_only=True):
    """Bits of the numbers and code runs that occur in a sample; it knows nothing of others."""

    numbers: dict[str, float] = {}
    runs: dict[Run, float] = {}


NO_BACKGROUND: Final = Background()


def background(rows: Iterable[Dialogue]) -> Background:
    """The background of a dataset, from one pass; at most `SAMPLE` rows a kind are held."""
    held: dict[str, list[tuple[int, str, Dialogue]]] = {"math": [], "code": []}
    for row in rows:
        if row.kind in held:
            heap = held[row.kind]
            name = f"{row.language}/{row.id}"
            entry = (-stable_hash(name), name, row)
            if len(heap) < SAMPLE:
                heappush(heap, entry)
            elif entry > heap[0]:
                heappushpop(heap, entry)
    return Background(
        numbers=_number_bits(row for _, _, row in held["math"]),
        runs=_run_bits(row for _, _, row in held["code"]),
    )


def _number_bits(rows: Iterable[Dialogue]) -> dict[str, float]:
    problems = {tuple(sorted(digits_of(row.turns[0]))) for row in rows}
    counts = Counter(number for problem in problems for number in problem)
    total = counts.total() + 1
    return _bits(counts, total) if len(problems) >= _LEAST else {}


def _run_bits(rows: Iterable[Dialogue]) -> dict[Run, float]:
    shapes = {shape(function) for row in rows for function in functions(row.turns)}
    counts = Counter(run for marks in shapes for run in runs_of(marks))
    return _bits(counts, len(shapes) + 1) if len(shapes) >= _LEAST else {}


def _bits(counts: "Counter[T]", total: int) -> dict[T, float]:
    """Bits of what occurs at least twice; a single occurrence may be the leak itself."""
    return {what: log2(total / (count + 0.5)) for what, count in counts.items() if count > 1}
