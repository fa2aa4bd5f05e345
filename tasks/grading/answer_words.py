"""What the words of a language find around the numbers of a worked answer."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import NamedTuple

from ultralink_data.languages.sections import WorkedAnswer
from ultralink_data.text.digits import LETTER
from ultralink_data.text.units import MARKS

MARKED_LETTER = rf"[^\W\d_][{MARKS}]*"
"""A letter with the vowel signs that belong to it."""


class AnswerWords(NamedTuple):
    """Expressions made of the words of one or several languages.

    `step` ends before the number of a step and `supposed` before an answer phrase that is only
    supposed; `operator` matches all that stands between two numbers of one expression: at most a
    unit, then an operator.
    """

    step: re.Pattern[str]
    numbered: tuple[tuple[str, str], ...]
    supposed: re.Pattern[str]
    operator: re.Pattern[str]
    currencies: frozenset[str]

    def is_currency(self, text: str) -> bool:
        """Whether all words of `text` are names of currencies."""
        words = re.findall(rf"(?:{MARKED_LETTER})+", text)
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
    """The words of several languages as one."""
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
    """An expression for one of the words, whole where spaces part words."""
    spaced: list[str] = []
    free: list[str] = []
    for word in words:
        (spaced if re.match(LETTER, word) else free).append(re.escape(word))
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []
    return f"(?:{'|'.join(parts + free)})" if parts or free else r"(?!)"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
