"""What a check of a translated turn knows about its source."""

import re

import msgspec

from ultralink_data.dialogue import Kind
from ultralink_data.translation.source_patterns import source_patterns

_QUOTED = re.compile(
    r"\"([^\"\n]{12,})\"|“([^”\n]{12,})”|(?<!\w)'([^'\n]{12,})'(?!\w)|`([^`\n]{12,})`"
)
_AFTER = re.compile(r"(?:[:：][ \t]*\n+|\n\s*\n|[:：][ \t]+)(?=\S)")
_WORDS = 3
"""Words from which a quotation is a passage and not a term."""


class SourceTurn(msgspec.Struct, frozen=True, kw_only=True):
    """An English turn, and what its translation into `language` is held against.

    `answers` holds the passages that the question before it asks to correct: an answer may repeat
    them, mended, in English.
    """

    text: str
    language: str
    kind: Kind
    user: bool
    answers: tuple[str, ...] = ()


def passages_to_correct(text: str) -> tuple[str, ...]:
    """English passages that a text asks to correct: quoted, or following the request.

    Mistakes of language cannot be carried over, so a translation keeps such a passage as it is.
    """
    task = source_patterns().correction.search(text)
    if task is None:
        return ()
    quoted = [next(filter(None, match)) for match in _QUOTED.findall(text)]
    passages = tuple(p for p in quoted if len(p.split()) >= _WORDS)
    if passages:
        return passages
    after = _AFTER.search(text, task.end())
    rest = text[after.end() :].strip() if after else ""
    return (rest,) if len(rest.split()) >= _WORDS else ()


def without(text: str, passages: tuple[str, ...]) -> str:
    """The text with the passages taken out."""
    for passage in passages:
        text = text.replace(passage, " ")
    return text


def words(text: str) -> list[str]:
    """The words of a text, in lower case."""
    return re.findall(r"[^\W\d_]+", text.casefold())
