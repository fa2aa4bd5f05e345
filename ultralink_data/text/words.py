"""The words of a text in any of our languages, for measures that count them.

Boundaries are Unicode's (UAX 29, by the package `regex`): a vowel sign of Devanagari belongs to its
word, though it is no letter. Chinese has no spaces, so each character stands for itself, and words
of other scripts among them stay whole; a segmenter would put its own errors into what is measured.
Counts compare texts of one language, never languages: Finnish and Turkish pack into one word what
English says in four.
"""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regex import Pattern

_TATWEEL = "ـ"
_ELIDING = ("fr", "ca", "it")
"""Languages whose articles and pronouns end in an apostrophe: `l'eau` is two words."""


def words(text: str, language: str) -> list[str]:
    """The words of `text` in lower case, numbers among them; no punctuation, no symbols.

    Case follows the language (`I` is `ı` in Turkish); Arabic loses its vowel marks and stretched
    lines, which are written or not as the writer likes.
    """
    text = unicodedata.normalize("NFKC", text).replace("’", "'")
    if language == "ar":
        text = _arabic_marks().sub("", text.replace(_TATWEEL, ""))
    text = _folded(text, language)
    pieces = _boundary().split(text)
    if language in _ELIDING:
        pieces = [part for piece in pieces for part in piece.split("'")]
    content = _content()
    return [piece for piece in pieces if content.search(piece)]


def _folded(text: str, language: str) -> str:
    if language == "tr":
        return text.replace("İ", "i").replace("I", "ı").lower()
    return text.casefold()


@cache
def _boundary() -> "Pattern[str]":
    import regex

    return regex.compile(r"(?V1w)\b")


@cache
def _content() -> "Pattern[str]":
    import regex

    return regex.compile(r"[\p{L}\p{N}]")


@cache
def _arabic_marks() -> "Pattern[str]":
    import regex

    return regex.compile(r"[\u064B-\u065F\u0670\u06D6-\u06ED]")
