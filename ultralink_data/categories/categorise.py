"""Sort a row or a problem into categories, by the rules of `rules.toml` beside this file.

A facet is one way to sort, and its categories exclude each other:

- math: `operations` (additive, multiplicative, mixed: the signs in the worked solution's
  equations), `steps` (one-step, two-steps, many-steps: how many equations) and `numbers` (how many
  numbers the question states: few-numbers up to two, some-numbers three, many-numbers more);
- code: `topic` (mapping, sorting, text, list, number);
- chat: `culture` (specific, agnostic).

What a facet cannot read (a solution without an equation, a problem without a solution) is `other`.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final, Literal, NamedTuple, TypeAlias

from ultralink_data.dialogue import Dialogue

Subject: TypeAlias = Literal["math", "code", "chat"]

OTHER: Final = "other"

FACETS: Final[Mapping[str, tuple[Subject, tuple[str, ...]]]] = {
    "operations": ("math", ("additive", "multiplicative", "mixed")),
    "steps": ("math", ("one-step", "two-steps", "many-steps")),
    "numbers": ("math", ("few-numbers", "some-numbers", "many-numbers")),
    "topic": ("code", ("mapping", "sorting", "text", "list", "number")),
    "culture": ("chat", ("specific", "agnostic")),
}
"""Each facet: what it sorts, and its categories besides `OTHER`."""

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_PROGRAM: Final = re.compile(r"```(?:python)?\n(.*?)```", re.DOTALL)
_SHOWN: Final = re.compile(r'"{3}.*?"{3}|\'{3}.*?\'{3}', re.DOTALL)


class _Signs(NamedTuple):
    """The patterns of equations."""

    left: re.Pattern[str]
    kinds: dict[str, re.Pattern[str]]


def row_categories(row: Dialogue) -> dict[str, str]:
    """The category of a training row in each facet of its subject."""
    if row.kind == "math":
        return math_categories(row.turns[0], row.turns[1])
    if row.kind == "code":
        return code_categories("\n".join(row.turns[1::2]))
    return {"culture": row.kind.removeprefix("chat_")}


def math_categories(question: str, solution: str | None) -> dict[str, str]:
    """The category of a math problem in each facet; without a solution, of its question alone."""
    count = len(_NUMBER.findall(question))
    few, some, many = FACETS["numbers"][1]
    numbers = OTHER if not count else few if count <= 2 else some if count == 3 else many
    return {
        "operations": _operations(solution or ""),
        "steps": _steps(solution or ""),
        "numbers": numbers,
    }


def code_categories(text: str) -> dict[str, str]:
    """The topic of a program, or of the programs in the code blocks of an answer.

    Docstrings do not count: they are prose, in one of the languages.
    """
    blocks = _PROGRAM.findall(text)
    code = _SHOWN.sub("", "\n".join(blocks) if blocks else text)
    topics = (name for name, pattern in _topics() if pattern.search(code))
    return {"topic": next(topics, OTHER)}


def _equations(solution: str) -> list[set[str]]:
    """The kinds of signs in each equation between numbers, in order."""
    signs = _signs()
    found = []
    for match in signs.left.finditer(solution):
        left = match.group(1)
        kinds = {kind for kind, pattern in signs.kinds.items() if pattern.search(left)}
        if kinds:
            found.append(kinds)
    return found


def _operations(solution: str) -> str:
    kinds = set().union(*_equations(solution))
    if not kinds:
        return OTHER
    additive, multiplicative, mixed = FACETS["operations"][1]
    if kinds <= {"add", "subtract"}:
        return additive
    return multiplicative if kinds <= {"multiply", "divide"} else mixed


def _steps(solution: str) -> str:
    count = len(_equations(solution))
    return FACETS["steps"][1][min(count, 3) - 1] if count else OTHER


@cache
def _rules() -> dict[str, dict[str, object]]:
    text = resources.files(__package__).joinpath("rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _signs() -> _Signs:
    rules = {name: str(pattern) for name, pattern in _rules()["math"].items()}
    kinds = ("add", "subtract", "multiply", "divide")
    every = "|".join(rules[kind] for kind in kinds)
    # Non-overlapping runs of operands and signs that an equals sign ends.
    left = re.compile(rf"((?:{every}|{rules['operand']})+)=(?=\s*[-−$\\(]*\d)")
    patterns = {}
    for kind in kinds:
        between = rf"(?<=[\d)}}%])\s*(?:{rules[kind]})\s*[\d({{$\\.]"
        patterns[kind] = re.compile(rf"{between}|\\d?frac" if kind == "divide" else between)
    return _Signs(left, patterns)


@cache
def _topics() -> tuple[tuple[str, re.Pattern[str]], ...]:
    topics = _rules()["code"]["topics"]
    assert isinstance(topics, list)
    return tuple((rule["name"], re.compile(rule["pattern"])) for rule in topics)
