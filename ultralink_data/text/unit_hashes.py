"""Runs of units as numbers, all runs of a text at once in numpy.

A unit is 64 bits of a cryptographic hash, a run a polynomial of its units in an odd number, modulo
2^64: runs of the same units are equal numbers on every machine, others as good as never (two of a
billion runs with probability 0.03).
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Hashes: TypeAlias = NDArray[np.uint64]

_FACTOR: Final = 0x9E3779B97F4A7C15
"""Odd: no factor of a run is lost."""
_BITS: Final = (1 << 64) - 1
_MOST_KNOWN: Final = 50_000
"""Units whose hashes are kept, about 10 MB: nearly all words of a text are among the last."""


class _UnitDigests(dict[str, bytes]):
    """The hash of each unit, made at its first use."""

    def __missing__(self, unit: str) -> bytes:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        encoded = unit.encode("utf-8", "surrogatepass")
        self[unit] = made = hashlib.blake2b(encoded, digest_size=8).digest()
        return made


@cache
def _known() -> _UnitDigests:
    return _UnitDigests()


def unit_hashes(units: Sequence[str]) -> "Hashes":
    """One number for each unit."""
    import numpy as np

    return np.frombuffer(b"".join(map(_known().__getitem__, units)), dtype="<u8")


def run_hashes(hashes: "Hashes", n: int) -> "Hashes":
    """One number for every run of `n` units, in order; none where there are fewer."""
    if n == 1 or len(hashes) < n:
        return hashes if n == 1 else hashes[:0]
    # A run of 8 is two of 4, these two of 2 each.
    half = n // 2
    part = run_hashes(hashes, half)
    runs = part[:-half] * _weight(half)
    runs += part[half:]
    if n % 2:
        runs = runs[:-1] * _weight(1)
        runs += hashes[n - 1 :]
    return runs


@cache
def _weight(places: int) -> "np.uint64":
    """What a unit weighs so many places before the last."""
    import numpy as np

    return np.uint64(pow(_FACTOR, places, _BITS + 1))
