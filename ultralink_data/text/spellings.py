"""One spelling for what may be written in several ways, so that phrases are found in a text."""

import re
import unicodedata
from functools import cache

from ultralink_data import languages


def folded(text: str) -> str:
    """The text in which phrases are searched: NFC, without optional marks.

    Arabic is written with and without vowel signs, stretching and the hamza of an alif; a capital
    dotted I is no capital of i to regular expressions.
    """
    left_out, alike = _spellings()
    return left_out.sub("", unicodedata.normalize("NFC", text).translate(alike))


@cache
def _spellings() -> tuple[re.Pattern[str], dict[int, int]]:
    """Characters that any language may leave out, and letters written in place of others."""
    written = [language.writing for language in languages.every()]
    left_out = "".join(writing.left_out for writing in written)
    pairs = [pair for writing in written for pair in writing.alike.split()]
    return re.compile(f"[{left_out}]"), {ord(pair[0]): ord(pair[1]) for pair in pairs}
