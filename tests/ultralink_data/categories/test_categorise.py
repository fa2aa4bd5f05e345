"""Categories by rules over signs and code: one table for every language, and its limits."""

from collections import Counter

import pytest

from ultralink_data.categories.categorise import (
    FACETS,
    OTHER,
    code_categories,
    math_categories,
    row_categories,
)
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.starter.dialogues import starter_dialogues

# Solution, operations, steps: forms of GSM8K, MetaMathQA and the starter set.
SOLUTIONS = [
    ("The bowl holds 2 + 6 = 8 apples.", "additive", "one-step"),
    ("She has 9 - 7 = 2 left, then 2 + 5 = 7.", "additive", "two-steps"),
    ("12 * 9 = 108 rolls. 108 - 39 = 69 are left.", "mixed", "two-steps"),
    ("2*3=<<2*3=6>>6. 6*2=<<6*2=12>>12. 12/3=<<12/3=4>>4", "multiplicative", "many-steps"),
    (r"$\frac{4}{2} \times 3 = 6$", "multiplicative", "one-step"),
    (r"He pays $\$5 \times 3 = \$15$.", "multiplicative", "one-step"),
    (r"$(3 + 4) \cdot 2 = 14$", "mixed", "one-step"),
    ("20% × 50 = 10", "multiplicative", "one-step"),
    ("12 ÷ 4 = 3", "multiplicative", "one-step"),
    ("8 − 5 = 3", "additive", "one-step"),
    ("1,200 - 900 = 300", "additive", "one-step"),
    ("x = 5 and -5 = -5", OTHER, OTHER),
    ("$2x + 3 = 7$", OTHER, OTHER),
    ("The answer is 8.", OTHER, OTHER),
    ("", OTHER, OTHER),
]


@pytest.mark.parametrize(("solution", "operations", "steps"), SOLUTIONS)
def test_operations_and_steps_are_read_from_the_equations(solution, operations, steps):
    found = math_categories("", solution)
    assert (found["operations"], found["steps"]) == (operations, steps)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("How many?", OTHER),
        ("2 of 1,200", "few-numbers"),
        ("3, 4 and 5.5", "some-numbers"),
        ("1 2 3 4", "many-numbers"),
    ],
)
def test_numbers_of_a_question_are_counted_without_a_solution(question, numbers):
    found = math_categories(question, None)
    assert found == {"operations": OTHER, "steps": OTHER, "numbers": numbers}


PROGRAMS = [
    ("def f(a: list[int]) -> dict[str, int]:\n    return {}", "mapping"),
    ("def f(a):\n    return sorted(a)", "sorting"),
    ("def f(a: list[int]) -> int:\n    return max(a)", "sorting"),
    ("def f(word: str) -> str:\n    return word[::-1]", "text"),
    ("def f(a):\n    return [x for x in a]", "list"),
    ("def f(a: float) -> float:\n    return a / 2", "number"),
    ("def f():\n    pass", OTHER),
    ('def f(a: float) -> float:\n    """Sorted: sorted(a), a str."""\n    return a / 2', "number"),
    ("Here:\n\n```python\ndef f(a):\n    return a % 2\n```\nIt uses no dict.", "number"),
]


@pytest.mark.parametrize(("code", "topic"), PROGRAMS)
def test_a_topic_is_that_of_the_code_and_not_of_the_words_around_it(code, topic):
    assert code_categories(code) == {"topic": topic}


def test_parallel_rows_are_of_one_category_in_every_language():
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in starter_dialogues(0, 2):
        if row.kind in ("math", "code"):
            for facet, category in row_categories(row).items():
                counts.setdefault((facet, row.language), Counter())[category] += 1
    for facet, (_, categories) in FACETS.items():
        by_language = [found for (f, _), found in counts.items() if f == facet]
        assert all(found == by_language[0] for found in by_language)
        assert facet == "culture" or set(by_language[0]) == set(categories)


def test_a_chat_is_about_a_culture_or_not():
    row = Dialogue(
        id="a",
        language="es",
        kind="chat_agnostic",
        turns=("q", "a"),
        provenance=Provenance(source_id="a"),
    )
    assert row_categories(row) == {"culture": "agnostic"}


def test_names_of_categories_stand_once():
    names = [name for _, categories in FACETS.values() for name in categories]
    assert len(names) == len(set(names))
    assert OTHER not in names
