"""The words of an answer's languages, and the regular expressions that are made of them once."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

import msgspec

from tasks.grading.answer_evidence import EvidencePatterns, evidence_patterns
from tasks.grading.answer_words import AnswerWords, words_of
from ultralink_data.languages.sections import WorkedAnswer
from ultralink_data.text.number_style import NumberStyle

_GSM8K: Final = r"####"
_WORD: Final = r"\b"
_LINE: Final = r"(?m:^[^\w\n]*"
"""How patterns of phrases begin that open a word, or a line."""
_LATIN: Final = re.compile(r"[A-Za-z]")
_OPENINGS: Final = ("question", "problem", "q")
"""Words of the next question where a language gives none."""


class Phrases(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A language's answer phrases (regexes), number style and words of worked answers.

    Made once per language and compared by identity. `language` is its code, without which number
    words are not read. `next_question` are words that open a question's line (see `AnswerPhrases`
    of a language).
    """

    patterns: tuple[str, ...]
    style: NumberStyle
    worked: WorkedAnswer
    next_question: tuple[str, ...] = ()
    language: str = ""


class AnswerReaders(NamedTuple):
    """What several languages' answers are read with: `stated` finds the phrases of each.

    `openings` are the words of the next question, `asks` matches one line that asks without a
    question mark. `alone` is for the first language without English, which is enough for a text
    without a Latin letter; None if English is not the only other language.
    """

    openings: tuple[str, ...]
    asks: re.Pattern[str] | None
    words: AnswerWords
    evidence: tuple[EvidencePatterns, ...]
    stated: tuple[tuple[Phrases, re.Pattern[str]], ...]
    alone: "AnswerReaders | None" = None

    def enough_for(self, text: str) -> "AnswerReaders":
        """These, or those of the first language alone where English has no word in the text."""
        if self.alone is None or _LATIN.search(text) is not None:
            return self
        return self.alone


def readers_of(phrases: Sequence[Phrases]) -> AnswerReaders:
    """What answers in these languages are read with."""
    return _readers(tuple(phrases))


@lru_cache(maxsize=64)
def _readers(phrases: tuple[Phrases, ...]) -> AnswerReaders:
    sections = tuple(group.worked for group in phrases)
    return AnswerReaders(
        openings=tuple(word for group in phrases for word in group.next_question) or _OPENINGS,
        asks=_asking(sections[0].asks),
        words=words_of(sections),
        evidence=evidence_patterns(sections),
        stated=tuple((g, _compiled(g.patterns, g.worked.result)) for g in phrases),
        alone=_readers(phrases[:1]) if [g.language for g in phrases[1:]] == ["en"] else None,
    )


def _asking(words: str) -> re.Pattern[str] | None:
    """A line that words for asking end; None if the language has none."""
    words = unicodedata.normalize("NFC", words)
    return re.compile(rf"^(?P<problem>[^\n]*(?:{words}))[ \t*_]*$", re.M) if words else None


@cache
def _compiled(patterns: tuple[str, ...], result: str) -> re.Pattern[str]:
    """One regex of several patterns, with letters in the form that `normalise` gives a text.

    The group `result` matches words that may also name a result on the way.
    """
    stated = "|".join((*_by_opening(patterns), _GSM8K))
    either = rf"{stated}|(?P<result>{result or r'(?!)'})"
    return re.compile(unicodedata.normalize("NFC", either), re.IGNORECASE)


def _by_opening(patterns: Sequence[str]) -> list[str]:
    """The patterns, with those that open alike as one: most places of a text fail at once."""
    whole, lines, others = list[str](), list[str](), list[str]()
    for pattern in patterns:
        if pattern.startswith(_WORD):
            whole.append(pattern.removeprefix(_WORD))
        elif pattern.startswith(_LINE) and pattern.endswith(")"):
            lines.append(pattern.removeprefix(_LINE).removesuffix(")"))
        else:
            others.append(pattern)
    made = [rf"{_WORD}(?:{'|'.join(whole)})"] if whole else []
    made += [f"(?:{pattern})" for pattern in others]
    return [*made, f"{_LINE}(?:{'|'.join(lines)}))"] if lines else made
