"""How duplicates are found: a row reduced to a few hashes.

Shingles are runs of 3 words, and of 5 characters in scripts without spaces (see `text.units`).
MinHash keeps the smallest of their hashes under each of 120 permutations, and 20 bands of 6 of
these are kept as one number each: two rows that share a fraction j of their shingles agree in at
least one band with probability 1 - (1 - j^6)^20: 0.9 for j = 0.69, 0.998 for j = 0.8. The
permutations and the smallest hashes are datasketch's, to the bit. They are found here: its own loop
takes every hash through a call of Python (3 times the time for a row), and it imports scipy.

Across languages no text is shared. A key of structure is: equal numbers in question and worked
answer, in their order (math); equal functions but for names (code). It finds parallel texts that
keep their digits and programs; text in words alone has no such key.
"""

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from ultralink_data.checking.decontaminate.code_shape import shape
from ultralink_data.checking.decontaminate.number_words import digits_of
from ultralink_data.checking.decontaminate.python_code import functions, nodes
from ultralink_data.checking.program_text import program_hash
from ultralink_data.checking.row_units import row_units
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.unit_hashes import run_hashes
from ultralink_data.text.units import stable_hash

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    from ultralink_data.text.unit_hashes import Hashes

    Shingles: TypeAlias = NDArray[np.uint32]

BANDS: Final = 20
BAND: Final = 6
SHINGLE_WORDS: Final = 3
SHINGLE_CHARACTERS: Final = 5
_MIX: Final = 0x9E3779B97F4A7C15
"""An odd number, whose powers weigh the hashes of a band: other hashes, another sum modulo 2^64."""
_AT_ONCE: Final = 1024
"""Shingles that are permuted together: their hashes fit into half a megabyte."""
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
    bands: "Hashes"
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
    text = "\x1e".join(" ".join(turn.split()) for turn in row_units(tuple(turns)).normal)
    return stable_hash(f"{text}\x1e{program}" if program else text)


def shingles(turns: Iterable[str]) -> "Shingles":
    """Hashes of the row's shingles, 32 bits each; one that occurs twice may stand twice."""
    import numpy as np

    found = row_units(tuple(turns))
    words = _shingled(found.words, SHINGLE_WORDS)
    if not len(found.characters):
        return words
    return np.concatenate((words, _shingled(found.shingled, SHINGLE_CHARACTERS)))


def _shingled(hashes: "Hashes", n: int) -> "Shingles":
    import numpy as np

    runs = run_hashes(hashes, min(n, len(hashes) or n))
    return (runs >> np.uint64(32)).astype(np.uint32)


def shingle_set(turns: Iterable[str]) -> "Shingles":
    """The row's shingles in ascending order, each once."""
    import numpy as np

    return np.unique(shingles(turns))


def jaccard(one: "Shingles", other: "Shingles") -> float:
    """The share of the shingles of two rows that both have (Jaccard); of two sets in order."""
    import numpy as np

    both = np.sort(np.concatenate((one, other)))
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared) if shared else 0.0


@cache
def _permutations(seed: int) -> tuple["Shingles", "Shingles"]:
    """The factors, all odd, and the summands of the permutations, one column each.

    Drawn as datasketch does; numpy keeps the numbers of this generator as they are.
    """
    import numpy as np

    draw = np.random.RandomState(seed)
    shape = BANDS * BAND, 1
    factors = draw.randint(0, 1 << 31, shape, np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, draw.randint(0, 1 << 32, shape, np.uint32)


def smallest(values: "Shingles", seed: int) -> "Shingles":
    """The smallest hash under each permutation, as datasketch's scheme `affine32` has them."""
    import numpy as np

    if not len(values):
        return np.full(BANDS * BAND, 0xFFFFFFFF, np.uint32)
    mixed = values ^ (values >> np.uint32(16))
    for factor, shift in ((0x85EBCA6B, 13), (0xC2B2AE35, 16)):
        mixed *= np.uint32(factor)
        mixed ^= mixed >> np.uint32(shift)
    factors, summands = _permutations(seed)
    least = np.full(BANDS * BAND, 0xFFFFFFFF, np.uint32)
    for start in range(0, len(values), _AT_ONCE):
        permuted = mixed[start : start + _AT_ONCE] * factors
        permuted += summands
        np.minimum(least, permuted.min(axis=1), out=least)
    return least


def band_hashes(values: "Shingles", seed: int) -> "Hashes":
    """One number a band, of the MinHash of a row's shingles."""
    import numpy as np

    bands: Hashes = smallest(values, seed).astype(np.uint64).reshape(BANDS, BAND) @ _weights()
    return bands


@cache
def _weights() -> "Hashes":
    import numpy as np

    return np.array([pow(_MIX, place, 1 << 64) for place in range(1, BAND + 1)], np.uint64)


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
        for node in nodes(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    ]


_STRUCTURES: Final[dict[str, Callable[[tuple[str, ...]], int]]] = {"math": _math, "code": _code}
