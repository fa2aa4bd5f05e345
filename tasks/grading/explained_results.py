"""Results that the text goes on to explain: "The result is 18. Each egg costs 2 dollars."

Words for a result may also name one on the way ("The result is 9. She sells them for 2 dollars each
and makes 18."). What the text names last tells them apart: a number that the question gives, and
that is not what an equation or the result itself makes, is no answer, so the result is. Without a
question, numbers that the text named before the result stand for those of the question; where it
opens with the result, or has just computed it, so does a smaller number that nothing makes.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from tasks.grading.answer_numbers import find_numbers, normalise, spelled_numbers
from ultralink_data.text.digits import DigitNumber
from ultralink_data.text.number_style import style_of

_COMPUTED: Final = re.compile(r"[=≈]\W*$")
_NEAR: Final = 24
"""Characters before a number in which an equals sign is looked for."""
_OPENING: Final = 16
"""Most characters before a result that opens a text ("So the", "In the end the")."""


def numbers_given(question: str, language: str) -> frozenset[Fraction]:
    """The numbers of a question, in digits and words; empty if there is no question."""
    if not question:
        return frozenset()
    text = normalise(question)
    found = find_numbers(text, style_of(language))
    found += spelled_numbers(text, 0, len(text), language)
    return frozenset(number.value for number in found)


def only_explains(
    text: str,
    numbers: Sequence[DigitNumber],
    start: int,
    result: DigitNumber,
    last: DigitNumber,
    given: frozenset[Fraction],
) -> bool:
    """Whether `last`, the number that would count else, only explains a result.

    The words for the result begin at `start`; `given` are the numbers of the question, which is not
    known if there are none.
    """
    if last.value == result.value:
        return True
    if last.start < result.end or _is_computed(text, last):
        return False
    others = {n.value for n in numbers if result.end <= n.start < last.start}
    others -= {result.value, last.value, Fraction(0)}
    if _made_of(last.value, result.value, others, times=last.value not in given):
        return False
    if given:
        return last.value in given and result.value not in given
    before = [number for number in numbers if number.end <= start]
    computed = {number.value for number in before if _is_computed(text, number)}
    if last.value in {number.value for number in before} - computed:
        return True
    opens = not before and len(text[:start].strip()) <= _OPENING
    return last.value < result.value and (opens or result.value in computed)


def _is_computed(text: str, number: DigitNumber) -> bool:
    """Whether a number stands behind an equals sign."""
    return _COMPUTED.search(text[max(number.start - _NEAR, 0) : number.start]) is not None


def _made_of(value: Fraction, result: Fraction, others: set[Fraction], *, times: bool) -> bool:
    """Whether a value is what the result and another number give together.

    With `times` products and quotients count too; a price that the question gives is a quotient.
    """
    for other in others:
        if value in (result + other, result - other, other - result, result * other):
            return True
        if times and value == result / other and value > 1:
            return True
    return False
