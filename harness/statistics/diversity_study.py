"""Diversity of dialogues with intervals: of one set, or of two sets paired by passage.

Intervals come from a delete-group jackknife over articles: twenty groups, t with 19 degrees of
freedom. A bootstrap draws some dialogues twice, so every replicate has fewer distinct words and
lies below the value it estimates (docs/decisions/013).
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harness.statistics.diversity_config import DiversityConfig, Part
from harness.statistics.estimators import t_quantile
from leaderboard.diversity_results import FEW, GROUPS, DiversityMeasure, Openings, Study
from leaderboard.estimate import Estimate
from ultralink_data.dialogue import Dialogue
from ultralink_data.text.diversity import (
    Factors,
    Numbering,
    expected_distinct,
    expected_entropy,
    factors,
    mtld_of_sums,
    ngrams,
    opening,
)
from ultralink_data.text.words import words

_CONFIG = DiversityConfig()

Expected: TypeAlias = Callable[[NDArray[np.int64], int], float]
Value: TypeAlias = Callable[[int | None], float]
"""A measure of a set of dialogues: of all of them (None), or without one group."""


def study(
    first: Iterable[Dialogue],
    against: Iterable[Dialogue] | None = None,
    config: DiversityConfig = _CONFIG,
) -> Study:
    """Measure one set, or compare two: dialogues with the same id are a pair, others are left out.

    Both sides of a language are measured on the same number of words, n-grams and questions.
    """
    one = _by_language(first)
    other = _by_language(against) if against is not None else None
    measures: list[DiversityMeasure] = []
    openings: list[Openings] = []
    unpaired: dict[str, int] = {}
    for language in sorted(one):
        sides = {"first": one[language]}
        if other is not None:
            sides = _paired(one[language], other.get(language, {}))
            lost = len(one[language]) + len(other.get(language, {})) - 2 * len(sides["first"])
            unpaired |= {language: lost} if lost else {}
        if not sides["first"]:
            continue
        read = _Language(language, sides, config.part, config.seed)
        measures += read.measures()
        openings += read.openings()
    for language in sorted(set(other or ()) - set(one)):
        unpaired[language] = len((other or {})[language])
    return Study(measures=tuple(measures), openings=tuple(openings), unpaired=unpaired)


def _by_language(dialogues: Iterable[Dialogue]) -> dict[str, dict[str, Dialogue]]:
    found: dict[str, dict[str, Dialogue]] = defaultdict(dict)
    for dialogue in dialogues:
        found[dialogue.language][dialogue.id] = dialogue
    return found


def _paired(one: dict[str, Dialogue], other: dict[str, Dialogue]) -> dict[str, dict[str, Dialogue]]:
    shared = one.keys() & other.keys()
    return {
        "first": {name: one[name] for name in one if name in shared},
        "against": {name: other[name] for name in one if name in shared},
    }


class _ReadDialogues(NamedTuple):
    """One side as numbers: each dialogue's items, and the terms of its ratios."""

    texts: list[list[NDArray[np.uint64]]]
    openings: list[list[str]]
    factors: list[Factors]
    turns: NDArray[np.int64]


class _Language:
    """The sides of one language, with dialogues in the same order."""

    def __init__(
        self, language: str, sides: dict[str, dict[str, Dialogue]], part: Part, seed: int
    ) -> None:
        self._language = language
        names = sorted(sides["first"])
        sources = [sides["first"][name].provenance.source_id for name in names]
        self._groups = group_of(sources, seed)
        self._count = len(set(self._groups.tolist()))
        numbering = Numbering()
        self._sides = {
            side: _read([rows[name] for name in names], language, part, numbering)
            for side, rows in sides.items()
        }

    def measures(self) -> Iterable[DiversityMeasure]:
        """All measures of the language."""
        for n in range(1, 5):
            items = {
                side: [_joined(ngrams(turn, n) for turn in texts) for texts in read.texts]
                for side, read in self._sides.items()
            }
            yield self._sampled(f"distinct-{n}", items, expected_distinct)
        yield self._ratio("MTLD", _mtld)
        yield self._ratio("turns/dialogue", lambda read, keep: float(read.turns[keep].mean()))
        numbers = Numbering()
        questions = {
            side: [numbers.ids(texts) for texts in read.openings]
            for side, read in self._sides.items()
        }
        yield self._sampled("opening entropy", questions, expected_entropy)

    def openings(self) -> Iterable[Openings]:
        """The most frequent question openings of each side."""
        for side, read in self._sides.items():
            counts = Counter(text for texts in read.openings for text in texts)
            total = counts.total()
            most = tuple((text, count / total) for text, count in counts.most_common(5))
            yield Openings(language=self._language, side=side, questions=total, most=most)

    def _sampled(
        self, name: str, sides: dict[str, list[NDArray[np.uint64]]], of: Expected
    ) -> DiversityMeasure:
        lengths = {side: np.array([len(x) for x in items]) for side, items in sides.items()}
        left = [
            int(length.sum() - length[self._groups == group].sum())
            for length in lengths.values()
            for group in range(self._count)
        ]
        size = min(left) if self._count > 1 else min(int(x.sum()) for x in lengths.values())
        values = {
            side: _sample(items, self._groups, self._count, size, of)
            for side, items in sides.items()
        }
        return self._measured(name, size, values)

    def _ratio(
        self, name: str, measure: Callable[[_ReadDialogues, NDArray[np.bool_]], float]
    ) -> DiversityMeasure:
        def value_of(read: _ReadDialogues) -> Value:
            return lambda group: measure(read, self._groups != (-1 if group is None else group))

        values = {side: value_of(read) for side, read in self._sides.items()}
        return self._measured(name, len(self._groups), values)

    def _measured(self, name: str, size: int, values: dict[str, Value]) -> DiversityMeasure:
        first, against = values["first"], values.get("against")
        estimates = [
            None if value is None else jackknife(value, self._count, len(self._groups))
            for value in (against, _difference(first, against))
        ]
        return DiversityMeasure(
            language=self._language,
            measure=name,
            size=size,
            first=jackknife(first, self._count, len(self._groups)),
            against=estimates[0],
            difference=estimates[1],
        )


def _difference(first: Value, against: Value | None) -> Value | None:
    return None if against is None else lambda group: first(group) - against(group)


def _read(
    dialogues: Sequence[Dialogue], language: str, part: Part, numbering: Numbering
) -> _ReadDialogues:
    texts, openings, found = [], [], []
    for dialogue in dialogues:
        turns = [words(turn, language) for turn in dialogue.turns]
        openings.append([opening(turn) for turn in turns[::2] if turn])
        start, step = {"all": (0, 1), "questions": (0, 2), "answers": (1, 2)}[part]
        chosen = turns[start::step]
        texts.append([numbering.ids(turn) for turn in chosen])
        found.append(factors([word for turn in chosen for word in turn]))
    rounds = np.array([len(dialogue.turns) // 2 for dialogue in dialogues])
    return _ReadDialogues(texts, openings, found, rounds)


def _mtld(read: _ReadDialogues, keep: NDArray[np.bool_]) -> float:
    words_, forward, backward = np.array(read.factors)[keep].sum(axis=0)
    return mtld_of_sums(float(words_), float(forward), float(backward))


def _joined(parts: Iterable[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    return np.concatenate([np.empty(0, np.uint64), *parts])


def _sample(
    items: list[NDArray[np.uint64]], groups: NDArray[np.int64], count: int, size: int, of: Expected
) -> Value:
    """The expected value of the measure in a random sample of `size` items."""
    kinds, numbers = np.unique(_joined(items), return_inverse=True)
    owner = np.repeat(groups, [len(x) for x in items])
    counts = np.stack(
        [np.bincount(numbers[owner == group], minlength=len(kinds)) for group in range(count)]
    )
    whole = counts.sum(axis=0)
    return lambda group: of(whole if group is None else whole - counts[group], size)


def jackknife(value: Value, groups: int, dialogues: int) -> Estimate:
    """A measure with its 95 % jackknife interval, from its values without each group in turn.

    Standard error and bounds are NaN with fewer than `FEW` groups.
    """
    whole = value(None)
    error = float("nan")
    if groups >= FEW:
        without = np.array([value(group) for group in range(groups)])
        spread = ((without - without.mean()) ** 2).sum()
        error = float(np.sqrt((groups - 1) / groups * spread))
    half = t_quantile(groups - 1) * error if groups >= FEW else float("nan")
    return Estimate(
        value=whole,
        standard_error=error,
        df=groups - 1,
        low=whole - half,
        high=whole + half,
        n_problems=dialogues,
        n_clusters=groups,
        n_seeds=1,
    )


def group_of(sources: Sequence[str], seed: int) -> NDArray[np.int64]:
    """The group of each dialogue: whole articles are dealt out in seeded order."""
    order = sorted(set(sources), key=lambda source: _rank(f"{seed}/{source}"))
    number = {source: place % GROUPS for place, source in enumerate(order)}
    return np.array([number[source] for source in sources])


def _rank(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
