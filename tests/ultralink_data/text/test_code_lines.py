"""Lines of code outside of fences are no prose, and lines of prose are no code."""

import json
import random
import re
import time
from pathlib import Path

import pytest

from ultralink_data.text.code_lines import _code_patterns, _without_names, without_code

CASES = json.loads(
    (Path(__file__).parents[2] / "cases" / "code_lines.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_what_is_left_of_a_text(case):
    assert without_code(case["text"]) == case["left"]


@pytest.mark.parametrize("piece", ["a(", "x_", "a.", "= ", "<a ", "[](", "a: ", "aB", '"a" '])
def test_hostile_lines_take_no_longer_than_their_length(piece):
    start = time.process_time()
    without_code(piece * 5000)
    without_code("\n".join([piece * 50] * 100))
    assert time.process_time() - start < 3


def test_the_first_look_misses_no_name_of_code():
    rng, find = random.Random(6), _code_patterns()
    pieces = [*"<>/()_. aBé9я(.", "\n", "ab", "AB", "é_", "a_b", "a.b", "x(", "</a", "aB"]
    found = 0
    for _ in range(20_000):
        line = "".join(rng.choices(pieces, k=rng.randrange(1, 7)))
        if find.name.search(line):
            found += 1
            assert find.name_hint.search(line), repr(line)
    assert found > 1000


def test_names_are_those_of_the_pattern_that_looks_at_every_word():
    rng, find = random.Random(7), _code_patterns()
    passed_over = r"(?![A-Za-z][a-z]*+(?![\w.(]))"
    assert passed_over in find.name.pattern
    every = re.compile(find.name.pattern.replace(passed_over, ""))
    pieces = [*"<>/()_. aBé9я(.", "Ab", "abc", " is ", "é_", "a_b", "a.b", "f(x)", "</a>", "aB"]
    changed = 0
    for _ in range(20_000):
        line = "".join(rng.choices(pieces, k=rng.randrange(1, 9)))
        assert _without_names(line, find) == every.sub(" ", line), repr(line)
        changed += _without_names(line, find) != line
    assert changed > 1000
