"""Spelled-out numbers of languages that write words: `find_spelled` reads runs of number words.

A word is looked up as the language file writes it, without what writers leave out and with letters
that are written for each other made equal. The rules here say which neighbours make one number:
"two hundred five" is one, "two five" are two.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from ultralink_data import languages
from ultralink_data.languages.number_sections import (
    NumberWords,
    multiplying_forms,
    number_values,
)
from ultralink_data.languages.sections import Writing

Value = int | Fraction

VOWEL_MARKS: Final = (
    r"\u0300-\u036f\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957"
    r"\u0981-\u0983\u09bc-\u09cd\u09d7\u0c00-\u0c04\u0c3c-\u0c56"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
"""Vowel and tone marks, which are not letters but belong to a word."""

_WORD: Final = re.compile(rf"[^\W\d_]+(?:[{VOWEL_MARKS}]+[^\W\d_]*)*")
_ASCII_WORDS: Final = {code: chr(code) if chr(code).isalpha() else " " for code in range(128)}
"""ASCII with a blank for all that is no letter: what is left are the matches of `_WORD`."""
_BETWEEN: Final = re.compile(r"[ \u00a0\u200c]?[-‑ \u00a0]?\Z")
_NOUN: Final = re.compile(r"[ \u00a0][^\W\d_]")


class Spelled(NamedTuple):
    """A spelled-out number, its position, and the last scale or dozen in it, 1 if there is none.

    `lone` says that it is no number unless something joins it to one, as an article.
    """

    value: Fraction
    start: int
    end: int
    scale: int
    lone: bool = False


class _Piece(NamedTuple):
    """One number word; `joined` to the one before it by a joiner or prefix."""

    value: Value
    start: int
    end: int
    joined: bool
    multiplies: bool


class Lexicon(NamedTuple):
    """The number words of a language as they are looked up.

    `teens` are the units with a word of their own for ten more; `tens` says whether twenty has one,
    and `scores` whether it also counts in twenties. `known` holds what words were found to be, and
    `counting` those that can begin a number.
    """

    numbers: NumberWords
    values: Mapping[str, Value]
    construct: Mapping[str, int]
    multiplying: frozenset[str]
    folded: Mapping[int, str | None]
    word: re.Pattern[str]
    teens: frozenset[int]
    tens: bool
    scores: bool
    known: "dict[str, _Word | None]"
    counting: set[str]

    def fold(self, word: str) -> str:
        """A word as a form is looked up."""
        return word.translate(self.folded).casefold().replace("i\u0307", "i")


@cache
def lexicon_of(language: str) -> Lexicon:
    """The number words of a language.

    Raises:
        ConfigError: an unknown language.
    """
    sections = languages.get(language)
    numbers = sections.numbers
    folded = _folding(sections.writing)
    values = {form.translate(folded): value for form, value in numbers.values.items()}
    own = {value for form, value in numbers.values.items() if form not in _multiplying(numbers)}
    return Lexicon(
        numbers=numbers,
        values=values,
        construct={form.translate(folded): n for form, n in numbers.construct.items()},
        multiplying=frozenset(form.translate(folded) for form in _multiplying(numbers)),
        folded=folded,
        word=_WORD if sections.writing.spaces else _forms(numbers.words),
        teens=frozenset(unit for unit in range(1, 10) if 10 + unit in own),
        tens=20 in values.values(),
        scores=any(numbers.values[form] == 20 for form in _multiplying(numbers)),
        known={},
        counting=set(),
    )


def _multiplying(numbers: NumberWords) -> frozenset[str]:
    return multiplying_forms(numbers.words)


def _folding(writing: Writing) -> dict[int, str | None]:
    """What `str.translate` makes of a word: capitals, letters for each other, what is left out."""
    table: dict[int, str | None] = {}
    for pair in writing.lower.split():
        table[ord(pair[0])] = pair[1]
    if writing.left_out:
        omitted = re.compile(f"[{writing.left_out}]")
        table |= {code: None for code in range(0x600, 0x700) if omitted.match(chr(code))}
        table |= {ord(pair[0]): pair[1] for pair in writing.alike.split()}
    return table


@cache
def _forms(words: str) -> re.Pattern[str]:
    """A regex for the number words of a language without spaces, such as Thai.

    A vowel after a form changes its last syllable, so the form is part of another word.
    """
    forms = "|".join(sorted(map(re.escape, number_values(words)), key=len, reverse=True))
    return re.compile(rf"(?:{forms})(?![{VOWEL_MARKS}\u0e30\u0e32\u0e33\u0e45])")


class _Word(NamedTuple):
    """What a word is in a number: its parts, its parts behind a prefix, or a joiner."""

    parts: "list[_Part]"
    joined_parts: "list[_Part]"
    joins: bool
    construct: int | None


_MOST_WORDS: Final = 100_000
"""Words of a language whose meaning is kept, about 10 MB."""


def find_spelled(text: str, language: str) -> Iterator[Spelled]:
    """Numbers in words: runs of number words with only spaces, hyphens and joiners between them."""
    words = lexicon_of(language)
    known = words.known
    if len(known) > _MOST_WORDS:
        known.clear()
        words.counting.clear()
    if words.word is _WORD and text.isascii():  # three times as fast
        found = {*text.translate(_ASCII_WORDS).split()}
    else:
        found = {*words.word.findall(text)}
    for raw in found.difference(known):
        _learn(raw, words)
    if found.isdisjoint(words.counting):
        return
    run: list[_Piece] = []
    joint = -1  # the end of a joiner after the run
    for match in words.word.finditer(text):
        raw = match[0]
        try:
            word = known[raw]
        except KeyError:  # forgotten since the caller took the last number
            word = _learn(raw, words)
        if word is None:
            if run:
                yield from _composed(run, words)
                run, joint = [], -1
            continue
        start, end = match.span()
        if run and not _BETWEEN.match(text, joint if joint >= 0 else run[-1].end, start):
            yield from _composed(run, words)
            run, joint = [], -1
        if word.joins and run and joint < 0:
            joint = end
            continue
        parts, joined = word.parts, joint >= 0
        if not parts and run:
            parts, joined = word.joined_parts, True
        if not parts and run:
            yield from _composed(run, words)
            run = []
        for place, (value, inside, multiplies) in enumerate(parts):
            if not run and word.construct is not None and _NOUN.match(text, end):
                value = word.construct
            run.append(_Piece(value, start, end, inside if place else joined, multiplies))
        joint = -1
    yield from _composed(run, words)


def _learn(raw: str, words: Lexicon) -> _Word | None:
    """What a word of a text is in a number, kept for the next time."""
    word = words.known[raw] = _read(words.fold(raw), words)
    if word is not None and word.parts:
        words.counting.add(raw)
    return word


def _read(word: str, words: Lexicon) -> _Word | None:
    """What a folded word is in a number; None if it is nothing."""
    numbers = words.numbers
    parts = _split(word, words)
    joined: list[_Part] = []
    if not parts and numbers.prefix and word.startswith(numbers.prefix):
        joined = _split(word.removeprefix(numbers.prefix), words)
    if not parts and not joined and numbers.endings and word.endswith(numbers.endings):
        ending = next(ending for ending in numbers.endings if word.endswith(ending))
        parts = _split(word.removesuffix(ending), words)
    joins = word in numbers.joiners
    if not parts and not joined and not joins:
        return None
    return _Word(parts, joined, joins, words.construct.get(word))


_Part = tuple[Value, bool, bool]
"""Value of a part of a word, whether a prefix joins it, and whether it multiplies."""


def _split(word: str, words: Lexicon) -> list[_Part]:
    """The parts of a word: one, or several if the language writes compounds."""
    numbers, values = words.numbers, words.values
    value = values.get(word)
    if value is None and numbers.teen and word.endswith(numbers.teen):
        unit = values.get(word.removesuffix(numbers.teen), 10)
        value = 10 + unit if unit < 10 else None
    if value is not None:
        return [(value, False, word in words.multiplying)]
    if not numbers.compounds:
        return []
    for cut in range(len(word) - 1, 1, -1):
        head = values.get(word[:cut])
        if head is None and numbers.teen and word[:cut].endswith(numbers.teen):
            unit = values.get(word[:cut].removesuffix(numbers.teen), 10)
            head = 10 + unit if unit < 10 else None
        if head is None:
            continue
        tail, joined = word[cut:], False
        rest = _split(tail, words)
        if not rest and numbers.prefix and tail.startswith(numbers.prefix):
            joined = True
            rest = _split(tail.removeprefix(numbers.prefix), words)
        if not rest:
            continue
        (value, _, multiplies), *others = rest
        if value == 10 and not words.tens and head < 10:  # Finnish tens are compounds
            return [(head * 10, False, False), *others]
        return [(head, False, False), (value, joined, multiplies), *others]
    return []


def _composed(run: list[_Piece], words: Lexicon) -> Iterator[Spelled]:
    """The numbers in consecutive number words."""
    if not run:
        return
    total: Value = 0
    current: Value = 0
    scale = 0  # the last one in the number
    start = end = -1
    for piece in _turned(run) if words.numbers.scale_first else run:
        value = piece.value
        grown = None
        if start >= 0:
            grown = _extended(total, current, scale, piece, words, apart=piece.start - end > 1)
        if grown is None:
            if start >= 0:
                yield Spelled(Fraction(total + current), start, end, scale or 1)
            start = piece.start
            total, current = (value, 0) if value >= 1000 else (0, value)
            counted = piece.multiplies and value != 20
            scale = _single(int(value)) if value == 100 or value >= 1000 or counted else 0
        else:
            total, current, scale = grown
        end = piece.end
    yield Spelled(Fraction(total + current), start, end, scale or 1)


def _turned(run: list[_Piece]) -> list[_Piece]:
    """Number words in the usual order, for a language that puts a scale before its factor.

    A scale from 1000 on has all of tens and units as its factor, `mia` only the unit behind it.
    """
    turned: list[_Piece] = []
    bare: _Piece | None = None  # a scale without a factor yet
    for piece in run:
        last = turned[-1] if turned else None
        if bare is not None and piece.value < 100 and piece.start - bare.end <= 1:
            turned[-1:] = [
                piece._replace(start=bare.start, joined=bare.joined),
                bare._replace(end=piece.end, joined=False),
            ]
            bare = None
        elif (
            last is not None
            and last.value >= 1000
            and len(turned) > 1
            and piece.joined
            and piece.value < 10 <= turned[-2].value < 100
            and turned[-2].value % 10 == 0
        ):
            factor = turned[-2].value + piece.value
            turned[-2:] = [turned[-2]._replace(value=factor), last._replace(end=piece.end)]
        else:
            turned.append(piece)
            bare = piece if piece.value >= 100 or piece.multiplies else None
    return turned


_Grown = tuple[Value, Value, int]
"""The parts of a number above and below its last scale of 1000 or more, and its last scale."""


def _extended(
    total: Value, current: Value, scale: int, piece: _Piece, words: Lexicon, *, apart: bool
) -> _Grown | None:
    """The number with one more word; None if that word begins another number."""
    value = piece.value
    if value >= 1000:
        return _scaled(total, current, scale, int(value), apart=apart)
    if current != int(current) and value != 100 and not piece.multiplies:
        return None
    below = current % 100
    # "Une douzaine" is 12, and "un vingt" two numbers.
    if piece.multiplies and (2 if value == 20 else 1) <= below < 20 and not piece.joined:
        return total, current - below + below * value, scale if value == 20 else int(value)
    if value == 100 and 0 < current < (100 if not total else 10) and not piece.joined:
        return total, current * 100, 100
    if not value:
        return None
    if not current:
        return (total, value, 100 if value == 100 else scale) if total else None
    return (total, current + value, scale) if _adds(below, value, piece, words) else None


def _scaled(total: Value, current: Value, scale: int, value: int, *, apart: bool) -> _Grown | None:
    """The number with a scale of 1000 or more after it."""
    room = scale if scale >= 1000 else 0  # in which the scale must find place
    if current:
        value = _single(value)  # a dual behind its number counts once
        return (total + current * value, 0, value) if not room or value < room else None
    if room and value < room:  # dos millones mil
        return total + value, 0, value
    if total and 1000 <= total < value and not apart:  # dos mil millones
        return total * value, 0, value
    return None


def _single(scale: int) -> int:
    """A scale, or the one of which it is the dual."""
    return scale // 2 if str(scale).startswith("2") else scale


def _adds(below: Value, value: Value, piece: _Piece, words: Lexicon) -> bool:
    """Whether a word below 1000 is added to the tens and units before it."""
    if value < 10:
        teen = below == 10 and value not in words.teens
        return below == 0 or teen or (below >= 20 and below % 10 == 0)
    if value >= 100:
        return False
    if below == 0:
        return True
    if words.numbers.units_first and below < 10:
        # Arabic "five ten" is 15, "five and ten" two numbers; from 20 on the joiner is needed.
        return (
            not piece.joined and 3 not in words.teens
            if value == 10
            else (value >= 20 and value % 10 == 0 and piece.joined)
        )
    return below in (60, 80) and value < 20 and words.scores
