"""The words of English, the language of all sources, as the patterns that checks search with."""

import re
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from ultralink_data import languages


class SourcePatterns(NamedTuple):
    """`SourceWords` of English, compiled; see there. `sentence` finds a word of either kind.

    `ordinal` has a group for each of English's ordinals, in their order.
    """

    implied: dict[Fraction, re.Pattern[str]]
    loose: re.Pattern[str]
    months: tuple[re.Pattern[str], ...]
    clock: re.Pattern[str]
    answer: re.Pattern[str]
    request: re.Pattern[str]
    correction: re.Pattern[str]
    reply: re.Pattern[str]
    noted: re.Pattern[str]
    personal: re.Pattern[str]
    sentence: re.Pattern[str]
    no_code: str
    speakers: tuple[str, ...]
    no_noun: re.Pattern[str]
    ordinal: re.Pattern[str]


@cache
def source_patterns() -> SourcePatterns:
    """The patterns, compiled once."""
    english = languages.get("en")
    words = english.source_words
    if words is None:
        raise ValueError("languages/en.py has no source_words")
    ordinals = "|".join(f"({word})" for word in english.forms.ordinals.values())
    return SourcePatterns(
        implied={
            Fraction(value): re.compile(rf"\b(?:{said})\b", re.I)
            for value, said in words.implied.items()
        },
        loose=re.compile(words.loose, re.I),
        months=tuple(re.compile(rf"\b(?:{name})\b") for name in words.months),
        clock=re.compile(words.clock, re.I),
        answer=re.compile(rf"^[ \t]*{words.answer}[ \t]*(.+?)[ \t]*$", re.M),
        request=re.compile(rf"\b(?:{words.requests})\b[^.?!]*\?", re.I),
        correction=re.compile("|".join(words.corrections), re.I),
        reply=re.compile(rf"[\W_]*(?:{words.replies})\b", re.I),
        noted=re.compile(words.noted, re.I),
        personal=re.compile(rf"\b(?:{words.personal})\b"),
        sentence=re.compile(rf"\b(?:{words.personal}|{words.function})\b", re.I),
        no_code=words.no_code,
        speakers=words.speakers,
        no_noun=re.compile(words.no_noun),
        ordinal=re.compile(words.ordinal.replace("{ordinal}", f"(?:{ordinals})"), re.I),
    )
