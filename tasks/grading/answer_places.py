"""Where the sentences and lines of an answer begin and end, and the numbers between two places."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from ultralink_data.text.digits import DigitNumber

_SENTENCE_END: Final = re.compile(
    # No end in "i.e. 180" and "т. е. 180".
    r"(?:(?<![\s(][^\W\d_]\.[^\W\d_])(?<![^\W\d_]\.\s[^\W\d_])\.(?!\s[^\W\d_]\.)|[!?])"
    r"(?=[\s*\"”»)\]]|$)|[。！？।॥\n]"
)
_LONGEST: Final = 2000
"""Characters of a sentence that are looked at before a number."""


def sentence_end(text: str, start: int) -> int:
    """Where the sentence that goes on at `start` ends."""
    match = _SENTENCE_END.search(text, start)
    return match.start() if match else len(text)


def sentence_start(text: str, place: int) -> int:
    """Where the sentence at a place begins."""
    begin = max(text.rfind("\n", 0, place) + 1, place - _LONGEST)
    return max((m.end() for m in _SENTENCE_END.finditer(text, begin, place)), default=begin)


def line_end(text: str, start: int) -> int:
    """Where the line that goes on at `start` ends."""
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def within(numbers: Sequence[DigitNumber], start: int, end: int) -> Sequence[DigitNumber]:
    """The numbers between two positions."""
    first = bisect_left(numbers, start, key=lambda number: number.start)
    return numbers[first : bisect_left(numbers, end, key=lambda number: number.start)]
