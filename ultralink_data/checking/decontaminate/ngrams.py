"""Evidence by text: a run of words or characters that a row shares with a problem's question.

GPT-3 and lm-eval call a row contaminated by one shared run of 13 words. Here runs of `WORDS` words
(of `CHARACTERS` characters in scripts without spaces) are indexed, and as many must be shared as a
run of 13 words (of 20 characters) contains, so that a question edited in the middle is found too.
Runs that occur in several problems of a benchmark say nothing and are left out. A question too
short for this counts only if it is a user's whole turn.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from ultralink_data.checking.decontaminate.items import BenchmarkItem, Evidence
from ultralink_data.text.units import Units, ngrams, units

WORDS: Final = 8
CHARACTERS: Final = 12
NEEDED: Final = {WORDS: 6, CHARACTERS: 9}
"""Shared runs that make a hit: those of 13 words in a row, of 20 characters in a row."""
_MOST_POSTED: Final = 4
"""A run of more problems than this is a phrase."""
_SHORTEST: Final = 4
"""Fewer words than this (twice as many characters) may be anyone's: "Who are you?"."""

Gram = tuple[str, ...]


class TextIndex:
    """The questions of benchmarks by their runs; `find` looks a row's turns up in it."""

    def __init__(self, items: Iterable[tuple[int, BenchmarkItem]]) -> None:
        self._grams: dict[Gram, tuple[int, ...]] = {}
        self._texts: list[tuple[int, str, int]] = []  # problem, language, runs that tell
        self._whole: dict[Gram, list[tuple[int, str]]] = defaultdict(list)
        self._build(list(items))

    def _build(self, items: list[tuple[int, BenchmarkItem]]) -> None:
        posted: dict[Gram, list[int]] = defaultdict(list)
        for problem, item in items:
            found = units(item.question)
            sequence, n = _main(found)
            runs = set(ngrams(sequence, n))
            for run in runs:
                posted[run].append(len(self._texts))
            self._texts.append((problem, item.language, 0))
            if len(sequence) >= _SHORTEST * (2 if found.unspaced else 1):
                self._whole[tuple(sequence)].append((problem, item.language))
        for run, texts in posted.items():
            if len({self._texts[text][0] for text in texts}) <= 1 or len(texts) <= _MOST_POSTED:
                self._grams[run] = tuple(texts)
                for text in texts:
                    problem, language, count = self._texts[text]
                    self._texts[text] = (problem, language, count + 1)

    def find(self, turns: Sequence[str]) -> dict[int, Evidence]:
        """By problem the best evidence in the turns (user, assistant, user, ...)."""
        shared: dict[int, set[Gram]] = defaultdict(set)
        best: dict[int, Evidence] = {}
        for place, turn in enumerate(turns):
            found = units(turn)
            for sequence, n in ((found.words, WORDS), (found.characters, CHARACTERS)):
                for run in filter(self._grams.__contains__, ngrams(sequence, n)):
                    for text in self._grams[run]:
                        shared[text].add(run)
            if place % 2 == 0:
                self._find_whole(found, best)
        for text, runs in shared.items():
            problem, language, total = self._texts[text]
            n = len(next(iter(runs)))
            needed = min(NEEDED[n], total)
            strength = len(runs) / needed
            share = len(runs) / total
            unit = "words" if n == WORDS else "characters"
            detail = f"{len(runs)} of {total} runs of {n} {unit} ({share:.0%})"
            _keep(best, problem, min(strength, 1.0) if total > 1 else 0.5, language, detail)
        return best

    def _find_whole(self, found: Units, best: dict[int, Evidence]) -> None:
        sequence, _ = _main(found)
        for problem, language in self._whole.get(tuple(sequence), ()):
            _keep(best, problem, 1.0, language, "the whole question")


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
