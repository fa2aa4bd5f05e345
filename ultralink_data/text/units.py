"""Texts as sequences of comparable units: words, and single characters where no spaces part words.

Chinese, Japanese, Thai, Lao, Khmer and Burmese write without spaces: a "word" there would be a
whole sentence, and two sentences that differ in one character would share nothing. A text of two
scripts has both kinds of units, each in its own sequence.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Ranges of characters of scripts without spaces, for a character class.

A rule of Unicode and not of our languages: rows and pages hold any script, and a quotation in Khmer
must be cut into units where nobody has written a file for Khmer.
"""

MARKS: Final = (
    "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a4d\u0a81-\u0acd\u0b01-\u0b4d"
    "\u0b82-\u0bcd\u0c00-\u0c4d\u0c81-\u0ccd\u0d00-\u0d4d\u200c\u200d"
)


class Units(NamedTuple):
    """The words of a text, and its characters of scripts without spaces (numbers in both)."""

    words: list[str]
    characters: list[str]

    @property
    def unspaced(self) -> bool:
        """Whether the text is mostly in a script without spaces (two characters for a word)."""
        return len(self.characters) > 2 * len(self.words)


_LETTERS: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
"""ASCII in lower case, with a blank for all that is neither letter nor digit."""


class _UnitPatterns(NamedTuple):
    word: re.Pattern[str]
    character: re.Pattern[str]
    unspaced: re.Pattern[str]


@cache
def _patterns() -> _UnitPatterns:
    """Made at the first use: their large classes take 5 % of a command that reads no text."""
    letter = rf"[^\W_{UNSPACED}]"
    return _UnitPatterns(
        # Letters in one run: three times as fast as one letter or mark after the other.
        word=re.compile(rf"{letter}+(?:[{MARKS}]+{letter}*)*"),
        character=re.compile(rf"[{UNSPACED}]|\d+"),
        unspaced=re.compile(rf"[{UNSPACED}]"),
    )


def units(text: str) -> Units:
    """The units of a text, without case, punctuation and differences of encoding."""
    return normal_units(normalise(text))


def normal_units(text: str) -> Units:
    """The units of a text that is normalised already."""
    if text.isascii():
        return Units(text.translate(_LETTERS).split(), [])
    find = _patterns()
    words = find.word.findall(text)
    return Units(words, characters_of(text) if find.unspaced.search(text) else [])


def characters_of(text: str) -> list[str]:
    """The characters of scripts without spaces in a normalised text, and its numbers."""
    return _patterns().character.findall(text)


def normalise(text: str) -> str:
    """`text` in Unicode's compatibility form (full-width letters are plain ones), case folded."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold()


def ngrams(sequence: Sequence[str], n: int) -> Iterator[tuple[str, ...]]:
    """Every run of `n` units; none where the sequence is shorter."""
    return zip(*(sequence[start:] for start in range(n)), strict=False)


def stable_hash(text: str) -> int:
    """64 bits of a hash of a text, the same in every process and on every machine."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
