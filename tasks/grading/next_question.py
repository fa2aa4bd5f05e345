"""Where an answer ends and the model goes on with a question of its own.

A base model that has seen questions and answers in a row writes the next question after its answer,
and answers that too. Three signs of it count:

1. a line that a word for a question or a speaker opens, before a colon ("Q:", "Pregunta:",
   "**Problem 2.**"). What comes before it must be an answer: a stated one, or, where the word has
   no number, any text with a number if the question that follows asks about numbers of its own and
   its answer is stated, and behind a blank line any text with an equation;
2. a line of its own that is a whole problem, with a number or a sentence before its question, and a
   question mark at its end (in Thai a word that asks), after a line that states the answer;
3. after GSM8K's closing line ("#### 18") another one with another number, where nothing between
   them takes the first one back.

A text that opens with such a word restates its question or asks itself for the steps; then a later
one needs both a stated answer and a blank line, and one with a number ends nothing.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain, islice
from typing import Final

_PROBLEM: Final = re.compile(r"^(?P<problem>[^\n]*[?\uff1f\u061f])[ \t*_\"”»]*$", re.MULTILINE)
_CLOSING_LINE: Final = re.compile(
    r"^[ \t]*####[ \t]*[^\w\n-]{0,3}(?P<number>-?\d[\d.,]*?)[ \t.]*[^\d\n.]{0,12}$", re.MULTILINE
)
_SENTENCE: Final = re.compile(r"\w[.!]\s+\S|[。！।]")
_QUESTION_MARK: Final = re.compile(r"[?\uff1f\u061f]")
_SHORTEST: Final = 40
"""Characters of a whole problem; those of scripts without spaces between words count twice."""
_DENSE: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u9fff]")
_MOST: Final = 64
"""Lines that such words open and that are looked at; each costs a reading of all before it."""
_MARKUP: Final = r"[ \t>#*_\[(【•-]*"
_NUMBER: Final = re.compile(r"\d+")
_ANSWER_LABEL: Final = re.compile(r"^[ \t>#*_]*[^\W\d_]\d*[ \t*_]*[:.\uff1a]", re.MULTILINE)
_LETTER: Final = re.compile(r"(?<!\w)\w[ \t*_]*[:\uff1a]\Z")
"""An opening of one letter, as examples in a row have: what follows is another question."""
_DIGIT: Final = re.compile(r"\d")


def own_answer(
    text: str,
    words: tuple[str, ...],
    states: Callable[[str], bool],
    takes_back: Callable[[str], bool],
    asked: str = "",
    asks: re.Pattern[str] | None = None,
) -> tuple[str, bool]:
    """The text up to the next question, and whether there is one.

    `words` open a question's line; `states` tells whether a text states an answer, `takes_back`
    whether it takes one back. `asked` is the question that was asked; `asks` matches a line that is
    a question without a mark, as `problem`.
    """
    if "\n" not in text:
        return text, False
    found = (
        _by_word(text, words, states, asked),
        _by_problem(text, states, asks),
        _by_closing_line(text, takes_back),
    )
    ends = [end for end in found if end is not None]
    return (text[: min(ends)].rstrip(), True) if ends else (text, False)


def _by_word(
    text: str, words: tuple[str, ...], states: Callable[[str], bool], asked: str
) -> int | None:
    """Where the first line begins that a word opens after an answer."""
    restated = False
    for found in islice(_opening(words).finditer(text), _MOST):
        before = text[: found.start()]
        if not before.strip():
            restated = True
            continue
        numbered = bool(found["number"] or found["listed"] or found["titled"])
        heading, worked = "#" in found[0], "=" in before
        apart = heading or _is_apart(before)
        if restated:
            ends = not numbered and apart and (states(before) or (heading and worked))
        else:
            # Examples in a row are apart and open with one letter: their numbers need not differ.
            known = "" if apart and _LETTER.search(found[0]) else before + asked
            ends = states(before) or (
                not numbered
                and _DIGIT.search(before) is not None
                and ((apart and worked) or _is_another(text[found.end() :], known, states))
            )
        if ends:
            return found.start()
        restated = True
    return None


def _is_another(rest: str, known: str, states: Callable[[str], bool]) -> bool:
    """Whether a question has numbers that are not known, and an answer of its own."""
    question = rest.lstrip("\n*_ \t").partition("\n")[0]
    new = set(_NUMBER.findall(question)) - set(_NUMBER.findall(known))
    return bool(new) and ("=" in rest or _ANSWER_LABEL.search(rest) is not None or states(rest))


def _is_apart(before: str) -> bool:
    """Whether a blank line, or one of nothing but marks, stands before a line."""
    return re.search(r"\n[^\w\n]*\n[^\w\n]*\Z", before) is not None


def _by_problem(
    text: str, states: Callable[[str], bool], asks: re.Pattern[str] | None
) -> int | None:
    """Where the first line begins that is a whole problem after a stated answer."""
    marked: Iterable[re.Match[str]] = ()
    if _QUESTION_MARK.search(text) is not None:
        marked = _PROBLEM.finditer(text)
    if asks is not None:
        marked = sorted(chain(marked, asks.finditer(text)), key=lambda found: found.start())
    for found in marked:
        problem, before = found["problem"].strip(), text[: found.start()].rstrip()
        dense = len(_DENSE.findall(problem)) if len(problem) < _SHORTEST else 0
        told = _DIGIT.search(problem) or _SENTENCE.search(problem) or found.re is asks
        if len(problem) + dense < _SHORTEST or not before or not told:
            continue
        if states(before[before.rfind("\n") + 1 :]) and states(before):
            return found.start()
    return None


def _by_closing_line(text: str, takes_back: Callable[[str], bool]) -> int | None:
    """Where the first closing line ends, if another one with another number comes later."""
    if text.count("####") < 2:
        return None
    lines = list(_CLOSING_LINE.finditer(text))
    for other in lines[1:]:
        first = lines[0]
        counts_up = (first["number"], other["number"]) == ("1", "2")  # headings
        if first["number"] != other["number"] and not counts_up:
            return None if takes_back(text[first.end() : other.start()]) else first.end()
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
