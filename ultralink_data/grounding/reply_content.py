"""Checks of a reply's content, not its form: on the subject, new, not a copy of its task.

Small models answer the instruction and not the document ("What is the question?"), or say one
sentence until the token limit; both pass every check of form.
"""

from collections.abc import Sequence
from itertools import pairwise

from ultralink_data import languages
from ultralink_data.text.words import words

_STEM = 5
"""First letters by which inflected words are alike: `Merkel`, `Merkelin`; not `joki`, `joen`."""

_SHORT = 3
"""Letters of words too short to name a subject, in scripts with spaces."""

_GRAM = 4
_FEW_GRAMS = 24
_DISTINCT = 0.5
"""Of 4-grams of words (characters where no spaces part words); the least among 1,145 passages of
Wikipedia in nine languages is 0.76 (docs/log.md)."""

_FEW_SAID = 4
"""4-grams of a text too short to tell."""

_COPIED = 6
"""Words in a row of an instruction that no honest reply repeats: none of 4,825 answers of a large
model has them (docs/log.md)."""

_COPIED_CHARACTERS = 9
"""Characters, where a script has no spaces."""


def names_subject(question: str, about: str, instruction: str, language: str) -> bool:
    """Whether a question shares a word with what it is about that its instruction does not have.

    Words match by their first letters; scripts without spaces go by pairs of characters.
    """
    said = _stems(question, language) - _stems(instruction, language)
    return bool(said & _stems(about, language))


def _stems(text: str, language: str) -> set[str]:
    found = words(text, language)
    if _has_no_spaces(language):
        pairs = {a + b for a, b in pairwise(found)}
        return pairs | {word for word in found if len(word) > 1}
    return {word[:_STEM] for word in found if len(word) >= _SHORT}


def goes_in_circles(text: str, language: str) -> bool:
    """Whether a text repeats itself: less than half of its 4-grams of words are distinct.

    Numbers do not count as words here: a list that only counts up is repetitive too.
    """
    found = [word for word in words(text, language) if not any(map(str.isdigit, word))]
    grams = _runs(found, _GRAM)
    return len(grams) >= _FEW_GRAMS and len(set(grams)) < _DISTINCT * len(grams)


def says_again(text: str, earlier: Sequence[str], language: str, share: float) -> bool:
    """Whether one of the earlier texts is the same, or has this share of the text's 4-grams."""
    said = words(text, language)
    grams = _runs(said, _GRAM)
    for other in (words(other, language) for other in earlier):
        if said == other:
            return True
        before = set(_runs(other, _GRAM))
        if len(grams) >= _FEW_SAID and sum(x in before for x in grams) >= share * len(grams):
            return True
    return False


def copies(text: str, instruction: str, language: str) -> bool:
    """Whether a text holds a stretch of the instruction, whatever the marks between its words."""
    length = _COPIED_CHARACTERS if _has_no_spaces(language) else _COPIED
    said, asked = words(text, language), words(instruction, language)
    return not set(_runs(asked, length)).isdisjoint(_runs(said, length))


def _runs(found: Sequence[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(found[i : i + length]) for i in range(len(found) - length + 1)]


def _has_no_spaces(language: str) -> bool:
    return not languages.get(language).writing.spaces
