"""The short way to the numbers of a text gives what the long one gives."""

import json
import random
from pathlib import Path

import pytest

from ultralink_data.checking.decontaminate.number_words import digits_of, last_digits_of
from ultralink_data.text.digits import (
    _matches,
    _pattern,
    find_digits,
    plain,
    render,
    rendered_digits,
)
from ultralink_data.text.number_style import ANY, style_of

CASES = Path(__file__).parents[2] / "cases"
PIECES = [
    *("1", "23", "0", "007", "1000", "10", "1234567890", " ", ".", ",", "'", "\u2019", "k", "M"),
    *("million", "^", "{", "}", "m", "e", "\u00d7", "x", "*", "\u00a0", "\u202f", "\u2063", "\n"),
    *("\u0663", "\uff18", "\uff0c", "$", "\u20ac", "-", "\u2212", "a", "/", "\u066b", "\u00b2"),
]


def _long_way(text: str) -> list[str]:
    found = find_digits(plain(text), ANY, fractions=False)
    return [render(abs(number.value)) for number in found]


@pytest.mark.parametrize("seed", range(4))
def test_no_neighbour_of_digits_is_overlooked(seed):
    draw = random.Random(seed)
    for _ in range(5000):
        text = "".join(draw.choices(PIECES, k=draw.randrange(1, 14)))
        assert rendered_digits(plain(text)) == _long_way(text), text


@pytest.mark.parametrize("style", [ANY, style_of("fr"), style_of("zh")])
def test_digits_are_tried_wherever_a_number_may_start(style):
    draw, pattern, found = random.Random(9), _pattern(style, fractions=False), 0
    for _ in range(10_000):
        text = plain("".join(draw.choices(PIECES, k=draw.randrange(1, 14))))
        spans = [match.span() for match in pattern.finditer(text)]
        assert [match.span() for match in _matches(text, pattern)] == spans, text
        found += len(spans)
    assert found > 10_000


def test_the_texts_of_all_cases_are_read_alike():
    texts = [
        text
        for path in sorted(CASES.glob("*.json"))
        for text in _texts(json.loads(path.read_text(encoding="utf-8")))
    ]
    assert sum(map(bool, map(_long_way, texts))) > 1000
    for text in texts:
        assert rendered_digits(plain(text)) == _long_way(text)


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


@pytest.mark.parametrize("seed", range(3))
def test_the_last_numbers_are_those_of_the_whole_text(seed):
    draw = random.Random(seed)
    pieces = [*PIECES, "words", " in between ", "sum: "]
    for _ in range(1000):
        text = "".join(draw.choices(pieces, k=draw.randrange(60, 160)))
        assert last_digits_of(text, 2) == digits_of(text)[-2:], text
