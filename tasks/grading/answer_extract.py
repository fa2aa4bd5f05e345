r"""Extract the final number of a worked answer, and say how it was found.

The first of these rules that gives a number:

1. `PHRASE`: the number that the last answer phrase states ("The answer is 18.", "#### 18"). If a
   number follows the phrase directly, it counts; if an equation follows, its result does. If words
   come first, the last number of the sentence counts, but only if no other number follows in the
   text: "Answer: Janet's ducks lay 16 eggs. ..." opens a solution and states no answer. Neither
   does a phrase in quotes or after "if" that a number follows.
2. `BOX`: the content of the last `\boxed{}`.
3. `LINE`: a first line with one number and at most a unit, the form that "give only the number"
   asks for.
4. `LAST`: the last number of the text that does not number a step or a list item. This is the
   fallback.

Only the first three are stated answers; a number cut off by the token limit is not.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from functools import cache, partial
from itertools import pairwise
from typing import Final

import msgspec

from tasks.benchmark import Grade, Outcome
from tasks.grading.answer_numbers import find_numbers, normalise
from tasks.grading.answer_words import MARKED_LETTER, AnswerWords, words_of
from tasks.grading.next_question import own_answer
from ultralink_data.languages.sections import WorkedAnswer
from ultralink_data.text.digits import DigitNumber as Number
from ultralink_data.text.digits import render
from ultralink_data.text.number_style import BOX_CLOSE, BOX_OPEN, NumberStyle
from ultralink_data.text.thinking import answer_of, split_reply

_SENTENCE_END: Final = re.compile(r"[.!?](?=[\s*\"”»)\]]|$)|[。！？।॥\n]")
_BLANK: Final = re.compile(r"\s*")
_CLAUSE_END: Final = re.compile(r"[(;]|,\s")
_FAR: Final = 80  # most characters between two numbers of one expression
# Operators that do not occur in a range or a remark ("18 – 9 eggs at $2", "18 of 20").
_ARITHMETIC: Final = re.compile(r"[+*/×÷·]")
_LIST_NUMBER: Final = re.compile(r"\s*[01]\s*[.):、]\s*$")
_ITEM_START: Final = re.compile(r"^[ \t#>*-]*$|\n[ \t#>*-]*$")
_ITEM_END: Final = re.compile(r"[.)、][ \t]+\S")
_QUOTES: Final = ("“”", "«»", "「」")
_NEAR: Final = 24
"""Number of characters before a phrase that are searched for a quote or an "if"."""
GSM8K_PHRASE: Final = r"####"
_OPENINGS: Final = ("question", "problem", "q")
"""Words of the next question where a language gives none."""


class How(StrEnum):
    """The rule that found the number."""

    PHRASE = "answer phrase"
    BOX = "boxed"
    LINE = "bare number"
    LAST = "last number"


class Phrases(msgspec.Struct, frozen=True, kw_only=True):
    """A language's answer phrases (regexes), number style and words of worked answers.

    `next_question` are words that open a question's line (see `AnswerPhrases` of a language).
    """

    patterns: tuple[str, ...]
    style: NumberStyle
    worked: WorkedAnswer
    next_question: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A number found; `at_end` if it ends the text, so the token limit may have cut it.

    `closed` if the model goes on with a question of its own, so that its answer is whole.
    """

    value: Fraction
    how: How
    at_end: bool
    closed: bool = False


def final_number(text: str, phrases: Sequence[Phrases]) -> Answer | None:
    """The final number of `text`; None if it has none.

    The first of `phrases` is the language of the answer; its style is used to read numbers if no
    phrase is found. Thinking, and a question that the model goes on with, are not read.
    """
    openings = tuple(word for group in phrases for word in group.next_question)
    own, goes_on = own_answer(
        answer_of(text), openings or _OPENINGS, lambda before: _states(before, phrases)
    )
    answer = _read(own, phrases)
    if answer is None or not goes_on:
        return answer
    return msgspec.structs.replace(answer, at_end=False, closed=True)


def _states(text: str, phrases: Sequence[Phrases]) -> bool:
    """Whether the text states a number, not only ends with one."""
    answer = _read(text, phrases)
    return answer is not None and answer.how is not How.LAST


def _read(text: str, phrases: Sequence[Phrases]) -> Answer | None:
    text = normalise(text).rstrip()
    style = phrases[0].style
    words = words_of(tuple(group.worked for group in phrases))
    numbers = find_numbers(text, style)
    stated = _from_phrase(text, phrases, numbers, words)
    if stated is not None:
        return _answer(text, stated, How.PHRASE)
    boxed = _from_box(text, numbers, words)
    if boxed is not None:
        return _answer(text, boxed, How.BOX)
    line = _from_first_line(text, numbers, words)
    if line is not None:
        return _answer(text, line, How.LINE)
    last = _last(text, numbers, words)
    return _answer(text, last, How.LAST) if last else None


def rule_of(text: str, phrases: Sequence[Phrases]) -> str:
    """The rule that finds the final number of `text`; "" if it has none."""
    answer = final_number(text, phrases)
    return answer.how.value if answer else ""


def grade_number(text: str, hit_limit: bool, phrases: Sequence[Phrases], gold: Fraction) -> Grade:
    """Grade an answer whose correct number is `gold`.

    The outcome is `truncated` if the token limit came before a stated answer, `no_answer` if there
    is no number; `detail` names the rule unless it was the answer phrase.
    """
    parts = split_reply(text)
    answer = final_number(parts.answer, phrases)
    cut = hit_limit and not parts.complete
    whole = answer is not None and answer.closed
    if cut and not whole and (answer is None or answer.how is How.LAST or answer.at_end):
        detail = "the token limit came before a stated answer"
        return Grade(extracted=None, outcome=Outcome.TRUNCATED, detail=detail)
    if answer is None:
        return Grade(extracted=None, outcome=Outcome.NO_ANSWER, detail="no number")
    outcome = Outcome.CORRECT if answer.value == gold else Outcome.WRONG
    detail = "" if answer.how is How.PHRASE else f"by {answer.how.value}"
    return Grade(extracted=render(answer.value), outcome=outcome, detail=detail)


def _answer(text: str, number: Number, how: How) -> Answer:
    # A comma may be followed by a group of three digits.
    return Answer(value=number.value, how=how, at_end=text[number.end :] in ("", ","))


def _from_phrase(
    text: str, phrases: Sequence[Phrases], own: Sequence[Number], words: AnswerWords
) -> Number | None:
    read = {phrases[0].style: own}
    for group in phrases[1:]:
        if group.style not in read:
            read[group.style] = find_numbers(text, group.style)
    found = [
        (match.end(), match.start(), read[group.style])
        for group in phrases
        for match in _compiled(group.patterns).finditer(text)
    ]
    # If phrases of two languages end at the same place, prefer the answer's own language.
    for end, start, numbers in sorted(found, key=lambda place: place[0], reverse=True):
        number = _statement(text, end, numbers, words, mentioned=_is_mentioned(text, start, words))
        if number is not None:
            return number
    return None


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One regex of several patterns, with letters in the form that `normalise` gives a text."""
    nfc = partial(unicodedata.normalize, "NFC")
    return re.compile("|".join(f"(?:{nfc(p)})" for p in (*patterns, GSM8K_PHRASE)), re.IGNORECASE)


def _is_mentioned(text: str, start: int, words: AnswerWords) -> bool:
    """Whether the phrase at `start` is quoted or follows an "if", so it may state no answer."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    near = before[-_NEAR:]
    if words.supposed.search(near):
        return True
    if '"' in near and before.count('"') % 2:
        return True
    return any(near.rfind(left) > near.rfind(right) for left, right in _QUOTES)


def _statement(
    text: str, start: int, everywhere: Sequence[Number], words: AnswerWords, *, mentioned: bool
) -> Number | None:
    """The number that a phrase ending at `start` states; None if it states none."""
    end = _sentence_end(text, start)
    numbers = _within(everywhere, start, end)
    if not numbers:
        return _on_next_line(text, start, end, everywhere, words)
    if not mentioned and words.is_currency(text[start : numbers[0].start]):
        return _result(text, numbers, words)
    if everywhere[-1].start >= end:
        return None
    return _equation_result(_expression(text, numbers, words)) or numbers[-1]


def _sentence_end(text: str, start: int) -> int:
    match = _SENTENCE_END.search(text, start)
    return match.start() if match else len(text)


def _within(numbers: Sequence[Number], start: int, end: int) -> Sequence[Number]:
    """The numbers between two positions."""
    first = bisect_left(numbers, start, key=lambda number: number.start)
    return numbers[first : bisect_left(numbers, end, key=lambda number: number.start)]


def _on_next_line(
    text: str, start: int, end: int, everywhere: Sequence[Number], words: AnswerWords
) -> Number | None:
    """The number alone on the line after a phrase that ends its own line; None if there is none."""
    if re.search(r"\w", text[start:end]) or not text.startswith("\n", end):
        return None
    gap = _BLANK.match(text, end)
    offset = gap.end() if gap else end
    line_end = text.find("\n", offset)
    line_end = len(text) if line_end < 0 else line_end
    numbers = _within(everywhere, offset, line_end)
    return numbers[0] if _is_bare(text[offset:line_end], numbers, offset, words) else None


def _from_box(text: str, everywhere: Sequence[Number], words: AnswerWords) -> Number | None:
    end = len(text)
    while (start := text.rfind(BOX_OPEN, 0, end)) >= 0:
        close = text.find(BOX_CLOSE, start, end)
        numbers = _within(everywhere, start, end if close < 0 else close)
        if numbers:
            return _result(text, numbers, words)
        end = start
    return None


def _from_first_line(text: str, numbers: Sequence[Number], words: AnswerWords) -> Number | None:
    offset = len(text) - len(text.lstrip())
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    line = text[offset:end]
    inside = [n for n in numbers if n.end <= end]
    if _LIST_NUMBER.match(line) and end < len(text):  # "1." opens a list
        return None
    return inside[0] if _is_bare(line, inside, offset, words) else None


def _last(text: str, numbers: Sequence[Number], words: AnswerWords) -> Number | None:
    """The last number that is not a label; if all are labels, the last one."""
    results = (number for number in reversed(numbers) if not _is_label(text, number, words))
    return next(results, numbers[-1] if numbers else None)


def _is_label(text: str, number: Number, words: AnswerWords) -> bool:
    """Whether a number names a step or a list item: "Step 3:", "第3步", "3. " on a new line."""
    before = text[max(number.start - _NEAR, 0) : number.start]
    if words.is_step(before, text[number.end : number.end + _NEAR]):
        return True
    return bool(_ITEM_START.search(before) and _ITEM_END.match(text, number.end))


def _is_bare(line: str, numbers: Sequence[Number], offset: int, words: AnswerWords) -> bool:
    """Whether a line is one number, with at most a currency before it and a short unit after it."""
    if len(numbers) != 1:
        return False
    before = line[: max(numbers[0].start - offset, 0)]
    after = line[numbers[0].end - offset :]
    unit = re.findall(rf"(?:{MARKED_LETTER})+", after)
    # Without spaces between words a longer run of characters is a sentence, not a unit; Japanese
    # units are katakana (\u30a0-\u30ff) and as long as in English.
    short = len(unit) <= 1 and not re.search(r"[\u3040-\u309f\u3400-\u9fff]{4}", after)
    return short and len(after) <= 24 and words.is_currency(before)


def _result(text: str, numbers: Sequence[Number], words: AnswerWords) -> Number:
    """The first number, or the result of the expression that it starts.

    The result of an expression without an equals sign comes later in the sentence: "9 * 2, which is
    18".
    """
    sides = _expression(text, numbers, words)
    result = _equation_result(sides)
    if result is not None:
        return result
    opened = len(sides[0]) > 1 and _ARITHMETIC.search(text[numbers[0].end : numbers[1].start])
    return numbers[-1] if opened else numbers[0]


def _expression(text: str, numbers: Sequence[Number], words: AnswerWords) -> list[list[Number]]:
    """The sides of the equation that the first number starts; one side if there is no `=`."""
    sides = [[numbers[0]]]
    for left, right in pairwise(numbers):
        between = text[left.end : right.start]
        if (
            len(between) > _FAR
            or _CLAUSE_END.search(between)
            or not words.operator.fullmatch(between)
        ):
            break
        if "=" in between or "≈" in between:
            sides.append([right])
        else:
            sides[-1].append(right)
    return sides


def _equation_result(sides: Sequence[Sequence[Number]]) -> Number | None:
    """The last side that is a single number: 18 in `9 * 2 = 18` and in `18 = 9 * 2`."""
    if len(sides) == 1:
        return None
    return next((side[0] for side in reversed(sides) if len(side) == 1), sides[-1][0])
