"""Regular expressions, made of a language's words, for text around numbers in a worked answer."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Final, NamedTuple

from ultralink_data.languages.sections import WorkedAnswer
from ultralink_data.text.digits import DigitNumber
from ultralink_data.text.number_style import LETTER
from ultralink_data.text.units import MARKS

_ITEM_START: Final = re.compile(r"^[ \t#>*-]*$|\n[ \t#>*-]*$")
_ITEM_END: Final = re.compile(r"[.)、][ \t]+\S")
_QUOTES: Final = ("“”", "«»", "「」")
_NEAR: Final = 24
"""Number of characters before a phrase that are searched for a quote or an "if"."""

MARKED_LETTER = rf"[^\W\d_][{MARKS}]*"
"""A letter with its vowel signs."""
_WORDS: Final = re.compile(rf"(?:{MARKED_LETTER})+")


class AnswerWords(NamedTuple):
    """Regular expressions made of the words of one or several languages.

    A match of `step` ends before the number of a step, a match of `supposed` before an answer
    phrase after an "if". `operator` matches everything between two numbers of one expression: at
    most a unit, then an operator.
    """

    step: re.Pattern[str]
    numbered: tuple[tuple[str, str], ...]
    supposed: re.Pattern[str]
    operator: re.Pattern[str]
    currencies: frozenset[str]

    def is_currency(self, text: str) -> bool:
        """Whether all words of `text` are currency names."""
        words = _WORDS.findall(text) if text else ()
        return all(word.lower() in self.currencies for word in words)

    def is_step(self, before: str, after: str) -> bool:
        """Whether a number between these two texts names a step: "Step 3:", "第3步"."""
        if self.step.search(before):
            return True
        return any(
            before.endswith(left) and after.startswith(right) for left, right in self.numbered
        )


@cache
def words_of(sections: tuple[WorkedAnswer, ...]) -> AnswerWords:
    """The regular expressions of several languages combined."""
    operators = _whole(chain.from_iterable(section.operators for section in sections))
    return AnswerWords(
        step=_compiled(_whole(chain.from_iterable(s.step for s in sections)) + r"\s*$"),
        numbered=tuple(chain.from_iterable(section.numbered for section in sections)),
        supposed=_compiled(
            _whole(chain.from_iterable(s.supposed for s in sections)) + r"[^.,;:\d\n]{0,16}$"
        ),
        operator=_compiled(
            rf"\W*(?:(?:{MARKED_LETTER}){{1,15}}\.?\s*)??(?:[-+*/×÷·^=≈−–]|{operators})[^\w\n]*"
        ),
        currencies=frozenset(chain.from_iterable(section.currencies for section in sections)),
    )


def _whole(words: Iterable[str]) -> str:
    """A regex for any of the words, as whole words if the language separates words by spaces."""
    spaced: list[str] = []
    free: list[str] = []
    for word in words:
        (spaced if re.match(LETTER, word) else free).append(re.escape(word))
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []
    return f"(?:{'|'.join(parts + free)})" if parts or free else r"(?!)"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def is_mentioned(text: str, start: int, words: AnswerWords) -> bool:
    """Whether the phrase at `start` is quoted or follows an "if", so it may state no answer."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    near = before[-_NEAR:]
    if words.supposed.search(near):
        return True
    if '"' in near and before.count('"') % 2:
        return True
    return any(near.rfind(left) > near.rfind(right) for left, right in _QUOTES)


def is_label(text: str, number: DigitNumber, words: AnswerWords) -> bool:
    """Whether a number names a step or a list item: "Step 3:", "第3步", "3. " on a new line."""
    before = text[max(number.start - _NEAR, 0) : number.start]
    if words.is_step(before, text[number.end : number.end + _NEAR]):
        return True
    return bool(_ITEM_START.search(before) and _ITEM_END.match(text, number.end))
