"""Where an answer ends and the model goes on with a question of its own.

A base model that has seen questions and answers in a row writes the next question after its answer,
and answers that too. Two signs of it count:

1. a line that a word for a question or a speaker opens, before a colon ("Q:", "Pregunta:",
   "**Problem 2.**"). What comes before it must be an answer: a stated one, or, where the word has
   no number and a blank line stands before it, any text with a number;
2. a line of its own that is a whole problem, with a number and a question mark at its end, after a
   line that states the answer.

A text that opens with such a word restates its question or asks itself for the steps; then a later
one needs both a stated answer and a blank line, and one with a number ends nothing.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Final

_PROBLEM: Final = re.compile(r"^(?P<problem>[^\n]*[?\uff1f\u061f])[ \t*_\"”»]*$", re.MULTILINE)
_QUESTION_MARK: Final = re.compile(r"[?\uff1f\u061f]")
_SHORTEST: Final = 40
"""Characters of a whole problem; without spaces between its words half as many do."""
_MARKUP: Final = r"[ \t>#*_\[(【•-]*"
_DIGIT: Final = re.compile(r"\d")


def own_answer(
    text: str, words: tuple[str, ...], states: Callable[[str], bool]
) -> tuple[str, bool]:
    """The text up to the next question, and whether there is one.

    `words` open a question's line; `states` tells whether a text states an answer.
    """
    ends = [
        end for end in (_by_word(text, words, states), _by_problem(text, states)) if end is not None
    ]
    return (text[: min(ends)].rstrip(), True) if ends else (text, False)


def _by_word(text: str, words: tuple[str, ...], states: Callable[[str], bool]) -> int | None:
    """Where the first line begins that a word opens after an answer."""
    restated = False
    for found in _opening(words).finditer(text):
        before = text[: found.start()]
        if not before.strip():
            restated = True
            continue
        numbered = bool(found["number"] or found["listed"] or found["titled"])
        apart = _is_apart(before) or "#" in found[0]
        if restated:
            ends = not numbered and apart and states(before)
        else:
            ends = states(before) or (not numbered and apart and bool(_DIGIT.search(before)))
        if ends:
            return found.start()
        restated = True
    return None


def _is_apart(before: str) -> bool:
    """Whether a blank line, or one of nothing but marks, stands before a line."""
    return re.search(r"\n[^\w\n]*\n[^\w\n]*\Z", before) is not None


def _by_problem(text: str, states: Callable[[str], bool]) -> int | None:
    """Where the first line begins that is a whole problem after a stated answer."""
    if "\n" not in text or _QUESTION_MARK.search(text) is None:
        return None
    for found in _PROBLEM.finditer(text):
        problem, before = found["problem"].strip(), text[: found.start()].rstrip()
        longest = _SHORTEST if " " in problem else _SHORTEST // 2
        if len(problem) < longest or not before or not _DIGIT.search(problem):
            continue
        if states(before[before.rfind("\n") + 1 :]) and states(before):
            return found.start()
    return None


@cache
def _opening(words: tuple[str, ...]) -> re.Pattern[str]:
    """A line opened by one of the words: before a colon, numbered, or as a heading."""
    word = f"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})"
    number = r"[ \t]*(?:no\.?|n°|№|nr\.?|#)?[ \t]*\d+"
    return re.compile(
        rf"^{_MARKUP}{word}(?P<number>{number})?[ \t*_\])】\u00a0\u202f]*[:\uff1a]"
        rf"|^{_MARKUP}{word}(?P<listed>{number})[.)](?=\s)"
        rf"|^[ \t>]*[#*_][#*_ \t]*{word}(?P<titled>{number})?[ \t*_.]*$",
        re.IGNORECASE | re.MULTILINE,
    )
