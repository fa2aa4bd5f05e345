"""Problems and rows to test decontamination with."""

from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.dialogue import Dialogue, Kind, Provenance


def math_item(number: int, question: str, answer: str, language: str = "en") -> BenchmarkItem:
    return BenchmarkItem(
        task="mgsm",
        problem_id=f"mgsm/{number:03d}",
        language=language,
        question=question,
        answer=answer,
        aliases=(f"gsm8k_test/{number}",),
    )


# The first two are rows 11 and 33 of MGSM (CC BY 4.0), the others make their numbers rare.
MATH = [
    math_item(
        0,
        "Toula went to the bakery and bought various types of pastries. She bought 3 dozen donuts "
        "which cost $68 per dozen, 2 dozen mini cupcakes which cost $80 per dozen, and 6 dozen "
        "mini cheesecakes for $55 per dozen. How much was the total cost?",
        "694",
    ),
    math_item(
        1,
        "Gretchen has 110 coins. There are 30 more gold coins than silver coins. How many gold "
        "coins does Gretchen have?",
        "70",
    ),
    *(
        math_item(n, f"There are {n} boxes of {2 * n} things, {a} of 10 and {b} of 20.", str(n))
        for n, (a, b) in enumerate([(2, 3), (3, 5), (5, 2), (2, 5), (3, 2), (5, 3)] * 5, 2)
    ),
]

HAS_CLOSE = '''from typing import List


def has_close_elements(numbers: List[float], threshold: float) -> bool:
    """ Check if in given list of numbers, are any two numbers closer to each other than
    given threshold.
    >>> has_close_elements([1.0, 2.0, 3.0], 0.5)
    False
    >>> has_close_elements([1.0, 2.8, 3.0, 4.0, 5.0, 2.0], 0.3)
    True
    """
    for idx, elem in enumerate(numbers):
        for idx2, elem2 in enumerate(numbers):
            if idx != idx2:
                distance = abs(elem - elem2)
                if distance < threshold:
                    return True

    return False
'''

PARENS = '''def separate_paren_groups(paren_string):
    """ Input to this function is a string containing multiple groups of nested parentheses."""
    result = []
    current_string = []
    current_depth = 0
    for c in paren_string:
        if c == '(':
            current_depth += 1
            current_string.append(c)
        elif c == ')':
            current_depth -= 1
            current_string.append(c)
            if current_depth == 0:
                result.append(''.join(current_string))
                current_string.clear()
    return result
'''

TINY = '''def truncate_number(number: float) -> float:
    """ Given a positive floating point number, return the decimal part of the number."""
    return number % 1.0
'''

FILL = [
    f"def f{n}(values):\n    for value in values:\n        if value {sign} {n}:\n"
    f"            return {call}(values)\n    return []\n"
    for n, (sign, call) in enumerate(
        [(">", "sum"), ("<", "len"), ("==", "max"), ("!=", "min"), (">=", "sorted")] * 3
    )
]


def code_item(number: int, code: str, question: str = "", examples: str = "") -> BenchmarkItem:
    return BenchmarkItem(
        task="humaneval",
        problem_id=f"HumanEval/{number}",
        language="en",
        question=question,
        code=code,
        examples=examples or code,
    )


CODE = [code_item(n, code) for n, code in enumerate((HAS_CLOSE, PARENS, TINY, *FILL))]


def row(
    *turns: str,
    language: str = "en",
    kind: Kind = "code",
    source: str = "some/1",
    name: str = "row",
    parent: str | None = None,
) -> Dialogue:
    return Dialogue(
        id=name,
        language=language,
        kind=kind,
        turns=turns,
        provenance=Provenance(source_id=source, parent_id=parent),
    )
