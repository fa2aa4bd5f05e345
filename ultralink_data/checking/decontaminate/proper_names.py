"""Names of people and places in word problems: most translations leave Gretchen her name.

A name is a word that a benchmark's texts of one language always write with a capital. Other
languages of its script keep it unchanged, perhaps with an ending; in other scripts it is not found.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log2
from typing import Final

from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.text.units import normalise

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_MOST_BITS: Final = 6.0
"""A name is rarely as rare in the world as in 250 problems."""
_COUNTED: Final = 2
_LONGEST_ENDING: Final = 4
_ENDED: Final = 4
"""Letters of a name from which it may have an ending."""


class Names:
    """The names of each problem, in all scripts that it is written in, and how rare they are."""

    def __init__(self, items: Iterable[tuple[int, BenchmarkItem]]) -> None:
        capital: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        small: dict[str, set[str]] = defaultdict(set)
        problems = set()
        for problem, item in items:
            problems.add(problem)
            for word in _WORD.findall(item.question):
                if word[0].isupper():
                    capital[item.language][normalise(word)].add(problem)
                elif word[0].islower():
                    small[item.language].add(word)
        self._of: dict[int, set[str]] = defaultdict(set)
        self._having: dict[str, set[int]] = defaultdict(set)
        for language, words in capital.items():
            for word, having in words.items():
                if word not in small[language]:
                    self._having[word] |= having
                    for problem in having:
                        self._of[problem].add(word)
        self._total = len(problems) + 1

    def bits(self, problem: int, words: Collection[str]) -> tuple[float, list[str]]:
        """Bits of the names of a problem among the words of a row, and these names."""
        longer = defaultdict(list)
        for word in words:
            longer[word[:_ENDED]].append(word)
        found = [name for name in self._of.get(problem, ()) if _stands(name, words, longer)]
        found.sort(key=lambda name: (len(self._having[name]), name))
        found = found[:_COUNTED]
        bits = (log2(self._total / (len(self._having[name]) + 0.5)) for name in found)
        return sum(min(one, _MOST_BITS) for one in bits), found


def _stands(name: str, words: Collection[str], longer: Mapping[str, Sequence[str]]) -> bool:
    """Whether a name is among the words, unchanged or with an ending.

    `longer` has the words by their first letters, as many as a name with an ending has at least.
    """
    if name in words:
        return True
    most = len(name) + _LONGEST_ENDING
    alike = longer.get(name[:_ENDED], ()) if len(name) >= _ENDED else ()
    return any(word.startswith(name) and len(word) <= most for word in alike)
