"""Expressions and equations among the numbers of a text: 18 in `9 * 2 = 18` and in `18 = 9 * 2`."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from tasks.grading.answer_words import AnswerWords
from ultralink_data.text.digits import DigitNumber as Number

_CLAUSE_END: Final = re.compile(r"[(;]|,\s")
_FAR: Final = 80  # most characters between two numbers of one expression
# Operators that do not occur in a range or a remark ("18 – 9 eggs at $2", "18 of 20").
_ARITHMETIC: Final = re.compile(r"[+*/×÷·]")
_OPERATOR: Final = re.compile(
    r"\W*(?:[^\W\d_]{1,15}\.?\s*)??(?:[-+*/×÷·^=≈−–]|[xX](?=\W*\Z))[^\w\n]*"
)
_EQUALS: Final = re.compile(r"[^\d\n;:]{0,40}[=≈][^\w\n]*")
"""An equals sign, perhaps behind a few words: "56 plants - 18 given away = 38"."""


def result_of(text: str, numbers: Sequence[Number], words: AnswerWords) -> Number:
    """The first number, or the result of the expression that it starts.

    The result of an expression without an equals sign comes later in the sentence: "9 * 2, which is
    18".
    """
    sides = expression(text, numbers, words)
    result = equation_result(sides)
    if result is not None:
        return result
    opened = len(sides[0]) > 1 and _ARITHMETIC.search(text[numbers[0].end : numbers[1].start])
    return numbers[-1] if opened else numbers[0]


def expression(text: str, numbers: Sequence[Number], words: AnswerWords) -> list[list[Number]]:
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


def equation_result(sides: Sequence[Sequence[Number]]) -> Number | None:
    """The last side that is a single number: 18 in `9 * 2 = 18` and in `18 = 9 * 2`."""
    if len(sides) == 1:
        return None
    return next((side[0] for side in reversed(sides) if len(side) == 1), sides[-1][0])


def results(text: str, numbers: Sequence[Number]) -> tuple[list[Number], bool]:
    """Numbers with each equation as its result, and whether the last one is the result of one.

    Of `9 * 2 = 18` only 18 is left.
    """
    chains = [[[numbers[0]]]] if numbers else []
    for left, right in pairwise(numbers):
        gap = text[left.end : right.start]
        if len(gap) <= _FAR and _EQUALS.fullmatch(gap):
            chains[-1].append([right])
        elif len(gap) <= _FAR and _OPERATOR.fullmatch(gap):
            chains[-1][-1].append(right)
        else:
            chains.append([[right]])
    kept: list[Number] = []
    for chain in chains:
        result = equation_result(chain)
        kept += [result] if result is not None else chain[0]
    return kept, bool(chains) and len(chains[-1]) > 1
