"""What is cut after a function and what is not; most cases are in tests/cases/humaneval.json."""

import ast

import pytest

from tasks.grading.code_tail import runnable, without_text_after

HEADER = 'def add(a, b):\n    """Add two numbers."""\n'
BODY = "    return a + b\n"
ADD = "def add(a, b):\n    return a + b\n"


def test_code_that_nothing_keeps_from_counting_is_unchanged() -> None:
    for code in (BODY, f"{BODY}\n\n# the end", f"{BODY}\n\ndef other():\n    return 1", "\n"):
        assert runnable(code, HEADER, ("add",)) == code
    assert runnable(ADD, "", ("add",)) == ADD


def test_code_that_is_no_python_even_when_cut_is_unchanged() -> None:
    for code in (
        "    return (",
        "    if a:\n        return 1\n    return (a +\nThen\n",
        "no code\n",
    ):
        assert runnable(code, HEADER, ("add",)) == code
        assert without_text_after(code, HEADER) is None


def test_a_line_that_holds_a_kept_statement_too_is_written_anew() -> None:
    code = runnable(f"{BODY}\nadd.calls = 0; print(input())\nLIMIT = 3\n", HEADER, ("add",))
    assert code == "    return a + b\nadd.calls = 0\n\nLIMIT = 3\n"
    ast.parse(HEADER + code)


def test_a_prompt_without_a_line_end_is_joined_with_its_body() -> None:
    header = HEADER.rstrip("\n")
    assert runnable(f"\n{BODY}\nIt's simple.", header, ("add",)) == f"\n{BODY}"


def test_statements_of_the_prompt_are_left_alone() -> None:
    header = f"import sys\n\nprint(sys.stdin)\n\n\n{HEADER}"
    assert runnable(BODY, header, ("add",)) == BODY


@pytest.mark.parametrize("name", ["add", "sumar"])
def test_the_function_is_known_by_each_of_its_names(name: str) -> None:
    code = f"def {name}(a, b):\n    return a + b\n\nassert {name}(1, 1) == 3\n"
    assert "assert" not in runnable(code, "", ("add", "sumar"))


def test_a_long_answer_of_nonsense_ends() -> None:
    code = ADD + "It's\n" * 5000
    assert runnable(code, "", ("add",)) in (ADD, code)


METHOD = "class Solution:\n    def add(self, a, b):\n        return a + b\n"


@pytest.mark.parametrize(
    ("tail", "left"),
    [
        ("add = lambda a, b: None\n", "add = lambda a, b: None\n"),
        ("add = cache(add)\n", "add = cache(add)\n"),
        ("def add(a, b):\n    return b + a\n", "def add(a, b):\n    return b + a\n"),
        ("add = None\n", "add = None\n"),
        ("add = add(1, 2)\nprint(add)\n", ""),
        ("add = add(1, 2)\nassert add == 4\n", ""),
        ("result = add(1, 2)\n", ""),
        ("del add\n", ""),
        ("import flask\n\na = flask.Flask(__name__)\n", ""),
        ('def add(a, b):\n    """Add two numbers."""\n', ""),
        ("def add(a, b):\n    pass\n", ""),
        ("def add(a, b):\n    ...\n\nadd(1, 2)\n", ""),
        ("def add(a, b):\n    raise NotImplementedError\n", ""),
    ],
)
def test_the_last_definition_counts_and_a_use_of_the_name_or_a_stub_is_none(
    tail: str, left: str
) -> None:
    code = runnable(f"from functools import cache\n{ADD}\n{tail}", "", ("add",))
    assert code.partition("return a + b\n\n")[2].lstrip("\n") == left


def test_a_name_bound_to_a_method_is_the_function() -> None:
    tail = "solution = Solution()\nadd = solution.add\n"
    code = runnable(f"{METHOD}\n{tail}print(add(1, 2))\n", "", ("add",))
    assert code == f"{METHOD}\n{tail}"


def test_a_stub_alone_is_left() -> None:
    stub = "def add(a, b):\n    pass\n"
    assert runnable(stub, "", ("add",)) == stub


def test_a_table_is_needed_that_one_method_reads_and_another_has_as_its_own() -> None:
    methods = "    def add(self, a, b):\n        return TABLE[a] + b\n"
    methods += "    def other(self):\n        TABLE = 1\n        return TABLE\n"
    code = f"class Solution:\n{methods}\nTABLE = dict(zip((1, 2), (1, 2)))\n"
    assert runnable(code, "", ("add",)) == code


def test_functions_nested_hundreds_deep_end() -> None:
    for depth in (300, 900, 3000):
        code = f"{ADD}\ndeep = {'lambda: ' * depth}1\nprint(add(1, 2))\n"
        assert runnable(code, "", ("add",)).startswith(ADD)
