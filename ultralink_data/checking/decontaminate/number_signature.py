"""Evidence by numbers: a word problem keeps its numbers in every language.

Each number of a problem is weighted by its rarity in bits: 2 and 3 say little, 68 a lot. A row's
question is compared with a problem's by the numbers that both have, in order if that gives more,
and the row's final answer with the problem's. From the shared bits we subtract what chance
explains: the number of ways to pick the shared numbers out of the row's, and out of the problem's.
What is left is roughly minus the logarithm of the odds that an unrelated row shares as much. {2, 3}
-> 6 never reaches the threshold, a rare signature does.

A name that both have (see `proper_names`) adds its own bits.

The backward form of MetaMath ("If we know the answer is 18, what is the value of x?") has the
answer among the numbers of the question, and the number that is asked for as its answer.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from math import comb, log2
from typing import TYPE_CHECKING, Final, NamedTuple

from ultralink_data import languages
from ultralink_data.checking.decontaminate.items import BenchmarkItem, Evidence
from ultralink_data.checking.decontaminate.number_words import (
    NumbersOf,
    digits_of,
    known_languages,
    last_digits_of,
)
from ultralink_data.checking.decontaminate.proper_names import Names
from ultralink_data.text.units import units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEEDED_BITS: Final = 18.0
"""Left after what chance could choose from; fixed on planted leaks (docs/data_check.md)."""
WORTH_BITS: Final = 8.0
"""Of the numbers, below which names are not looked at."""
LEAST_COVERED: Final = 0.6
"""Share of a problem's bits that a row must have."""
_MOST_BITS: Final = 9.0
_MOST_NUMBERS: Final = 60
"""A turn with more numbers is a table, in which everything can be found."""
_NOTHING_ELSE_BITS: Final = 2.0
"""Of a question with exactly the numbers of a problem: one in four has as many."""
_FINAL: Final = 2
"""Numbers at the end of an answer among which the final one is looked for."""
_IGNORED: Final = frozenset(("0", "1"))
_ROUNDED: Final = 1e-6
"""Bits that the order of a sum may change."""


_Form = tuple[float, float, list[str]]
"""Bits that are no chance, bits of all that is shared, and what that is in words."""


class _Signature(NamedTuple):
    problem: int
    language: str
    numbers: tuple[str, ...]
    answer: str
    answer_bits: float
    bits: float
    weighed: tuple[tuple[str, int, float], ...]
    """Each different number, how often it occurs, and its bits."""


class _Posted(NamedTuple):
    """The signatures that have a number: how often it is one of theirs, whose answer it is."""

    places: "NDArray[np.int64]"
    times: "NDArray[np.int64]"
    answers: "NDArray[np.int64]"
    bits: float


class NumberIndex:
    """Word problems by their numbers; `find` looks a row's turns up in it."""

    def __init__(
        self,
        items: Iterable[tuple[int, BenchmarkItem]],
        numbers_of: NumbersOf,
        common: Mapping[str, float],
    ) -> None:
        self._common = common
        self._numbers_of = numbers_of
        items = list(items)
        self._names = Names(items)
        read = {
            (problem, tuple(number for number in found if number not in _IGNORED), answer): item
            for problem, item in items
            if item.answer
            for answer in (digits_of(item.answer) or [item.answer])[:1]
            # "two dozen" may be digits in another language, or words that are not known there.
            for found in (numbers_of(item.question, item.language), digits_of(item.question))
        }
        self._bits = _weights(read)
        self._signatures: list[_Signature] = []
        for (problem, numbers, answer), item in read.items():
            if len(numbers) < 2:
                continue
            bits = sum(map(self._weigh, numbers))
            weighed = tuple((n, times, self._weigh(n)) for n, times in Counter(numbers).items())
            self._signatures.append(
                _Signature(
                    problem, item.language, numbers, answer, self._weigh(answer), bits, weighed
                )
            )
        self._posted = self._post()
        self._covered = self._least_covered()

    def _least_covered(self) -> "NDArray[np.float64]":
        """The bits of each signature that a row must have."""
        import numpy as np

        return LEAST_COVERED * np.array([signature.bits for signature in self._signatures])

    def _post(self) -> dict[str, _Posted]:
        """Where each number occurs, as one of a problem's or as its answer."""
        import numpy as np

        places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, signature in enumerate(self._signatures):
            times = {number: often for number, often, _ in signature.weighed}
            for number in {**times, signature.answer: 0}:
                places[number].append((place, times.get(number, 0)))
        return {
            number: _Posted(
                places=np.array([at for at, _ in found]),
                times=np.array([often for _, often in found]),
                answers=np.array(
                    [at for at, _ in found if self._signatures[at].answer == number], np.int64
                ),
                bits=self._weigh(number),
            )
            for number, found in places.items()
        }

    def _numbers(self, text: str, language: str) -> list[str]:
        return [number for number in self._numbers_of(text, language) if number not in _IGNORED]

    def _weigh(self, number: str) -> float:
        bits = self._bits.get(number, _MOST_BITS)
        return min(bits, self._common.get(number, bits))

    def find(self, turns: Sequence[str], language: str) -> dict[int, Evidence]:
        """By problem the best evidence in one question and its answer."""
        best: dict[int, Evidence] = {}
        for question, reply in zip(turns[::2], turns[1::2], strict=True):
            asked = self._numbers(question, language)
            if not 2 <= len(asked) <= _MOST_NUMBERS:
                continue
            final = last_digits_of(reply, _FINAL)
            words: set[str] = set()
            unknown = _unknown(language).search(question) is not None
            for signature in self._candidates(asked, final, unknown=unknown):
                old = best.get(signature.problem)
                if old is not None and old.strength >= 1:
                    continue
                bits, shared = self._compare(signature, asked, final, unknown=unknown)
                if bits < WORTH_BITS:
                    continue
                words = words or set(units(question).words)
                by_name, names = self._names.bits(signature.problem, words)
                bits += by_name
                detail = f"{', '.join([*shared, *names])}: {bits:.0f} bits"
                strength = min(bits / NEEDED_BITS, 1.0)
                if old is None or strength > old.strength:
                    best[signature.problem] = Evidence(
                        kind="numbers",
                        strength=round(strength, 3),
                        language=signature.language,
                        detail=detail,
                    )
        return best

    def _candidates(
        self, asked: Sequence[str], final: Sequence[str], *, unknown: bool
    ) -> list[_Signature]:
        """Signatures that share enough bits to be worth a comparison."""
        import numpy as np

        times = Counter(asked)
        order = {number: at for at, number in enumerate(dict.fromkeys((*asked, *final)))}
        known = [(number, self._posted[number]) for number in order if number in self._posted]
        if sum(posted.bits for _, posted in known) < NEEDED_BITS / 2 - _ROUNDED:
            return []
        shared, covered = np.zeros((2, len(self._signatures)))
        for number, posted in known:
            shared[posted.places] += posted.bits
            if number in times:
                both = np.minimum(posted.times, times[number])
                covered[posted.places] += both * posted.bits
                if unknown:
                    # In the backward form one of the problem's numbers is given, not asked.
                    covered[posted.answers] += _MOST_BITS
        enough = (shared >= NEEDED_BITS / 2) & (covered >= self._covered - _ROUNDED)
        found = [
            signature
            for place in enough.nonzero()[0].tolist()
            if self._may_tell(
                signature := self._signatures[place], times, asked, final, unknown=unknown
            )
        ]
        # Of equally strong ones the first is named: by the first of the row's numbers.
        last = len(order)
        return sorted(
            found, key=lambda one: min(order.get(n, last) for n in (*one.numbers, one.answer))
        )

    def _may_tell(
        self,
        signature: _Signature,
        times: Mapping[str, int],
        asked: Sequence[str],
        final: Sequence[str],
        *,
        unknown: bool,
    ) -> bool:
        """Whether `_compare` can find enough: nearly all candidates fail here, cheaply."""
        most, size = len(asked), len(signature.numbers)
        shared = [
            bits
            for number, often, bits in signature.weighed
            if number in times
            for _ in range(min(often, times[number]))
        ]
        whole = len(shared) < size or _in_one_piece(signature.numbers, asked)
        covered = LEAST_COVERED * signature.bits
        answer = signature.answer_bits
        more = answer if signature.answer in final else 0.0
        needed = WORTH_BITS - more
        if _may_add_up(shared, size, most, covered=covered, needed=needed, whole=whole):
            return True
        if not unknown or signature.answer not in times:
            return False
        turned = next((number for number in final if number in signature.numbers), None)
        more = self._weigh(turned) if turned is not None else 0.0
        shared.append(answer)
        return _may_add_up(
            shared,
            size + (turned is None),
            most,
            covered=covered + answer - more,
            needed=WORTH_BITS - max(more - log2(size), 0.0),
            whole=True,
        )

    def _compare(
        self, signature: _Signature, asked: Sequence[str], final: Sequence[str], *, unknown: bool
    ) -> tuple[float, list[str]]:
        """Bits beyond chance, and what is shared, in words; of the form that gives more."""
        forms = [self._forward(signature, asked, final)]
        if unknown and signature.answer in asked:
            forms.append(self._backward(signature, asked, final))
        bits, covered, words = max(forms, key=lambda form: form[0])
        return (bits, words) if covered >= LEAST_COVERED * signature.bits else (0.0, [])

    def _forward(self, signature: _Signature, asked: Sequence[str], final: Sequence[str]) -> _Form:
        """The problem as it is: its numbers are asked, its answer is given."""
        bits, covered, words = self._shared(signature.numbers, asked)
        if signature.answer in final:
            bits += self._weigh(signature.answer) - 0.5
            words.append(f"the answer {signature.answer}")
        return bits, covered, words

    def _backward(self, signature: _Signature, asked: Sequence[str], final: Sequence[str]) -> _Form:
        """The answer is asked, and one of the problem's numbers is given."""
        turned = next((number for number in final if number in signature.numbers), None)
        rest = [*signature.numbers]
        if turned is not None:
            rest.remove(turned)
        bits, covered, words = self._shared((*rest, signature.answer), asked)
        covered -= self._weigh(signature.answer)
        words.append(f"the answer {signature.answer} in the question")
        if turned is not None:
            bits += max(self._weigh(turned) - log2(len(signature.numbers)), 0.0)
            covered += self._weigh(turned)
            words.append(f"its number {turned} as the answer")
        return bits, covered, words

    def _shared(self, wanted: Sequence[str], asked: Sequence[str]) -> _Form:
        """Bits of the shared numbers, without and with the part due to chance."""
        bits, count = _ordered(wanted, asked, self._weigh)
        size, most = len(wanted), len(asked)
        if count == size and _in_one_piece(wanted, asked):
            chance = log2(most - size + 1) - (_NOTHING_ELSE_BITS if size == most else 0.0)
            return bits - chance, bits, [f"{size} of {size} numbers in their order"]
        chance = _choices(most, count) + _choices(size, count)
        common = Counter(wanted) & Counter(asked)
        total = sum(self._weigh(number) * times for number, times in common.items())
        loose = common.total()
        loose_chance = _choices(most, loose) + _choices(size, loose) + _orders(loose)
        if total - loose_chance > bits - chance:
            bits, count, chance = total, loose, loose_chance
        return bits - chance, bits, [f"{count} of {size} numbers"]


def _may_add_up(
    shared: list[float], size: int, most: int, *, covered: float, needed: float, whole: bool
) -> bool:
    """Whether any choice of the shared numbers covers enough bits, and enough beyond chance.

    No order shares more bits than the heaviest numbers of its length, and its length says what
    chance is taken off. The problem has `size` numbers, `most` are asked; `whole` says that all of
    the problem's may stand among them in one piece.
    """
    if sum(shared) < covered - _ROUNDED:
        return False
    piece = log2(max(most - size + 1, 1)) - (_NOTHING_ELSE_BITS if size == most else 0.0)
    for count, bits in enumerate(accumulate(sorted(shared, reverse=True)[:size]), 1):
        chance = (
            _choices(most, count) + _choices(size, count) if count < size or not whole else piece
        )
        if bits >= covered - _ROUNDED and bits - chance >= needed - _ROUNDED:
            return True
    return False


def _in_one_piece(wanted: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether the numbers are adjacent, with no other between them."""
    size = len(wanted)
    return any(
        tuple(asked[start : start + size]) == tuple(wanted)
        for start in range(len(asked) - size + 1)
    )


def _weights(read: Iterable[tuple[int, tuple[str, ...], str]]) -> dict[str, float]:
    """Bits of each number by the share of all numbers that it is, languages of a problem as one."""
    counts: dict[str, float] = defaultdict(float)
    by_problem: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    for problem, numbers, _ in read:
        by_problem[problem].append(numbers)
    for variants in by_problem.values():
        for numbers in variants:
            for number in numbers:
                counts[number] += 1 / len(variants)
    total = sum(counts.values()) + 1
    return {n: min(log2(total / (count + 0.5)), _MOST_BITS) for n, count in counts.items()}


def _ordered(
    wanted: Sequence[str], asked: Sequence[str], weigh: Callable[[str], float]
) -> tuple[float, int]:
    """The heaviest common subsequence: its bits and length."""
    both = set(wanted).intersection(asked)
    wanted = [number for number in wanted if number in both]
    asked = [number for number in asked if number in both]
    above: list[tuple[float, int]] = [(0.0, 0)] * (len(asked) + 1)
    for number in wanted:
        row = [(0.0, 0)]
        for place, other in enumerate(asked):
            best = max(above[place + 1], row[place])
            if number == other:
                bits, count = above[place]
                best = max(best, (bits + weigh(number), count + 1))
            row.append(best)
        above = row
    return above[-1]


@lru_cache(maxsize=4096)
def _choices(of: int, picked: int) -> float:
    """Bits of a choice of `picked` places out of `of`."""
    return log2(comb(of, picked)) if picked <= of else 0.0


def _orders(size: int) -> float:
    return sum(log2(place) for place in range(2, size + 1))


@cache
def _unknown(language: str) -> re.Pattern[str]:
    """A single letter in place of a number: without one, no question is a backward form."""
    known = languages.get(language).writing.unknowns if language in known_languages() else ""
    letters = f"x{known}"
    # A set of characters comes first, which `re` looks for much faster than for anything else.
    return re.compile(rf"[{letters}{letters.upper()}](?<![^\W\d_].)(?![^\W\d_])")
