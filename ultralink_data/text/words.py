"""The words of a text in any of our languages, for measures that count them.

Boundaries are Unicode's (UAX 29, by the package `regex`): a vowel sign of Devanagari belongs to its
word, though it is no letter. Chinese, Japanese and Thai have no spaces: each character stands for
itself (Thai's with its vowel signs, katakana words whole), and words of other scripts among them
stay whole; a segmenter would put its own errors into what is measured.
Counts compare texts of one language, never languages: Finnish and Turkish pack into one word what
English says in four.
"""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from ultralink_data import languages
from ultralink_data.languages.sections import Writing

if TYPE_CHECKING:
    from regex import Pattern


def words(text: str, language: str) -> list[str]:
    """The words of `text` in lower case, numbers among them; no punctuation, no symbols.

    Case follows the language (`I` is `ı` in Turkish); Arabic loses its vowel marks and stretched
    lines, which are written or not as the writer likes.

    Raises:
        ConfigError: an unknown language.
    """
    text = unicodedata.normalize("NFKC", text).replace("’", "'")
    writing = languages.get(language).writing
    if writing.left_out:
        text = re.sub(f"[{writing.left_out}]", "", text)
    pieces = _boundary().split(_folded(text, writing))
    if writing.elides:
        pieces = [part for piece in pieces for part in piece.split("'")]
    content = _content()
    return [piece for piece in pieces if content.search(piece)]


def _folded(text: str, writing: Writing) -> str:
    if not writing.lower:
        return text.casefold()
    for pair in writing.lower.split():
        text = text.replace(pair[0], pair[1])
    return text.lower()


@cache
def _boundary() -> "Pattern[str]":
    import regex

    return regex.compile(r"(?V1w)\b")


@cache
def _content() -> "Pattern[str]":
    import regex

    return regex.compile(r"[\p{L}\p{N}]")
