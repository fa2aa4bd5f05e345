"""Answers that a model takes back: "The answer is 45. Wait, no: 25." states 25.

Only words that reject what was said (`WorkedAnswer.taken_back`), at the start of a clause, count. A
check that comes to the same number changes nothing, and a rejection without a new number neither.
"""

import re
from collections.abc import Sequence
from typing import Final

from tasks.grading.answer_evidence import AnswerEvidence, evidence_patterns
from ultralink_data.languages.sections import WorkedAnswer
from ultralink_data.text.digits import DigitNumber

_SENTENCE_END: Final = re.compile(r"[.!?](?=[\s*\"”»)\]]|$)|[。！？।\n]")
_SHORT: Final = re.compile(r"[^\w\n]*(?:[^\W\d]{1,8}['’]?[^\w\n]*){0,2}")
_CLOSING: Final = re.compile(r"\s?[^\s\d.,;:!?。，！]{0,15}\s*(?:[.,;!?。，！\n]|\Z)")
_DIRECT: Final = 40
"""Most characters between words that take an answer back and the new one."""


def corrected(
    number: DigitNumber, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber:
    """The number that stands after corrections of `number`; itself if there are none."""
    text = evidence.text
    for patterns in evidence.patterns:
        for pattern, find in (
            (patterns.taken_back, _new_number),
            (patterns.put_right, _number_alone),
        ):
            for match in pattern.finditer(text, number.end) if pattern else ():
                new = find(match.end(), numbers, evidence)
                if new is not None and new.start > number.start:
                    number = new
    return number


def takes_back(text: str, sections: Sequence[WorkedAnswer]) -> bool:
    """Whether a clause of the text takes back what was said before, in one of the languages."""
    return any(
        patterns.taken_back is not None and patterns.taken_back.search(text)
        for patterns in evidence_patterns(tuple(sections))
    )


def _number_alone(
    start: int, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber | None:
    """The number that a clause from `start` on consists of, with two words before it and a unit."""
    new = next((number for number in numbers if number.start >= start), None)
    if new is None or not _SHORT.fullmatch(evidence.text, start, new.start):
        return None
    return new if _CLOSING.match(evidence.text, new.end) else None


def _new_number(
    start: int, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber | None:
    """The number stated from `start` on: the result of the last equation, or the next number."""
    text = evidence.text
    rest = [number for number in numbers if number.start >= start]
    if not rest:
        return None
    for place in range(len(rest) - 1, 0, -1):
        gap = text[rest[place - 1].end : rest[place].start]
        if re.fullmatch(r"[^\d\n]{0,20}[=≈]\W*", gap):
            return rest[place]
    end = _SENTENCE_END.search(text, rest[0].end)
    sentence = [n for n in rest if end is None or n.start < end.start()]
    if len(sentence) > 1 and rest[0].start - start > _DIRECT:
        return None
    return evidence.stated(sentence)
