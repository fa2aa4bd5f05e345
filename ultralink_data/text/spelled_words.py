"""What one word of a text is in a number, by the number words of its language.

A word is looked up as the language file writes it, without what writers leave out and with letters
that are written for each other made equal; then behind particles, with endings, as a compound.
"""

import re
from collections.abc import Mapping
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

WORD: Final = re.compile(rf"[^\W\d_]+(?:[{VOWEL_MARKS}]+[^\W\d_]*)*")


Part = tuple[Value, bool, bool]
"""Value of a part of a word, whether a prefix joins it, and whether it multiplies."""


class NumberWord(NamedTuple):
    """What a word is in a number: its parts, its parts behind a prefix, or a joiner.

    `opened_parts` begin a number behind a particle ("with five"), whatever stands before it. Of an
    `ambiguous` word, `parts` count only where a number precedes them, and `opened_parts` only where
    one follows that they begin.
    """

    parts: list[Part]
    joined_parts: list[Part]
    opened_parts: list[Part]
    joins: bool
    ambiguous: bool
    construct: int | None


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
    ambiguous: frozenset[str]
    known: "dict[str, NumberWord | None]"
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
        word=WORD if sections.writing.spaces else _forms(numbers.words),
        teens=frozenset(unit for unit in range(1, 10) if 10 + unit in own),
        tens=20 in values.values(),
        scores=any(numbers.values[form] == 20 for form in _multiplying(numbers)),
        ambiguous=frozenset(word.translate(folded).casefold() for word in numbers.ambiguous),
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


def read_word(word: str, words: Lexicon) -> NumberWord | None:
    """What a folded word is in a number; None if it is nothing."""
    numbers = words.numbers
    parts, bare = _split(word, words), word
    own = bool(parts)
    joined: list[Part] = []
    opened: list[Part] = []
    if not parts and numbers.prefix and word.startswith(numbers.prefix):
        joined = _split(word.removeprefix(numbers.prefix), words)
    if not parts and numbers.openings and word.startswith(numbers.openings):
        opened, bare = _opened(word, words)
        if not joined and opened and word == numbers.prefix + numbers.article + bare:
            joined = opened
    if not parts and not joined and numbers.endings and word.endswith(numbers.endings):
        parts = _ended(word, words)
    joins = word in numbers.joiners
    if not (parts or joined or opened or joins):
        return None
    return NumberWord(
        parts, joined, opened, joins, not own and word in words.ambiguous, words.construct.get(bare)
    )


def _opened(word: str, words: Lexicon) -> tuple[list[Part], str]:
    """A number behind particles, which begin a number of their own: its parts, and its word."""
    numbers = words.numbers
    for opening in numbers.openings:
        if not word.startswith(opening):
            continue
        bare = word.removeprefix(opening)
        parts = _split(bare, words)
        if parts:
            return parts, bare
        if opening == numbers.prefix:
            parts, bare = _opened(bare, words)
            if parts:
                return parts, bare
    return [], word


def _ended(word: str, words: Lexicon) -> list[Part]:
    """The parts of a number with an ending; none if it is nothing."""
    for ending in words.numbers.endings:
        parts = _split(word.removesuffix(ending), words) if word.endswith(ending) else []
        if parts:
            return parts
    return []


def _split(word: str, words: Lexicon) -> list[Part]:
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
