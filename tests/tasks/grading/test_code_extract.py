import json
from pathlib import Path
from typing import Any

import pytest

from tasks.grading.code_extract import extract_code

CASES = json.loads((Path(__file__).parents[2] / "cases" / "humaneval.json").read_text("utf-8"))
HEADER = 'def add(a, b):\n    """Add two numbers."""\n'
CHECK = "add(2, 3) == 5"


def outcome(case: dict[str, Any]) -> str:
    """What the case's code does; the cases are ours, so that they run in this process."""
    header = case.get("header", HEADER)
    code = extract_code(case["answer"], case.get("names", ["add"]), header)
    if code is None:
        return "none"
    scope: dict[str, Any] = {}
    try:
        exec(header + code, scope)
        return "passes" if eval(case.get("check", CHECK), scope) else "fails"  # noqa: S307
    except (SyntaxError, TypeError, NameError, ValueError, NotImplementedError):
        return "fails"


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    assert outcome(case) == case["outcome"], case["reason"]


def test_there_are_enough_cases_with_names_of_their_own() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) >= 150
    assert len(set(names)) == len(names)


def test_a_string_with_odd_line_breaks_stays_whole() -> None:
    code = 'def add(a, b):\n    return "\u2028\x0c"\n'
    assert extract_code(f"```python\n{code}```", ["add"]) == code


def test_a_long_answer_of_nonsense_is_read_quickly() -> None:
    text = "def add(a, b):\n" + "    x = (\n" * 3000
    assert extract_code(text, ["add"], HEADER) is not None


@pytest.mark.parametrize("prose", ["Done\n\nThis adds two numbers.", "This adds two numbers.\n"])
def test_prose_after_a_definition_is_cut_off_even_where_a_part_of_it_is_python(prose: str) -> None:
    code = "def add(a, b):\n    return a + b\n"
    assert extract_code(f"{code}{prose}", ["add"]) == code


def test_prose_after_a_definition_that_does_not_parse_is_cut_off_too() -> None:
    code = "def add(a, b:\n    return a + b\n"
    assert extract_code(f"Here it is:\n{code}This adds two numbers.\n", ["add"]) == code
