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
_DIRECT: Final = 40
"""Most characters between words that take an answer back and the new one."""


def corrected(
    number: DigitNumber, numbers: Sequence[DigitNumber], evidence: AnswerEvidence
) -> DigitNumber:
    """The number that stands after corrections of `number`; itself if there are none."""
    text = evidence.text
    for patterns in evidence.patterns:
        taken_back = patterns.taken_back
        for match in taken_back.finditer(text, number.end) if taken_back else ():
            new = _new_number(match.end(), numbers, evidence)
            if new is not None:
                number = new
    return number


def takes_back(text: str, sections: Sequence[WorkedAnswer]) -> bool:
    """Whether a clause of the text takes back what was said before, in one of the languages."""
    return any(
        patterns.taken_back is not None and patterns.taken_back.search(text)
        for patterns in evidence_patterns(tuple(sections))
    )


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
