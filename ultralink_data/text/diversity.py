"""How varied texts are: distinct n-grams, MTLD, openings of questions.

The share of distinct n-grams falls with the size of a sample and its entropy rises, so both are
taken at a size that the caller chooses: what a random sample of so many items has on average
(rarefaction, Hurlbert 1971), computed and not drawn. MTLD does not depend on the size.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FACTOR_SIZE = 0.72
"""The type-token ratio at which a factor ends (McCarthy and Jarvis 2010, page 385)."""

_MIX = 0x9E3779B97F4A7C15
"""An odd multiplier with well-spread bits: n-grams are numbered by a hash of 64 bits."""


class Factors(NamedTuple):
    """What MTLD counts in a text: its words, and its factors in either direction."""

    words: int
    forward: float
    backward: float


def factors(words: Sequence[str]) -> Factors:
    """The factors of a text: stretches over which the type-token ratio falls to 0.72.

    The rest counts as the part of a factor that it has gone: (1 - ratio) / (1 - 0.72).
    """
    return Factors(len(words), _factors(words), _factors(reversed(words)))


def _factors(words: Iterable[str]) -> float:
    count = 0
    types: set[str] = set()
    length = 0
    for word in words:
        length += 1
        types.add(word)
        if len(types) / length <= FACTOR_SIZE:
            count += 1
            types, length = set(), 0
    rest = (1 - len(types) / length) / (1 - FACTOR_SIZE) if length else 0.0
    return count + rest


def mtld(texts: Iterable[Factors]) -> float:
    """MTLD of texts that are measured each by itself: words a factor, mean of both directions.

    Of one text it is the measure as published (McCarthy and Jarvis 2010); of many, words and
    factors are added up first. Without a repeated word, no factor ends and the number of words is
    returned, a lower bound; 0.0 without a word.
    """
    total, forward, backward = 0, 0.0, 0.0
    for text in texts:
        total += text.words
        forward += text.forward
        backward += text.backward
    return mtld_of_sums(total, forward, backward)


def mtld_of_sums(words: float, forward: float, backward: float) -> float:
    """MTLD of words and factors that are added up already; see `mtld`."""
    either = (words / count if count else float(words) for count in (forward, backward))
    return sum(either) / 2


class Numbering:
    """Words as numbers, the same in all texts that one numbering has read."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def ids(self, words: Sequence[str]) -> "NDArray[np.uint64]":
        """The numbers of the words."""
        import numpy as np

        known = self._numbers
        return np.fromiter(
            (known.setdefault(word, len(known)) for word in words), np.uint64, len(words)
        )


def ngrams(ids: "NDArray[np.uint64]", n: int) -> "NDArray[np.uint64]":
    """A number for each run of `n` words, equal for equal runs (but for a hash's collisions)."""
    import numpy as np

    if len(ids) < n:
        return np.empty(0, np.uint64)
    mixed = np.zeros(len(ids) - n + 1, np.uint64)
    for place in range(n):
        mixed = (mixed + ids[place : len(ids) - n + 1 + place] + np.uint64(1)) * np.uint64(_MIX)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def expected_distinct(counts: "NDArray[np.integer]", size: int) -> float:
    """Distinct items / items, in a random sample of `size` of the items; 0.0 where it is empty.

    `counts` says how often each item occurs.

    Raises:
        ValueError: there are fewer items than `size`.
    """
    import numpy as np

    total = _checked(counts, size)
    if not size:
        return 0.0
    values, times = np.unique(counts[counts > 0], return_counts=True)
    seen = 1.0 - np.exp(_log_share(total, values, size, np.zeros_like(values)))
    return float((times * seen).sum()) / size


def expected_entropy(counts: "NDArray[np.integer]", size: int) -> float:
    """Entropy in bits of a random sample of `size` of the items, on average.

    Raises:
        ValueError: there are fewer items than `size`.
    """
    import numpy as np

    total = _checked(counts, size)
    bits = 0.0
    for value, times in zip(*np.unique(counts[counts > 0], return_counts=True), strict=True):
        drawn = np.arange(1, min(value, size) + 1)
        chance = np.exp(_log_share(total, np.full_like(drawn, value), size, drawn))
        shares = drawn / size
        bits -= float(times * (chance * shares * np.log2(shares)).sum())
    return max(0.0, bits)


def _checked(counts: "NDArray[np.integer]", size: int) -> int:
    total = int(counts.sum())
    if not 0 <= size <= total:
        raise ValueError(f"a sample of {size} of {total} items")
    return total


def _log_share(
    total: int, marked: "NDArray[np.integer]", size: int, drawn: "NDArray[np.integer]"
) -> "NDArray[np.float64]":
    """Logarithm of the chance that `drawn` of `marked` of `total` items are in a sample of `size`.

    Hypergeometric; minus infinity where it cannot be.
    """
    import numpy as np
    from scipy.special import gammaln

    def log_choose(n: "NDArray[np.integer]", k: "NDArray[np.integer]") -> "NDArray[np.float64]":
        return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))

    others, rest = total - marked, size - drawn
    possible = rest <= others
    rest = np.where(possible, rest, 0)
    ways = log_choose(marked, drawn) + log_choose(others, rest)
    return np.where(possible, ways - log_choose(np.array(total), np.array(size)), -np.inf)


def opening(words: Sequence[str], length: int = 2) -> str:
    """How a question begins: its first words."""
    return " ".join(words[:length])
