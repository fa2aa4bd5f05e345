r"""Extract the final number of a worked answer, and say how it was found.

The first of these rules that gives a number:

1. `PHRASE`: the number that the last answer phrase states ("The answer is 18.", "#### 18"). If a
   number follows the phrase directly, it counts; if an equation follows, its result does. If words
   come first, the number that the sentence states counts (`answer_evidence`), but only if no other
   number follows in the text: "Answer: Janet's ducks lay 16 eggs. ..." opens a solution and states
   no answer. Neither does a phrase in quotes or after "if" that a number follows.
2. `BOX`: the content of the last `\boxed{}`.
3. `LINE`: a first line with one number and at most a unit, the form that "give only the number"
   asks for.
4. `RESULT`: the number of words for a result ("The result is 18"), if what the text names last only
   explains it (`explained_results`).
5. `LAST`: what the last sentence with a number states, labels of steps and lists aside. This is the
   fallback.

Only the first three are stated answers; a number cut off by the token limit is not. A stated answer
that the text takes back gives way to the new one (`answer_corrections`). Numbers in words count
where the answer stands and no digits do.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

from tasks.benchmark import Grade, Outcome
from tasks.grading.answer_corrections import corrected, takes_back
from tasks.grading.answer_evidence import MOST, AnswerEvidence, bold_values
from tasks.grading.answer_numbers import find_numbers, normalise, spelled_numbers
from tasks.grading.answer_places import line_end, sentence_end, sentence_start, within
from tasks.grading.answer_readers import AnswerReaders, Phrases, readers_of
from tasks.grading.answer_words import MARKED_LETTER, AnswerWords, is_label, is_mentioned
from tasks.grading.asked_unit import Asked, asked_for
from tasks.grading.explained_results import numbers_given, only_explains
from tasks.grading.expressions import equation_result, expression, result_of
from tasks.grading.next_question import own_answer
from ultralink_data.text.digits import DigitNumber as Number
from ultralink_data.text.digits import render
from ultralink_data.text.number_style import BOX_CLOSE, BOX_OPEN
from ultralink_data.text.numbers import with_words
from ultralink_data.text.thinking import answer_of, split_reply

_CLOSED: Final = re.compile(r"[^\W\d]*\s?[^\W\d]*\s*(?:[,;:.(]|$)")
_BLANK: Final = re.compile(r"\s*")
_WORDS: Final = re.compile(rf"(?:{MARKED_LETTER})+")
_SENTENCE: Final = re.compile(r"[\u3040-\u309f\u3400-\u9fff]{4}")
_SHORT: Final = 16
"""An answer of fewer digits and nothing else is read at sight."""
_LIST_NUMBER: Final = re.compile(r"\s*[01]\s*[.):、]\s*$")


class How(StrEnum):
    """The rule that found the number."""

    PHRASE = "answer phrase"
    BOX = "boxed"
    LINE = "bare number"
    RESULT = "result explained"
    LAST = "last number"


_UNSTATED: Final = (How.RESULT, How.LAST)
"""Rules whose number may stand on the way to the answer, so that a token limit came before it."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A number found; `at_end` if it ends the text, so the token limit may have cut it.

    `closed` if the model goes on with a question of its own, so that its answer is whole.
    """

    value: Fraction
    how: How
    at_end: bool
    closed: bool = False


def final_number(text: str, phrases: Sequence[Phrases], question: str = "") -> Answer | None:
    """The final number of `text`; None if it has none.

    The first of `phrases` is the language of the answer; its style is used to read numbers if no
    phrase is found. Thinking, and a question that the model goes on with, are not read. What
    `question` asks to count helps to tell the answer from other numbers in its sentence.
    """
    return _own_number(answer_of(text), readers_of(phrases), question)


def _own_number(text: str, readers: AnswerReaders, question: str) -> Answer | None:
    """The final number of an answer without its thinking."""
    bare = text.strip()
    if len(bare) < _SHORT and bare.isascii() and bare.isdecimal():
        return Answer(value=Fraction(int(bare)), how=How.LINE, at_end=True)
    own, goes_on = own_answer(
        text,
        readers.openings,
        lambda before: _states(before, readers),
        lambda between: takes_back(between, readers.evidence),
        question,
        readers.asks,
    )
    answer = _read(own, readers, question)
    if answer is None or not goes_on:
        return answer
    return msgspec.structs.replace(answer, at_end=False, closed=True)


def _states(text: str, readers: AnswerReaders) -> bool:
    """Whether the text states a number, not only ends with one."""
    answer = _read(text, readers, "")
    return answer is not None and answer.how not in _UNSTATED


class _Reading(NamedTuple):
    """A text from `normalise` that is read for its answer, and what helps to read it."""

    text: str
    numbers: Sequence[Number]
    words: AnswerWords
    evidence: AnswerEvidence
    language: str

    def with_numbers(self, numbers: Sequence[Number], language: str) -> "_Reading":
        """The same text with its numbers as another language writes them."""
        return self._replace(numbers=numbers, language=language)


def _read(text: str, readers: AnswerReaders, question: str) -> Answer | None:
    own = readers.stated[0][0]
    bold = bold_values(text, own.style)
    text = normalise(text).rstrip()
    readers = readers.enough_for(text)
    code, asked = own.language or "en", Asked()
    if question:
        asked = asked_for(question, own.worked.asked, code, own.worked.difference)
    evidence = AnswerEvidence(text, code, readers.evidence, bold, asked)
    numbers = find_numbers(text, own.style)
    reading = _Reading(text, numbers, readers.words, evidence, own.language)
    places = _stated_places(reading, readers)
    stated, how = _from_phrase(places, readers.words, question), How.PHRASE
    if stated is None:
        stated, how = _from_box(reading), How.BOX
    if stated is None:
        stated, how = _from_first_line(reading), How.LINE
    if stated is not None:
        return _answer(reading, corrected(stated, numbers, evidence), how)
    last = _last(reading)
    if last is None:
        return None
    result = _explained(places, last, question)
    if result is not None:
        return _answer(reading, corrected(result, numbers, evidence), How.RESULT)
    return _answer(reading, last, How.LAST)


def rule_of(text: str, phrases: Sequence[Phrases], question: str = "") -> str:
    """The rule that finds the final number of `text`; "" if it has none."""
    answer = final_number(text, phrases, question)
    return answer.how.value if answer else ""


def grade_number(
    text: str, hit_limit: bool, phrases: Sequence[Phrases], gold: Fraction, question: str = ""
) -> Grade:
    """Grade an answer whose correct number is `gold`.

    The outcome is `truncated` if the token limit came before a stated answer, `no_answer` if there
    is no number; `detail` names the rule unless it was the answer phrase.
    """
    parts = split_reply(text)
    answer = _own_number(parts.answer, readers_of(phrases), question)
    cut = hit_limit and not parts.complete
    whole = answer is not None and answer.closed
    if cut and not whole and (answer is None or answer.how in _UNSTATED or answer.at_end):
        detail = "the token limit came before a stated answer"
        return Grade(extracted=None, outcome=Outcome.TRUNCATED, detail=detail)
    if answer is None:
        return Grade(extracted=None, outcome=Outcome.NO_ANSWER, detail="no number")
    outcome = Outcome.CORRECT if answer.value == gold else Outcome.WRONG
    detail = "" if answer.how is How.PHRASE else f"by {answer.how.value}"
    return Grade(extracted=render(answer.value), outcome=outcome, detail=detail)


def _answer(reading: _Reading, number: Number, how: How) -> Answer:
    text = reading.text
    if reading.language and text[number.first].isdigit():
        number = with_words(text, number, reading.language)
    # A comma may be followed by a group of three digits, and a line of words by its rest.
    rest = text[number.end :]
    words = how is How.LINE and not text[number.first].isdigit() and "\n" not in rest
    return Answer(value=number.value, how=how, at_end=words or rest in ("", ","))


class _Stated(NamedTuple):
    """Words that state an answer, from `start` to `end`, with the text as their language reads it.

    `result` if they may also name a result on the way.
    """

    start: int
    end: int
    reading: _Reading
    result: bool


def _stated_places(reading: _Reading, readers: AnswerReaders) -> list[_Stated]:
    """The phrases of a text, the last one first."""
    read = {readers.stated[0][0].style: reading.numbers}
    found = [
        (match.end(), match.start(), group, match["result"] is not None)
        for group, stated in readers.stated
        for match in stated.finditer(reading.text)
    ]
    # If phrases of two languages end at the same place, prefer the answer's own language.
    last = sorted(found, key=lambda place: place[0], reverse=True)[:MOST]
    for *_, group, _ in last:
        if group.style not in read:
            read[group.style] = find_numbers(reading.text, group.style)
    return [
        _Stated(start, end, reading.with_numbers(read[group.style], group.language), result)
        for end, start, group, result in last
    ]


def _from_phrase(places: Sequence[_Stated], words: AnswerWords, question: str) -> Number | None:
    for start, end, reading, result in places:
        if result and BOX_OPEN in reading.text:
            continue
        mentioned = result or is_mentioned(reading.text, start, words)
        number = _statement(reading, end, mentioned=mentioned)
        if number is not None and result:
            return _explained((_Stated(start, end, reading, result),), number, question) or number
        if number is not None:
            return number
    return None


def _explained(places: Sequence[_Stated], last: Number, question: str) -> Number | None:
    """The number of the last result if `last` only explains it; None if it does more."""
    for start, end, reading, result in places:
        text, words = reading.text, reading.words
        numbers = within(reading.numbers, end, sentence_end(text, end)) if result else ()
        if not numbers or not words.is_currency(text[end : numbers[0].start]):
            continue
        if is_mentioned(text, start, words) or reading.evidence.is_denied(numbers[0]):
            return None
        quantities = reading.evidence.quantities(numbers)
        number = reading.evidence.converted(result_of(text, quantities, words), quantities)
        given = numbers_given(question, reading.evidence.language)
        explains = only_explains(text, reading.numbers, start, number, last, given)
        return number if explains else None
    return None


def _goes_on(reading: _Reading, start: int) -> bool:
    """Whether numbers follow the sentence at `start`."""
    last = reading.numbers[-1].start if reading.numbers else -1
    return last >= sentence_end(reading.text, start)


def _statement(reading: _Reading, start: int, *, mentioned: bool) -> Number | None:
    """The number that a phrase ending at `start` states; None if it states none."""
    text, words = reading.text, reading.words
    end = sentence_end(text, start)
    numbers = within(reading.numbers, start, end)
    if not numbers:
        return _on_next_line(reading, start, end) or _spelled_statement(
            reading, start, end, mentioned=mentioned
        )
    direct = not mentioned and words.is_currency(text[start : numbers[0].start])
    if direct and not reading.evidence.is_denied(numbers[0]):
        quantities = reading.evidence.quantities(numbers)
        return reading.evidence.converted(result_of(text, quantities, words), quantities)
    spelled = None if mentioned else _spelled_first(reading, start, numbers[0].start)
    if spelled is not None:
        return spelled
    if _goes_on(reading, start):
        return None
    sides = expression(text, numbers, words)
    return equation_result(sides) or reading.evidence.stated(numbers)


def _spelled_statement(
    reading: _Reading, start: int, end: int, *, mentioned: bool
) -> Number | None:
    """The number in words that a phrase states in a sentence without digits."""
    numbers = spelled_numbers(reading.text, start, end, reading.language)
    if not numbers:
        return None
    if not mentioned and reading.words.is_currency(reading.text[start : numbers[0].start]):
        return numbers[0]
    if _goes_on(reading, start):
        return None
    several = [number for number in numbers if number.value != 1]  # not the article
    return reading.evidence.stated(several) if several else None


def _spelled_first(reading: _Reading, start: int, end: int) -> Number | None:
    """The number in words right behind a phrase, before the first digits; a clause ends there."""
    numbers = spelled_numbers(reading.text, start, end, reading.language)
    if not numbers or not reading.words.is_currency(reading.text[start : numbers[0].start]):
        return None
    closed = _CLOSED.match(reading.text, numbers[0].end)
    return numbers[0] if closed is not None and closed.end() <= end else None


def _on_next_line(reading: _Reading, start: int, end: int) -> Number | None:
    """The number alone on the line after a phrase that ends its own line; None if there is none."""
    text = reading.text
    if re.search(r"\w", text[start:end]) or not text.startswith("\n", end):
        return None
    gap = _BLANK.match(text, end)
    offset = gap.end() if gap else end
    return _bare_number(reading, offset, line_end(text, offset))


def _from_box(reading: _Reading) -> Number | None:
    text, words = reading.text, reading.words
    end = len(text)
    while (start := text.rfind(BOX_OPEN, 0, end)) >= 0:
        close = text.find(BOX_CLOSE, start, end)
        close = end if close < 0 else close
        numbers = reading.evidence.quantities(within(reading.numbers, start, close))
        if numbers:
            return reading.evidence.converted(result_of(text, numbers, words), numbers)
        spelled = spelled_numbers(text, start + 1, close, reading.language)
        if len(spelled) == 1:
            return spelled[0]
        end = start
    return None


def _from_first_line(reading: _Reading) -> Number | None:
    text = reading.text
    offset = len(text) - len(text.lstrip())
    end = line_end(text, offset)
    if _LIST_NUMBER.match(text[offset:end]) and end < len(text):  # "1." opens a list
        return None
    return _bare_number(reading, offset, end)


def _bare_number(reading: _Reading, start: int, end: int) -> Number | None:
    """The number, in digits or words, that a line consists of; None if it has more."""
    inside = within(reading.numbers, start, end)
    if len(inside) > 2:
        return None
    numbers = reading.evidence.quantities(inside)
    if not numbers:
        numbers = spelled_numbers(reading.text, start, end, reading.language)
        # "Three steps:" opens a solution, "Three" alone does not.
        alone = numbers and not re.search(r"\w", reading.text[numbers[0].end : end])
        if reading.numbers and not alone:
            return None
    bare = _is_bare(reading.text[start:end], numbers, start, reading.words)
    return numbers[0] if bare else None


def _last(reading: _Reading) -> Number | None:
    """What the last sentence with a number states; labels are none unless there is nothing else."""
    text, numbers = reading.text, reading.numbers
    if not numbers:
        spelled = spelled_numbers(text, 0, len(text), reading.language)
        several = [number for number in spelled if number.value != 1]
        return several[-1] if several else None
    end, difference = len(numbers), None
    while end:
        if is_label(text, numbers[end - 1], reading.words):
            end -= 1
            continue
        start = sentence_start(text, numbers[end - 1].start)
        first = bisect_left(numbers, start, key=lambda number: number.start)
        # A label opens its sentence.
        opened = first < end - 1 and is_label(text, numbers[first], reading.words)
        sentence = numbers[first + opened : end]
        stated = reading.evidence.stated(sentence)
        if stated is not None and not (first and reading.evidence.only_compares(sentence)):
            return stated
        difference = difference or stated
        end = first
    return difference or numbers[-1]


def _is_bare(line: str, numbers: Sequence[Number], offset: int, words: AnswerWords) -> bool:
    """Whether a line is one number, with at most a currency before it and a short unit after it."""
    if len(numbers) != 1:
        return False
    before = line[: max(numbers[0].start - offset, 0)]
    after = line[numbers[0].end - offset :]
    unit = _WORDS.findall(after) if after else []
    # Without spaces between words a longer run of characters is a sentence, not a unit; Japanese
    # units are katakana (\u30a0-\u30ff) and as long as in English.
    short = len(unit) <= 1 and not _SENTENCE.search(after)
    return short and len(after) <= 24 and words.is_currency(before)
