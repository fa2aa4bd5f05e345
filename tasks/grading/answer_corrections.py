"""Answers that a model takes back: "The answer is 45. Wait, no: 25." states 25.

Words that reject what was said (`WorkedAnswer.taken_back`), at the start of a clause, do so. Words
that only hesitate (`rechecks`: "wait", "let me check") do where an equation with another result
follows: "Hmm, wait. 5 * 5 = 25." A check that comes to the same number, goes on with it or confirms
it changes nothing, and a rejection without a new number neither.
"""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from typing import Final

from tasks.grading.answer_evidence import MOST, AnswerEvidence, EvidencePatterns, has_group
from ultralink_data.text.digits import DigitNumber

_SENTENCE_END: Final = re.compile(r"[.!?](?=[\s*\"”»)\]]|$)|[。！？।\n]")
_SHORT: Final = re.compile(r"[^\w\n]*(?:[^\W\d]{1,8}['’]?[^\w\n]*){0,2}")
_CLOSING: Final = re.compile(r"\s?[^\s\d.,;:!?。，！]{0,15}\s*(?:[.,;!?。，！\n]|\Z)")
_EQUALS: Final = re.compile(r"[^\d\n]{0,20}[=≈]\W*")
_LONGEST_SIGN: Final = 40
_DIRECT: Final = 40
"""Most characters between words that take an answer back and the new one."""


def corrected(
    number: DigitNumber, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber:
    """The number that stands after corrections of `number`; itself if there are none."""
    text = evidence.text
    if not numbers or numbers[-1].start <= number.start:
        return number
    for patterns in evidence.patterns:
        for pattern, find in (
            (patterns.taken_back, _new_number),
            (patterns.put_right, _number_alone),
        ):
            said = deque(pattern.finditer(text, number.end) if pattern else (), maxlen=MOST)
            for match in said:
                new = find(match.end(), numbers, evidence)
                if new is not None and new.start > number.start:
                    number = new
    anew = _computed_anew(number, numbers, evidence) if "=" in text[number.end :] else None
    return number if anew is None else anew


def takes_back(text: str, evidence: Sequence[EvidencePatterns]) -> bool:
    """Whether a clause of the text takes back what was said before, in one of the languages."""
    asks_nothing = not any(mark in text for mark in "?\uff1f\u061f")
    return any(
        (patterns.taken_back is not None and patterns.taken_back.search(text))
        or (asks_nothing and patterns.rechecks is not None and patterns.rechecks.search(text))
        for patterns in evidence
    )


def _number_alone(
    start: int, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber | None:
    """The number that a clause from `start` on consists of, with two words before it and a unit."""
    place = bisect_left(numbers, start, key=lambda number: number.start)
    new = numbers[place] if place < len(numbers) else None
    if new is None or not _SHORT.fullmatch(evidence.text, start, new.start):
        return None
    return new if _CLOSING.match(evidence.text, new.end) else None


def _new_number(
    start: int, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber | None:
    """The number stated from `start` on: the result of the last equation, or the next number."""
    text = evidence.text
    rest = numbers[bisect_left(numbers, start, key=lambda number: number.start) :]
    if not rest:
        return None
    result = _last_result(text, rest)
    if result is not None:
        return result
    end = _SENTENCE_END.search(text, rest[0].end)
    sentence = [n for n in rest if end is None or n.start < end.start()]
    if len(sentence) > 1 and rest[0].start - start > _DIRECT:
        return None
    return evidence.stated(sentence)


def _last_result(text: str, numbers: Sequence[DigitNumber]) -> DigitNumber | None:
    """The result of the last equation among some numbers; None if there is none."""
    for place in range(len(numbers) - 1, 0, -1):
        gap = text[numbers[place - 1].end : numbers[place].start]
        if len(gap) < _LONGEST_SIGN and _EQUALS.fullmatch(gap):
            return numbers[place]
    return None


def _computed_anew(
    number: DigitNumber, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber | None:
    """The result that comes out where the text hesitates and computes again; None if none does."""
    text = evidence.text
    for patterns in evidence.patterns:
        match = patterns.rechecks.search(text, number.end) if patterns.rechecks else None
        if match is None:
            continue
        end = match.end()
        rest = [other for other in numbers if other.start >= end]
        same = {number.value, number.value * 100, number.value / 100}
        new = _last_result(text, rest)
        if new is None or new.value in same:
            return None
        doubted = has_group(match, "doubt")
        if not doubted and any(other.value in same for other in rest):
            return None
        again = rf"(?<!\d){re.escape(text[number.first : number.end])}(?!\d)"
        if not doubted and re.search(again, text[end:]):
            return None  # a part of an expression: "18 / 2 = 9"
        confirmed = any(p.confirms and p.confirms.search(text, end) for p in evidence.patterns)
        return None if confirmed or "✓" in text[end:] or "✔" in text[end:] else new
    return None
