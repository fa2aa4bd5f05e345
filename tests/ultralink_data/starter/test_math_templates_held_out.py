"""Held-out math problems differ: in their words and in their chains of steps."""

import re
from itertools import combinations

import pytest

from ultralink_data.starter.math import LANGUAGES, load_texts
from ultralink_data.starter.math_templates import Equation, MathTemplate
from ultralink_data.starter.math_templates_held_out import HELD_OUT
from ultralink_data.starter.math_templates_makers import held_out
from ultralink_data.starter.math_templates_table import TEMPLATES

LARGEST_OVERLAP = 0.25
"""Of 4-grams; two fillings of one template share 0.6 to 0.7."""
ALL_HELD_OUT = [template for template in TEMPLATES if template.split == "held_out"]


def _four_grams(language: str, question: str) -> set[tuple[str, ...]]:
    """4-grams of words, in Chinese of characters, with numbers and names masked."""
    with_nouns = re.sub(r"\{[a-z]:([^{}|]*)[^{}]*\}", r"\1", question)
    masked = re.sub(r"\{[^{}]*\}", "#", with_nouns).casefold()
    tokens = re.findall(r"#|\w" if language == "zh" else r"#|\w+", masked)
    return {tuple(tokens[start : start + 4]) for start in range(len(tokens) - 3)}


def _chain(template: MathTemplate) -> str:
    """The steps without names and numbers, such as ``g0*g1;r0-g2``: a given, a result, c."""
    results: dict[str, str] = {}
    givens: dict[str, str] = {}

    def operand(name: str) -> str:
        if name.isdigit():
            return "c"
        return results.get(name) or givens.setdefault(name, f"g{len(givens)}")

    def step(equation: Equation) -> str:
        pair = [operand(equation.left), operand(equation.right)]
        if equation.operator in "+*":
            pair.sort()
        results[equation.target] = f"r{len(results)}"
        return equation.operator.join(pair)

    return ";".join(step(equation) for equation in template.equations)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_held_out_question_shares_many_four_grams_with_another(language: str) -> None:
    texts = load_texts(language)
    grams = {t.id: _four_grams(language, texts[t.id].question) for t in TEMPLATES}
    held = {template.id for template in ALL_HELD_OUT}
    for one, other in combinations(grams, 2):
        if held & {one, other}:
            shared = len(grams[one] & grams[other]) / min(len(grams[one]), len(grams[other]))
            assert shared <= LARGEST_OVERLAP, (one, other, shared)


def test_two_fillings_of_one_question_share_more_than_is_allowed() -> None:
    first = "{she} buys {a} {a:pear|pears} at {b} dollars each. How much does she pay for all?"
    second = first.replace("pear", "plum")
    one, other = _four_grams("en", first), _four_grams("en", second)
    assert len(one & other) / len(one) > LARGEST_OVERLAP


def test_no_two_held_out_templates_of_several_steps_ask_for_the_same_chain() -> None:
    owners: dict[str, str] = {}
    for template in (held for held in HELD_OUT if held.steps > 1):
        chain = _chain(template)
        assert owners.setdefault(chain, template.id) == template.id, chain


def test_most_held_out_chains_of_several_steps_are_none_of_training() -> None:
    trained = {_chain(template) for template in TEMPLATES if template.split == "train"}
    long = [template for template in ALL_HELD_OUT if template.steps > 1]
    new = [template for template in long if _chain(template) not in trained]
    assert len(new) / len(long) >= 0.75


def test_there_are_enough_held_out_templates_for_clusters() -> None:
    assert len(ALL_HELD_OUT) >= 60
    assert {template.steps for template in HELD_OUT} == {1, 2, 3, 4}
    assert sum(template.band == "easy" for template in ALL_HELD_OUT) >= 10


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = a * b; y = x - c", "x = b * a; y = x - c", True),
        ("x = a * b; y = x - c", "x = a * b; y = c - x", False),
        ("x = a / 2; y = a + x", "x = b / 3; y = x + b", True),
        ("x = a - b; y = a + x", "x = a - b; y = b + x", False),
        ("x = a * b", "x = a * b; y = x + c", False),
    ],
)
def test_chains_are_told_apart_by_steps_and_order(one: str, other: str, same: bool) -> None:
    first, second = (held_out("some", steps, a=(2, 9), b=(2, 9)) for steps in (one, other))
    assert (_chain(first) == _chain(second)) is same
