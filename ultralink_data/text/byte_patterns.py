"""What each character of a text is part of: numbers, code, words by script, marks, blanks."""

import re
from typing import Final, Literal

Pattern = Literal["code", "digits", "ascii words", "other words", "marks", "blanks"]

_FENCED: Final = re.compile(r"^[ \t]*```.*?(?:^[ \t]*```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)


def byte_patterns(text: str) -> list[Pattern]:
    """The pattern of each character; in fenced code all are `code`."""
    found = [_pattern(character) for character in text]
    for fence in _FENCED.finditer(text):
        found[fence.start() : fence.end()] = ["code"] * (fence.end() - fence.start())
    return found


def _pattern(character: str) -> Pattern:
    if character.isdecimal():
        return "digits"
    if character.isspace():
        return "blanks"
    if character.isalpha():
        return "ascii words" if character.isascii() else "other words"
    # Vowel signs and the like are parts of words: they are neither letters nor marks of their own.
    return "marks" if character.isascii() or not _is_combining(character) else "other words"


def _is_combining(character: str) -> bool:
    import unicodedata

    return unicodedata.category(character).startswith("M")
