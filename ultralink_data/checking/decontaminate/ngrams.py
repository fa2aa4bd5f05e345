"""Evidence by text: a run of words or characters that a row shares with a problem's question.

GPT-3 and lm-eval call a row contaminated by one shared run of 13 words. Here runs of `WORDS` words
(of `CHARACTERS` characters in scripts without spaces) are indexed, and as many must be shared as a
run of 13 words (of 20 characters) contains, so that a question edited in the middle is found too.
Runs that occur in several problems of a benchmark say nothing and are left out. A question too
short for this counts only if it is a user's whole turn.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from ultralink_data.checking.decontaminate.items import BenchmarkItem, Evidence
from ultralink_data.checking.row_units import row_units
from ultralink_data.text.unit_hashes import run_hashes, unit_hashes
from ultralink_data.text.units import Units, units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ultralink_data.text.unit_hashes import Hashes

WORDS: Final = 8
CHARACTERS: Final = 12
NEEDED: Final = {WORDS: 6, CHARACTERS: 9}
"""Shared runs that make a hit: those of 13 words in a row, of 20 characters in a row."""
_MOST_POSTED: Final = 4
"""A run of more problems than this is a phrase."""
_SHORTEST: Final = 4
"""Fewer words than this (twice as many characters) may be anyone's: "Who are you?"."""

_SLOTS: Final = 20
"""Bits of a run's hash that are looked up before the hash itself: one megabyte, which stays in the
processor's cache, says no to most runs."""


class TextIndex:
    """The questions of benchmarks by their runs; `find` looks a row's turns up in it."""

    def __init__(self, items: Iterable[tuple[int, BenchmarkItem]]) -> None:
        self._runs: dict[int, tuple[int, ...]] = {}
        self._texts: list[tuple[int, str, int]] = []  # problem, language, runs that tell
        self._units: list[int] = []  # of a text's runs: WORDS or CHARACTERS
        self._whole: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        self._build(list(items))
        self._longest = max(map(len, self._whole), default=0)
        self._taken = self._slots()

    def _build(self, items: list[tuple[int, BenchmarkItem]]) -> None:
        posted: dict[int, list[int]] = defaultdict(list)
        for problem, item in items:
            found = units(item.question)
            sequence, n = _main(found)
            for run in set(run_hashes(unit_hashes(sequence), n).tolist()):
                posted[run].append(len(self._texts))
            self._texts.append((problem, item.language, 0))
            self._units.append(n)
            if len(sequence) >= _SHORTEST * (2 if found.unspaced else 1):
                self._whole[tuple(sequence)].append((problem, item.language))
        for run, texts in posted.items():
            if len({self._texts[text][0] for text in texts}) <= 1 or len(texts) <= _MOST_POSTED:
                self._runs[run] = tuple(texts)
                for text in texts:
                    problem, language, count = self._texts[text]
                    self._texts[text] = (problem, language, count + 1)

    def _slots(self) -> "NDArray[np.bool_]":
        import numpy as np

        taken = np.zeros(1 << _SLOTS, bool)
        taken[_slot(np.fromiter(self._runs, np.uint64, len(self._runs)))] = True
        return taken

    def find(self, turns: tuple[str, ...]) -> dict[int, Evidence]:
        """By problem the best evidence in the turns (user, assistant, user, ...)."""
        shared: dict[int, set[int]] = defaultdict(set)
        best: dict[int, Evidence] = {}
        row = row_units(turns)
        words = [len(turn.words) for turn in row.turns]
        characters = [len(turn.characters) for turn in row.turns]
        for hashes, n, sizes in (
            (row.words, WORDS, words),
            (row.characters, CHARACTERS, characters),
        ):
            for run in self._known(hashes, n, sizes):
                for text in self._runs[run]:
                    shared[text].add(run)
        for found in row.turns[::2]:
            self._find_whole(found, best)
        for text, runs in shared.items():
            problem, language, total = self._texts[text]
            n = self._units[text]
            needed = min(NEEDED[n], total)
            strength = len(runs) / needed
            share = len(runs) / total
            unit = "words" if n == WORDS else "characters"
            detail = f"{len(runs)} of {total} runs of {n} {unit} ({share:.0%})"
            _keep(best, problem, min(strength, 1.0) if total > 1 else 0.5, language, detail)
        return best

    def _known(self, hashes: "Hashes", n: int, sizes: Sequence[int]) -> Iterator[int]:
        """The runs of benchmarks among those of a row that do not cross from turn to turn."""
        if len(hashes) < n:
            return
        runs = run_hashes(hashes, n)
        ends = list(accumulate(sizes))
        for place in self._taken.take(_slot(runs)).nonzero()[0].tolist():
            run = int(runs[place])
            if run in self._runs and place + n <= ends[bisect_right(ends, place)]:
                yield run

    def _find_whole(self, found: Units, best: dict[int, Evidence]) -> None:
        sequence, _ = _main(found)
        if len(sequence) > self._longest:
            return
        for problem, language in self._whole.get(tuple(sequence), ()):
            _keep(best, problem, 1.0, language, "the whole question")


def _slot(runs: "Hashes") -> "NDArray[np.int64]":
    """The first bits of each hash, as a place in a table."""
    import numpy as np

    return (runs >> np.uint64(64 - _SLOTS)).view(np.int64)  # as a place is wanted: no copy


def _keep(
    best: dict[int, Evidence], problem: int, strength: float, language: str, detail: str
) -> None:
    old = best.get(problem)
    if old is None or strength > old.strength:
        best[problem] = Evidence(
            kind="ngrams", strength=round(strength, 3), language=language, detail=detail
        )


def _main(found: Units) -> tuple[list[str], int]:
    """The sequence that the text is mostly in, and the length of its runs."""
    return (found.characters, CHARACTERS) if found.unspaced else (found.words, WORDS)
