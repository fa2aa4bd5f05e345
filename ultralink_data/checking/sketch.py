"""How duplicates are found: a row reduced to a few hashes.

Shingles are runs of 3 words, and of 5 characters in scripts without spaces (see `text_units`).
datasketch's MinHash keeps the smallest of their hashes under each of 120 permutations, and 20 bands
of 6 of these are kept as one number each: two rows that share a fraction j of their shingles agree
in at least one band with probability 1 - (1 - j^6)^20: 0.9 for j = 0.69, 0.998 for j = 0.8.

Across languages no text is shared. A key of structure is: equal numbers in question and worked
answer, in their order (math); equal functions but for names (code). It finds parallel texts that
keep their digits and programs; text in words alone has no such key.
"""

import ast
import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from ultralink_data.checking.decontaminate.code_shape import shape
from ultralink_data.checking.decontaminate.number_words import digits_of
from ultralink_data.checking.decontaminate.python_code import functions
from ultralink_data.checking.program_text import program_hash
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.units import ngrams, normalise, stable_hash, units

if TYPE_CHECKING:
    import numpy as np
    from datasketch import MinHash

BANDS: Final = 20
BAND: Final = 6
SHINGLE_WORDS: Final = 3
SHINGLE_CHARACTERS: Final = 5
_LEAST_NUMBERS: Final = 6
"""Numbers that a worked problem must have to be known by them, so many of them different: 4."""
_LEAST_DIFFERENT: Final = 4
_LEAST_MARKS: Final = 15
"""Marks of the shapes of all functions below which programs are alike by chance."""
_LEAST_CODE: Final = 80
_FENCE: Final = re.compile(r"```[^\n]*\n(.*?)(?:```|\Z)", re.S)
_COMMENT: Final = re.compile(r"(?://|#).*$|/\*.*?\*/", re.M | re.S)


class Sketch(NamedTuple):
    """`exact` of the normalised text; `bands` of MinHash; `structure` 0 where there is none."""

    exact: int
    bands: "np.ndarray[tuple[int], np.dtype[np.uint64]]"
    structure: int
    source: int


def sketch(row: Dialogue, seed: int) -> Sketch:
    """The hashes of a row; the same in every process and on every machine."""
    return Sketch(
        exact=exact_hash(row.turns, program_hash(row.turns) if row.kind == "code" else 0),
        bands=band_hashes(shingles(row.turns), seed),
        structure=structure_hash(row),
        source=stable_hash(row.provenance.source_id),
    )


def exact_hash(turns: Sequence[str], program: int = 0) -> int:
    """Equal for rows whose turns differ only in case, blanks and Unicode forms.

    In a program blanks and case can be all that differs, so that its own key goes in, where there
    is one.
    """
    text = "\x1e".join(" ".join(normalise(turn).split()) for turn in turns)
    return stable_hash(f"{text}\x1e{program}" if program else text)


def shingles(turns: Iterable[str]) -> frozenset[int]:
    """Hashes of the row's shingles, 32 bits each."""
    found = units("\n".join(turns))
    hashes = _shingled(found.words, SHINGLE_WORDS)
    return frozenset(hashes | _shingled(found.characters, SHINGLE_CHARACTERS))


def _shingled(sequence: Sequence[str], n: int) -> set[int]:
    if 0 < len(sequence) < n:
        return {zlib.crc32(" ".join(sequence).encode("utf-8", "surrogatepass"))}
    texts = map(" ".join, ngrams(sequence, n))
    return {zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts}


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    """The share of the shingles of two rows that both have (Jaccard)."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


@cache
def _permutations(seed: int) -> "MinHash":
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * BAND, seed=seed, hashfunc=_itself, scheme="affine32")


def _itself(value: int) -> int:
    """Shingles are already hashes."""
    return value


def band_hashes(values: frozenset[int], seed: int) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """One number a band, of the MinHash of a set of shingles."""
    import numpy as np

    minhash = _permutations(seed).copy()
    minhash.update_batch(values)
    least = minhash.hashvalues.astype(np.uint64).reshape(BANDS, BAND)
    mixed = np.arange(1, BANDS + 1, dtype=np.uint64)
    for place in range(BAND):
        mixed = (mixed ^ least[:, place]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def structure_hash(row: Dialogue) -> int:
    """The key of what a row keeps in every language, 0 if that is too little to tell."""
    made = _STRUCTURES.get(row.kind)
    return made(row.turns) if made else 0


def _math(turns: tuple[str, ...]) -> int:
    asked = [digits_of(turn) for turn in turns[::2]]
    worked = [digits_of(turn) for turn in turns[1::2]]
    numbers = [number for turn in (*asked, *worked) for number in turn]
    if len(numbers) < _LEAST_NUMBERS or len(set(numbers)) < _LEAST_DIFFERENT:
        return 0
    return stable_hash(repr(([sorted(turn) for turn in asked], worked)))


def _code(turns: tuple[str, ...]) -> int:
    marks = [shape(function) for function in functions(turns)]
    if marks:
        tells = sum(map(len, marks)) >= _LEAST_MARKS
        return stable_hash(repr(marks) + repr(_constants(turns))) if tells else 0
    blocks = [_COMMENT.sub("", block) for turn in turns[1::2] for block in _FENCE.findall(turn)]
    code = "\n".join("".join(block.split()) for block in blocks)
    return stable_hash(code) if len(code) >= _LEAST_CODE else 0


def _constants(turns: tuple[str, ...]) -> list[str]:
    """Numbers in the functions: the same shape with other numbers is another program."""
    return [
        repr(node.value)
        for function in functions(turns)
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    ]


_STRUCTURES: Final[dict[str, Callable[[tuple[str, ...]], int]]] = {"math": _math, "code": _code}
