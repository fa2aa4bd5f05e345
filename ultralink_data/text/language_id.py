"""Which language a text is in, by an offline model (py3langid, 130 languages, 5 MB)."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from ultralink_data import languages
from ultralink_data.errors import ConfigError
from ultralink_data.languages.sections import Writing
from ultralink_data.text.code_lines import without_code
from ultralink_data.text.mixed_text import MOST_WORDS, outside_quotations, without_terms

if TYPE_CHECKING:
    from ultralink_data.text.byte_walk import ByteWalker

_LIKELY = 0.1
"""Least probability of the language asked for. Of the first 20 characters of MGSM's questions 83 to
100 % reach it in their own language and at most 2.4 % in another one; of whole questions all and
none (docs/log.md)."""

_UNLIKELY = 0.005
"""Probability below which a text of 20 to 44 letters is not in the language asked for. Of the 770
turns of that length in rows of MGSM, HumanEval, OMGEval and the starter in en, es and fr none is
below; of English ones asked about as Spanish nine in ten are (docs/log.md)."""

_LETTERS = 20
"""Letters, by weight, below which only the script is looked at: no model tells so little apart."""

_SCRIPT_SHARE = 0.5
"""Least share of letters, by weight, in the language's script; names are often in another."""

_SURE_LETTERS = 45
"""Letters by weight from which the language of a text is told by itself."""

_FOREIGN_LETTERS = 30
"""Letters from which a text without one letter in its language's script is told by itself."""

_HEAVY = (
    (3, "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"),
    (2, "\u3040-\u30ff\uac00-\ud7af"),
)
"""What a Han character, and what a kana or a syllable of Hangul counts for; other letters count
one. MGSM's questions have 2.8 letters in English for each character in Chinese."""

_WORD_START = re.compile(r"(?<![^\W\d_])[^\W\d_]{4}")
"""The first letters of a word that is no article of a name."""

_LEFT_BESIDE_QUOTED = 0.25
_LEFT_BESIDE_TERMS = 0.15
"""Least share of a text, by weight, that has to be left beside long quotations, and beside terms,
for what is left to decide."""

_LEFT_WEIGHT = 6
"""Least weight of what is left in the language's own script: two Han characters."""

_SURE = 0.9
"""Least probability of a language that few write, for it to be named."""

_WELL_KNOWN = (
    "af ar az be bg bn bs ca cs da de el en eo es et eu fa fi fr gl gu he hi hr hu hy id is it ja "
    "ka kk ko lt lv mk mr ms nl no pa pl pt ro ru sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh"
)
"""Languages of which much is written, by the identifier's names."""

_NOT_PROSE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|https?://\S+", re.S)
"""Code, formulas and addresses have no language."""


def detect(text: str) -> tuple[str, float]:
    """The most probable language of a text and its probability."""
    code, probability = _identifier().classify(spoken(text))
    return str(code), float(probability)


def is_language(text: str, code: str) -> bool:
    """Whether the prose of a text is in the language `code`; what has no prose is in every one.

    Raises:
        ConfigError: as in `language_seen`.
    """
    return language_seen(spoken(text), code) is None


def other_language(text: str, code: str) -> str | None:
    """The language of a text whose prose is not in the language `code`, in English words.

    Raises:
        ConfigError: as in `language_seen`.
    """
    seen = language_seen(spoken(text), code)
    if seen is None or seen not in languages.names():
        return seen
    return languages.get(seen).translate.english_name


def language_seen(said: str, code: str, likely: float = _LIKELY) -> str | None:
    """The language of `spoken` text that is not in the language `code`; None if it is.

    It is where its probability is at least `likely`.

    Of a language that the model does not know (`identified_as` is empty) the script decides alone.
    Where the language's own script has the main part, words of others are names and terms, and the
    rest decides. So it does where enough is left beside quotations, titles and brackets, or
    beside terms of another script within sentences.

    Raises:
        ConfigError: an unknown language, or one whose file names a code that the model lacks.
    """
    seen = _seen(said, code, likely)
    if seen is None:
        return None
    own = _own_letters(code)
    left = outside_quotations(said, _weight)
    # The script tells code from words, unless that is the script of both.
    weighed = outside_quotations(said, _weight, MOST_WORDS, docstrings=not own["a"])
    if not _decides(left, weighed, code, _LEFT_BESIDE_QUOTED):
        left = weighed
    elif left != said and _seen(left, code, likely) is None:
        return None
    if own["a"] and said.isascii():
        return seen
    beside = without_terms(left, own.__getitem__, _weight)
    if (
        beside != left
        and _decides(beside, left, code, _LEFT_BESIDE_TERMS)
        and _seen(beside, code, likely) is None
    ):
        return None
    return seen


def _decides(left: str, said: str, code: str, least_share: float) -> bool:
    """Whether so much is left of a text that it says what language it is in."""
    writing, own = languages.get(code).writing, _own_letters(code)
    # A Latin word may be of any language, so that some are needed to tell.
    least = _LETTERS if own["a"] and writing.identified_as else _LEFT_WEIGHT
    mine = sum(weight for letter, weight in _weights(left).items() if own[letter])
    return mine >= max(least, least_share * sum(_weights(said).values()))


def _seen(said: str, code: str, likely: float) -> str | None:
    """As `language_seen`, by all words alike."""
    writing = languages.get(code).writing
    least = _LETTERS if writing.spaces else 1
    own_letters = _own_letters(code)
    foreign: Collection[str] = ()
    if said.isascii() and own_letters["a"]:  # most texts: not a letter need be counted
        told = _has_letters(said, least)
    else:
        letters = _weights(said)
        own = {letter for letter in letters if own_letters[letter]}
        total, mine = sum(letters.values()), sum(map(letters.__getitem__, own))
        foreign = letters.keys() - own
        if mine < _SCRIPT_SHARE * total:
            # Vowel signs are no letters: left behind, they would name the language asked for.
            return _most_probable("".join(x if x in foreign or x.isascii() else " " for x in said))
        told = total >= least
    if not told or not writing.identified_as:
        return None
    rest = _without(said, foreign)
    try:
        best, share = _identifier().told(rest, writing.identified_as)
    except KeyError as error:
        raise ConfigError(
            f"language {code!r} is identified as {error}, which the language identifier lacks",
            hint=f"correct `identified_as` in ultralink_data/languages/{code}.py (may be ())",
        ) from None
    if share >= likely or best in writing.identified_as:
        return None
    return _most_probable(rest)


@lru_cache(maxsize=16)
def _weights(said: str) -> Mapping[str, int]:
    """What the letters of a text count for, each with all its occurrences.

    A Han character says as much as three letters.
    """
    counts = {
        letter: count * weight
        for letter, count in Counter(said).items()
        if (weight := _weight(letter))
    }
    return MappingProxyType(counts)  # shared by all who ask for the same text


def _has_letters(said: str, least: int) -> bool:
    """Whether a text of ASCII has so many letters; read only as far as that takes."""
    return _letters_pattern(least).match(said) is not None


@cache
def _letters_pattern(least: int) -> re.Pattern[str]:
    return re.compile(rf"(?:[^A-Za-z]*[A-Za-z]){{{least}}}")


@lru_cache(maxsize=10_000)
def _weight(letter: str) -> int:
    """What one letter counts for; 0 for other characters."""
    if not letter.isalpha():
        return 0
    return next((weight for weight, own in _heavy() if own.match(letter)), 1)


class _OwnLetters(dict[str, bool]):
    """Whether a letter is of a language's scripts, looked up at its first use."""

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing

    def __missing__(self, letter: str) -> bool:
        self[letter] = own = self._writing.is_own(letter)
        return own


@cache
def _own_letters(code: str) -> _OwnLetters:
    return _OwnLetters(languages.get(code).writing)


def is_telling(said: str, code: str) -> bool:
    """Whether a text is long enough for its language to be told for sure.

    A shorter one is where not a letter is in the script of the language `code`.
    """
    if said.isascii() and _has_letters(said, _SURE_LETTERS):
        return True
    letters = _weights(said)
    total = sum(letters.values())
    if total >= _SURE_LETTERS:
        return True
    return total >= _FOREIGN_LETTERS and not any(map(_own_letters(code).__getitem__, letters))


def language_of_short(said: str, code: str) -> str | None:
    """The language of a text too short to be told, if it can hardly be the language `code`.

    Only for texts of 20 letters and more in the language's own script, with a long word in small
    letters: the others may be names.

    Raises:
        ConfigError: an unknown language.
    """
    writing = languages.get(code).writing
    letters, own = _weights(said), _own_letters(code)
    total = sum(letters.values())
    mine = sum(letters[letter] for letter in letters if own[letter])
    if total < _LETTERS or mine < _SCRIPT_SHARE * total or not writing.spaces:
        return None
    if not any(word.islower() for word in _WORD_START.findall(said)):
        return None
    return language_seen(said, code, likely=_UNLIKELY)


def _without(said: str, letters: Collection[str]) -> str:
    for letter in letters:  # few: sooner than `translate`, which takes each character
        said = said.replace(letter, " ")
    return said


def _most_probable(said: str) -> str:
    """The likeliest language; one that few write only where it is sure and the text long enough."""
    best, probability = _identifier().classify(said)
    if best not in _WELL_KNOWN.split() and (probability < _SURE or len(said) < _SURE_LETTERS):
        best = _identifier().likeliest(said, _WELL_KNOWN.split())
    return _our_code(str(best))


def _our_code(name: str) -> str:
    """The code of our language that is identified by this name; the name, if it is none of ours."""
    found = (c for c in languages.names() if name in languages.get(c).writing.identified_as)
    return next(found, name)


@cache
def _heavy() -> tuple[tuple[int, re.Pattern[str]], ...]:
    return tuple((weight, re.compile(f"[{own}]")) for weight, own in _HEAVY)


def spoken(text: str) -> str:
    """The text without code, fenced or not, formulas and addresses."""
    return without_code(prose(text))


def prose(text: str) -> str:
    """The text without marked code, formulas and addresses."""
    if "`" not in text and "$" not in text and "://" not in text:
        return text
    return _NOT_PROSE.sub(" ", text)


@cache
def _identifier() -> "ByteWalker":
    from ultralink_data.text.loaded_identifier import IDENTIFIER

    return IDENTIFIER
