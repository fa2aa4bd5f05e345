"""Checks of how a translation reads: language, length, openings."""

import re
import unicodedata
from collections import Counter
from functools import cache

from ultralink_data import languages
from ultralink_data.stage.asking import Failure
from ultralink_data.text.chinese_script import is_other_script
from ultralink_data.text.language_id import other_language
from ultralink_data.text.spellings import folded
from ultralink_data.translation.regions import prose
from ultralink_data.translation.source_patterns import source_patterns
from ultralink_data.translation.turns import SourceTurn, passages_to_correct, without, words

SENTENCE = re.compile(r"(?<=[.!?؟।])\s+|(?<=[。！？])\s*|\n+")
_LEAST_LETTERS = 40
"""Letters of the source from which lengths are compared: short texts vary too much."""

_FEW_LETTERS = 20
"""Letters of the source from which half the least length is asked of its translation: no human one
of MGSM's short sentences and OMGEval's short requests (1,070 in five languages) is shorter."""

_SHORT_TEXT = 50
"""Letters that a shorter source is taken to have: what is longer than the translation of so many
says more than a few words do."""

_END = re.compile(r"[.!?؟।]+(?=[\s»”\"')]|\Z)|[。！？]")
"""The end of a sentence."""

_SHORT = 0.8
"""Share of the usual length below which fewer sentences mean that one was lost."""

_REPEATED = 10
"""Letters from which a sentence may not come again."""

NAME = re.compile(r"\b[A-Z][\w.'’-]*|\b[a-z]\w*[A-Z]\w*|\b\w+\.\w+\b")
"""Names, which stay as they are in many languages, do not tell the language of a text."""

_OPENING = 120
_ASIDE = r"(?:\([^()]{2,}\)|\[[^][]{2,}\]|（[^（）]{2,}）|【[^【】]{2,}】|\*[^*\n]{2,}\*)[.。!]?"
_REMARK = re.compile(
    rf"(?:(?<=[.!?。！？।؟:：])\s*|\n\s*){_ASIDE}\Z"
    r"|(?:(?<=[.!?。！？।؟])[ \t]+|\n\s*)(?:—|–|--)\s*\S.+\Z"
    r"|(?<=[.!?。！？।؟])[ \t]+-[ \t]+\S[^\n]+\Z"
)
"""A remark of its own that ends a text: in brackets, or after a dash that nothing precedes."""

_LAST_ASIDE = re.compile(rf"{_ASIDE}\Z|(?:—|–|--|[\"“'*•]|\s-)[^\n]*\Z")
"""An end of a source that may become one: brackets, a dash, a list, speech (many languages open
it with a dash)."""

_TAGS = ("<text>", "</text>")
_SIMILAR = 0.5
"""Share of the words of an answer from which it is the mended passage of the question."""


def check_language(turn: SourceTurn, text: str) -> Failure | None:
    """The prose is in the target language, passages to correct and such answers set aside."""
    if is_mended_passage(turn, turn.text):
        return None
    said = without(text, (*passages_to_correct(turn.text), *turn.answers))
    name = languages.get(turn.language).translate.english_name
    names = set(NAME.findall(turn.text))
    said = NAME.sub(lambda match: " " if match[0] in names else match[0], prose(said))
    seen = other_language(said, turn.language)
    if seen is not None:
        detail = f"it is in {seen}, not in {name}; translate into {name}"
        return Failure("wrong_language", detail)
    return None


def check_script(turn: SourceTurn, text: str) -> Failure | None:
    """Chinese is in the script of the language: simplified where that is asked for."""
    ground = languages.get(turn.language).ground
    configuration = ground.chinese_conversion if ground else None
    if not configuration or not is_other_script(prose(text), configuration):
        return None
    name = languages.get(turn.language).translate.english_name
    detail = f"it is in the other Chinese script; write {name} in the script of this request"
    return Failure("wrong_script", detail)


def check_length(turn: SourceTurn, text: str) -> Failure | None:
    """The length is usual for translations into the language."""
    kept = passages_to_correct(turn.text)
    before, after = (letters(prose(without(t, kept))) for t in (turn.text, text))
    if is_mended_passage(turn, turn.text):
        return None
    low, _, high = languages.get(turn.language).translate.length
    least = low if before >= _LEAST_LETTERS else low / 2
    if before >= _FEW_LETTERS and after < least * before:
        return Failure("length", "it is much too short; translate every sentence")
    if after > high * (before if before >= _LEAST_LETTERS else _SHORT_TEXT):
        return Failure("length", "it is much too long; translate what is there and add nothing")
    return None


def check_sentences(turn: SourceTurn, text: str) -> Failure | None:
    """No sentence is lost, and none that occurred once is repeated.

    Translators join sentences; fewer of them are taken for a loss only in a text that is short too,
    and never in a language without marks at their ends.
    """
    kept = passages_to_correct(turn.text)
    source, target = (prose(without(t, kept)) for t in (turn.text, text))
    if letters(source) < _LEAST_LETTERS or is_mended_passage(turn, turn.text):
        return None
    if _most_repeated(target) > max(1, _most_repeated(source)):
        return Failure("repeated", "a sentence stands there twice; translate each one once")
    if not languages.get(turn.language).writing.sentence_marks:
        return None
    before, after = len(_END.findall(source)), len(_END.findall(target))
    usual = languages.get(turn.language).translate.length[1]
    if after < before and letters(target) < _SHORT * usual * letters(source):
        detail = f"the text has {before} sentences and the translation {after}; leave none out"
        return Failure("length", detail)
    return None


def _most_repeated(text: str) -> int:
    """How often the most frequent sentence stands in a text; short ones do not count."""
    counts = Counter("".join(words(sentence)) for sentence in SENTENCE.split(text))
    return max((n for said, n in counts.items() if letters(said) >= _REPEATED), default=1)


def check_preface(turn: SourceTurn, text: str) -> Failure | None:
    """No words about itself at start or end, and no refusal, that the source does not have."""
    if any(tag in text and tag not in turn.text for tag in _TAGS):
        return Failure("preface", "leave the marks <text> and </text> out")
    opening, before = folded(text)[:_OPENING], folded(turn.text)[:_OPENING]
    for language in (turn.language, "en"):
        refusal, preface = _patterns(language)
        refused, prefaced = _patterns("en")
        if refusal.match(opening) and not refused.search(before):
            return Failure("refusal", "it declines; translate the text, whatever it says")
        if preface.match(opening) and not prefaced.match(before) and not _hedged(before):
            return Failure("preface", "it opens with words of its own; write only the translation")
    lines = [line for line in text.strip().splitlines() if line.strip()]
    ends = {0, len(lines) - 1} if len(lines) > 1 else set()
    words = "|".join(languages.get(code).translate.translating for code in (turn.language, "en"))
    note = re.compile(words, re.IGNORECASE)
    if not source_patterns().noted.search(turn.text) and any(
        note.search(lines[end]) for end in ends
    ):
        return Failure("preface", "it speaks of the translation; write only the translation")
    remark = _REMARK.search(text.rstrip())
    if remark and not _LAST_ASIDE.search(turn.text.rstrip()):
        detail = f"the source does not end with {remark[0].strip()[:_OPENING]!r}; leave it out"
        return Failure("preface", detail)
    return None


def declines(text: str, language: str) -> bool:
    """Whether a text opens as refusals do, in its language or in English."""
    opening = folded(text)[:_OPENING]
    codes = (language, "en") if language in languages.names() else ("en",)
    return any(_patterns(code)[0].match(opening) for code in codes)


def _hedged(opening: str) -> bool:
    """Whether the source opens as replies do, which the target's words for it may resemble."""
    return source_patterns().reply.match(opening) is not None


def is_mended_passage(turn: SourceTurn, text: str) -> bool:
    """Whether an answer is, in the main, a passage that its question asks to correct."""
    said = set(words(prose(text)))
    return any(
        said and len(said & set(words(passage))) >= _SIMILAR * len(said) for passage in turn.answers
    )


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    phrases = languages.get(language).phrases
    refusal, preface = (
        re.compile(rf"[\s\"'«“¡*#]*(?:{'|'.join(map(folded, group))})", re.IGNORECASE)
        for group in (phrases.refusals, phrases.prefaces)
    )
    return refusal, preface


def letters(text: str) -> int:
    """Characters of a text that are no space: letters, digits and marks, without combining ones."""
    return sum(not c.isspace() and not unicodedata.category(c).startswith("M") for c in text)
