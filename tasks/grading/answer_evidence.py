"""Which of several numbers a concluding sentence states, and which only say more about it.

"She makes 18 dollars in 4 weeks" states 18. The first of these that leaves some numbers and drops
others decides, and of what is left the last number counts:

1. a number that is denied ("not 8") or an operand ("9 * 2 = 18") is none;
2. the result of an equation that the sentence ends with;
3. the numbers in bold;
4. the numbers that count what the question asks for ("how many minutes");
5. not those that only qualify: behind "in", "of 20", "after", in brackets, a converted quantity,
   or telling one of several things ("on day 1"). A number in a clause that says what for counts all
   the same where it is the product of the others: "60 miles per hour for 3 hours to cover 180".

A difference ("18 more than Sue has", "18 more than 20") and what it is to are set aside, unless the
question asks how many more. Of a sentence that says nothing else the difference counts, but only if
no number comes before it in the text.

The words are in the language files (`WorkedAnswer`).
"""

import re
import unicodedata
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from math import prod
from typing import Final, NamedTuple

from tasks.grading.answer_numbers import find_numbers, normalise
from tasks.grading.asked_unit import (
    Asked,
    answers,
    is_price,
    same_quantity,
    unit_of,
    whole_quantities,
)
from tasks.grading.expressions import results
from ultralink_data.languages.sections import WorkedAnswer
from ultralink_data.text.digits import DigitNumber
from ultralink_data.text.number_style import CURRENCY_SIGNS, NumberStyle

_BOLD: Final = re.compile(r"\*\*(?=\S)([^*\n]{1,80}?)(?<=\S)\*\*")
_ORDINAL: Final = re.compile(r"(?:st|nd|rd|th)\b")
_WINDOW: Final = 64
"""Characters before a number in which words about it are looked for."""
_CLAUSE: Final = (
    r"(?:\A|[.!?…,;:。！？，、।\n—–)]|\s--?(?=\s)|(?<=[\u0e00-\u0e7f\d])\s)[\s\"*(\u200b]{0,16}"
)
"""Where a clause begins; in Thai at a space. Bounded: a run of marks would cost its square."""
_SPOKEN: Final = rf"[\s\"“«({CURRENCY_SIGNS}]*"
_COMPARED: Final = rf"\s?(?:[^\s\d]+\s){{0,2}}{_SPOKEN}"
"""What may stand between "more than" and the number that it is more than."""
_BOUNDED: Final = re.compile(r"[A-Za-z\u0400-\u04ff]{2}")
"""In the words of languages that write them with spaces between and with no signs behind."""
_WORD_END: Final = r"(?:(?<=['’ ])|(?![^\W\d_]))"
_LABELLED: Final = r"[\s#№]*"
_RESTATED: Final = 40
"""Most characters between a quantity and the same one in another unit."""
MOST: Final = 64
"""Numbers of a sentence, and phrases of one kind in an answer, that are weighed: the last ones.

No answer that a person could follow has more, and one that repeats itself would cost its square.
"""


class EvidencePatterns(NamedTuple):
    """The regular expressions of one language; None if it has no such words."""

    denied: re.Pattern[str] | None
    denied_after: re.Pattern[str] | None
    qualifying: re.Pattern[str] | None
    clause: re.Pattern[str] | None
    part_of: re.Pattern[str] | None
    currency: re.Pattern[str] | None
    after: re.Pattern[str] | None
    compared: re.Pattern[str] | None
    taken_back: re.Pattern[str] | None
    put_right: re.Pattern[str] | None
    rechecks: re.Pattern[str] | None
    confirms: re.Pattern[str] | None
    purpose: re.Pattern[str] | None
    needed: re.Pattern[str] | None


class AnswerEvidence(NamedTuple):
    """What tells numbers of a text apart; `bold` are the values in bold."""

    text: str
    language: str
    patterns: tuple[EvidencePatterns, ...]
    bold: frozenset[Fraction]
    asked: Asked

    def stated(self, numbers: Sequence[DigitNumber]) -> DigitNumber | None:
        """The number that a sentence with these numbers states; None if all are denied."""
        numbers = numbers[-MOST:]
        left, computed = results(self.text, numbers)
        if computed and not self.is_denied(left[-1]):
            return left[-1]
        numbers = self.quantities(left)
        left = [number for number in numbers if not self.is_denied(number)]
        if len(left) < 2:
            return left[0] if left else None
        if self.bold:
            left = [number for number in left if number.value in self.bold] or left
        if self.asked.difference:
            left = [n for n in left if self._is_difference(n)] or left
        if self.asked.words:
            left = [n for n in left if self._answers(n)] or left
        left = [n for n in left if not self._is_restated(n, left)] or left
        if self._is_yielded(left[-1], numbers):
            return left[-1]
        free = [n for n in left if not self._is_aside(n, numbers)]
        left = free or [n for n in left if self._is_difference(n)] or left
        return ([n for n in left if not self._qualifies(n)] or left)[-1]

    def only_compares(self, numbers: Sequence[DigitNumber]) -> bool:
        """Whether two numbers only say by how much something differs, which nobody asked for."""
        if len(numbers) != 2 or self.asked.difference:
            return False
        return any(map(self._is_difference, numbers)) and all(
            self._is_aside(n, numbers) or self._qualifies(n) for n in numbers
        )

    def quantities(self, numbers: Sequence[DigitNumber]) -> list[DigitNumber]:
        """Numbers, with a quantity in two units as one."""
        return whole_quantities(self.text, numbers, self.asked, self.language)

    def converted(self, number: DigitNumber, numbers: Sequence[DigitNumber]) -> DigitNumber:
        """The stated number in the unit asked for, if the sentence also gives it in that one."""
        language = self.language
        if not self.asked.unit or unit_of(self.text, number, language) == self.asked.unit:
            return number
        return next(
            (
                other
                for other in numbers
                if unit_of(self.text, other, language) == self.asked.unit
                and same_quantity(self.text, number, other, language)
            ),
            number,
        )

    def is_denied(self, number: DigitNumber) -> bool:
        """Whether a number is named only to be rejected."""
        before = self.text[max(number.start - _WINDOW, 0) : number.start]
        return any(
            (p.denied is not None and p.denied.search(before) is not None)
            or (p.denied_after is not None and p.denied_after.match(self.text, number.end))
            for p in self.patterns
        )

    def _answers(self, number: DigitNumber) -> bool:
        return answers(self.text, number, self.asked, self.language)

    def _is_restated(self, number: DigitNumber, numbers: Sequence[DigitNumber]) -> bool:
        """Whether a number is one before it in another unit: "2.6 kg, that is 2600 g"."""
        return any(
            0 < number.start - other.end <= _RESTATED
            and same_quantity(self.text, other, number, self.language)
            for other in numbers
        )

    def _is_aside(self, number: DigitNumber, numbers: Sequence[DigitNumber]) -> bool:
        """Whether a number is in brackets or a clause of its own, or the whole of a part."""
        if any(p.after is not None and p.after.match(self.text, number.end) for p in self.patterns):
            return True
        if _ORDINAL.match(self.text, number.end):
            return False
        before = self._before(number)
        if before.rfind("(") > before.rfind(")") or before.rfind("（") > before.rfind("）"):
            return True
        previous = max((n.end for n in numbers if n.end <= number.start), default=-1)
        gap = self.text[previous : number.start] if previous >= 0 else ""
        return any(
            (gap and p.part_of is not None and p.part_of.fullmatch(gap))
            or (gap and p.compared is not None and p.compared.fullmatch(gap))
            or (p.clause is not None and p.clause.search(before))
            for p in self.patterns
        )

    def _is_difference(self, number: DigitNumber) -> bool:
        """Whether a number says by how much something is more or less than something else."""
        found = [p.after.match(self.text, number.end) for p in self.patterns if p.after]
        before = self._before(number)
        found += [p.qualifying.search(before) for p in self.patterns if p.qualifying]
        return any(match is not None and has_group(match, "than") for match in found)

    def _is_yielded(self, number: DigitNumber, numbers: Sequence[DigitNumber]) -> bool:
        """Whether a number in a clause of purpose is what the other numbers give together."""
        others = [n for n in numbers if n.start < number.start]
        if not 2 <= len(others) <= 3 or prod(n.value for n in others) != number.value:
            return False
        start = max(others[0].start - _WINDOW, 0)
        return any(
            p.purpose is not None
            and p.purpose.search(self.text, others[-1].end, number.start)
            and not (p.needed and p.needed.search(self.text, start, number.start))
            for p in self.patterns
        )

    def _qualifies(self, number: DigitNumber) -> bool:
        """Whether a number stands right behind a word such as "in" or "for"."""
        if _ORDINAL.match(self.text, number.end):
            return False
        before = self._before(number)
        for patterns in self.patterns:
            found = patterns.qualifying.search(before) if patterns.qualifying else None
            if found is None:
                continue
            if not has_group(found, "paid") or not self._is_price(number, patterns):
                return True
        return False

    def _is_price(self, number: DigitNumber, patterns: EvidencePatterns) -> bool:
        """Whether a number is an amount of money, in a language's own currency too."""
        own = patterns.currency
        named = own is not None and own.match(self.text, number.end) is not None
        return named or is_price(self.text, number, self.language)

    def _before(self, number: DigitNumber) -> str:
        """What stands before a number in its sentence, as far as words about it may be."""
        start = max(number.start - _WINDOW, 0)
        return re.split(r"[\n.!?;。！？।]\s", self.text[start : number.start])[-1]


@cache
def evidence_patterns(sections: tuple[WorkedAnswer, ...]) -> tuple[EvidencePatterns, ...]:
    """The regular expressions of several languages, in their order."""
    return tuple(map(_patterns, sections))


def _patterns(worked: WorkedAnswer) -> EvidencePatterns:
    spaced = r"[^\s\d,;:.()。，、]+"
    four = rf"(?:\s*{spaced}(?:\s+{spaced}){{0,3}})?"  # one way to read each text
    ends = _WORD_END if _BOUNDED.search(worked.qualifying_clause) else ""
    differs = "<than>" in worked.qualified_after
    words = [f"(?:{worked.qualifying}){_SPOKEN}"] if worked.qualifying else []
    words += [f"(?:{worked.label}){_LABELLED}"] if worked.label else []
    return EvidencePatterns(
        denied=_made(worked.denied, rf"{_SPOKEN}\Z"),
        denied_after=_made(worked.denied_after, start=""),
        qualifying=_made("|".join(words), r"\Z"),
        clause=_made(worked.qualifying_clause, rf"{ends}{four}{_SPOKEN}\Z"),
        part_of=_made(worked.part_of, r"\W*", start=rf"\W*(?:{spaced}\s+){{0,2}}?"),
        currency=_made("|".join(map(re.escape, worked.currencies)), start=r"\s?"),
        after=_made(worked.qualified_after, start=""),
        compared=_made(worked.qualified_after, _COMPARED, start="") if differs else None,
        taken_back=_made(worked.taken_back, start=_CLAUSE),
        put_right=_made(worked.put_right, start=_CLAUSE),
        rechecks=_made(worked.rechecks, start=_CLAUSE),
        confirms=_made(worked.confirms, start=""),
        purpose=_made(worked.purpose, start=""),
        needed=_made(worked.needed, start=""),
    )


def has_group(match: re.Match[str], group: str) -> bool:
    """Whether a match has matched a group, which not every language's pattern has."""
    return group in match.re.groupindex and match[group] is not None


def _made(words: str, closing: str = "", start: str = r"(?<![^\W\d_])") -> re.Pattern[str] | None:
    """A regex of a language's words in the form that `normalise` gives a text."""
    if not words:
        return None
    if re.match(r"[\W]*[\u0e00-\u9fff]", words):  # without spaces no border is to be seen
        start = "" if start.startswith("(?<!") else start
    pattern = f"{start}(?:{unicodedata.normalize('NFC', words)}){closing}"
    return re.compile(pattern, re.IGNORECASE)


def bold_values(text: str, style: NumberStyle) -> frozenset[Fraction]:
    """The numbers that stand alone in bold in a model's output, headings aside."""
    found = set()
    for match in _BOLD.finditer(text) if "**" in text else ():
        if match[1].rstrip().endswith((":", "：")):
            continue
        numbers = find_numbers(normalise(match[1]), style)
        found |= {numbers[0].value} if len(numbers) == 1 else set()
    return frozenset(found)
