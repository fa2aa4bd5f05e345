import json
from pathlib import Path
from typing import Any

import pytest

from tasks.grading.code_extract import defines, extract_code, parses

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


ADD = "def add(a, b):\n    return a + b\n"


def fenced(*blocks: str) -> str:
    return "\nand\n".join(f"```python\n{block}```" for block in blocks)


@pytest.mark.parametrize(
    ("others", "code", "taken"),
    [
        (["import math\n"], "def add(a, b):\n    return math.floor(a + b)\n", "import math\n"),
        (["import math\n"], ADD, ""),
        (["import os.path\n"], "def add(a, b):\n    return os.name\n", "import os.path\n"),
        (["import numpy as np\n"], "def add(a, b):\n    return np\n", "import numpy as np\n"),
        (["import numpy as np\n"], "def add(a, b):\n    return numpy\n", ""),
        (["from math import *\n"], ADD, "from math import *\n"),
        (["from nowhere import *\n"], ADD, ""),
        (["N = 3\nM = 4\n"], "def add(a, b):\n    return a + N\n", "N = 3\n"),
        (["N: int = 3\n"], "def add(a, b):\n    return a + N\n", "N: int = 3\n"),
        (["N = 3\n"], "N = 5\ndef add(a, b):\n    return a + N\n", ""),
        (["class P:\n    x = 1\n"], "def add(a, b):\n    return P.x\n", "class P:\n    x = 1\n"),
        (["N = 3\n"], "def add(a, N):\n    return a + N\n", ""),
        (
            ["N = 3\n"],
            "def add(a, b):\n    def inner():\n        return N\n    return inner()\n",
            "N = 3\n",
        ),
        (["N = 3\n"], "def add(a, b):\n    N = 1\n    return N\n", ""),
        (["print(add(1, 2))\n"], ADD, ""),
        (["M = 1\nN = M + 1\n"], "def add(a, b):\n    return N\n", "M = 1\nN = M + 1\n"),
        (["N = 1\n", "M = N\n"], "def add(a, b):\n    return M\n", "N = 1\nM = N\n"),
    ],
)
def test_of_other_blocks_only_what_the_code_uses_is_taken(
    others: list[str], code: str, taken: str
) -> None:
    assert extract_code(fenced(*others, code), ["add"]) == taken + code
    assert extract_code(fenced(code, *others), ["add"]) == taken + code


@pytest.mark.parametrize(
    ("code", "is_defined"),
    [
        (ADD, True),
        ("async def add(a, b):\n    return a\n", True),
        ("add = max\n", True),
        ("add: object = max\n", True),
        ("add: object\n", False),
        ("first, add = 1, 2\n", False),
        ("class Solution:\n    def add(self, a, b):\n        return a\n", True),
        ("class Solution:\n    async def add(self, a, b):\n        return a\n", False),
        ("def other():\n    def add(a, b):\n        return a\n", False),
        ("def add(a, b:\n", False),
        ("x.add = 1\n", False),
    ],
)
def test_what_counts_as_a_definition(code: str, is_defined: bool) -> None:
    assert defines(code, ["add"]) is is_defined
    assert defines(code, ["other_name", "add"]) is is_defined
    assert not defines(code, ["nothing"])


@pytest.mark.parametrize("code", ["x = (", "\0", "(" * 10_000, "if x:\n"])
def test_what_is_not_python_does_not_parse_and_raises_nothing(code: str) -> None:
    assert not parses(code)
    assert parses("x = 1\n")


def test_a_method_gets_a_plain_name_and_a_function_keeps_its_own() -> None:
    method = "class Solution:\n    def add(self, a, b):\n        return a + b\n"
    expected = f"{method}\n\nadd = Solution().add\n"
    assert extract_code(fenced(method), ["add"]) == expected
    assert extract_code(fenced(method + "\n" + ADD), ["add"]) == method + "\n" + ADD
    assert extract_code(fenced(ADD), ["plus", "add"]) == ADD


def test_future_imports_are_left_out_wherever_they_stand() -> None:
    future = "from __future__ import annotations\n"
    assert extract_code(fenced(future + ADD), ["add"]) == ADD
    assert extract_code(fenced(future, ADD), ["add"]) == ADD


@pytest.mark.parametrize(
    ("stub", "is_stub"),
    [
        ("pass", True),
        ("...", True),
        ('"""Add."""', True),
        ("raise NotImplementedError", True),
        ('raise NotImplementedError("later")', True),
        ("import math", True),
        ("raise ValueError", False),
        ("raise", False),
        ("return None", False),
        ("a + b", False),
    ],
)
def test_a_stub_counts_only_where_there_is_nothing_else(stub: str, is_stub: bool) -> None:
    later = f"def add(a, b):\n    {stub}\n"
    found = extract_code(fenced(ADD, later), ["add"])
    assert found == (ADD if is_stub else later)
    assert extract_code(fenced(later), ["add"]) == later


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ("    return a + b", "    return a + b\n"),
        ("return a + b", "    return a + b\n"),
        ("```\n    return a + b\n```", "    return a + b\n"),
        ("```\nc = a\nreturn c + b\n```", "    c = a\n    return c + b\n"),
        ("    yield a", "    yield a\n"),
        ("    raise ValueError", "    raise ValueError\n"),
        ("    return a + b\n\nThis adds them.", "    return a + b\n\n"),
        ("```\nfirst\n```\n```\n    return a + b\n```", "    return a + b\n"),
        ("I cannot.", None),
        ("    c = a + b", None),
        ("    def inner():\n        return a", None),
    ],
)
def test_a_body_alone_continues_the_prompt(answer: str, body: str | None) -> None:
    assert extract_code(answer, ["add"], HEADER) == body


def test_a_body_needs_a_prompt_that_it_continues() -> None:
    assert extract_code("    return a + b", ["add"]) is None
    assert extract_code("    return a + b", ["add"], "x = 1\n") is None
    assert extract_code("    return a + b", ["add"], "def add(a:\n") is None
    deep = 'def add(a, b):\n  """Add."""\n'
    assert extract_code("return a + b", ["add"], deep) == "  return a + b\n"


@pytest.mark.parametrize(
    "answer",
    [
        ">>> def add(a, b):\n...     return a + b\n>>> add(1, 2)\n3\n",
        "> ```python\n> def add(a, b):\n>     return a + b\n> ```\n",
        "Here:\n\n    def add(a, b):\n        return a + b\n\nDone.",
        "def add(a, b):\r\n    return a + b\r\n",
        "def add(a, b):\r    return a + b\r",
        "~~~~\n```\n~~~~\n```python\ndef add(a, b):\n    return a + b\n```",
        "```python\n# to do\n```python\ndef add(a, b):\n    return a + b\n```",
        "  ```python\n  def add(a, b):\n      return a + b\n  ```",
    ],
    ids=["prompt", "quoted", "indented", "crlf", "cr", "tildes", "reopened", "fence indented"],
)
def test_a_definition_is_found_however_it_is_set(answer: str) -> None:
    scope: dict[str, Any] = {}
    code = extract_code(answer, ["add"])
    assert code is not None
    exec(code, scope)
    assert scope["add"](2, 3) == 5


def test_tabs_and_spaces_are_made_one_only_where_both_are_there() -> None:
    mixed = "def add(a, b):\n\tc = a\n        return c + b\n"
    assert extract_code(mixed, ["add"]) == mixed.replace("\t", " " * 8)
    tabs = "def add(a, b):\n\tc = a\n\treturn c + b\n"
    assert extract_code(tabs, ["add"]) == tabs
    text = 'def add(a, b):\n    return "\t"\n'
    assert extract_code(text, ["add"]) == text


def test_a_fence_far_inside_a_block_does_not_end_it() -> None:
    docstring = '    """Add.\n\n    ```\n    add(1, 2)\n    ```\n    """\n'
    inner = f"def add(a, b):\n{docstring}    return a + b\n"
    assert extract_code(f"```python\n{inner}```", ["add"]) == inner
