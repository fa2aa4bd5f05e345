"""The code problems of the starter set: small Python functions with docstrings in five languages.

The texts stand in ``texts/code_functions.toml`` (signature, example, solution, tests) and
``texts/code_{language}.toml`` (docstrings). A function with ``values`` yields one problem per
value. Prompt, solution and tests have HumanEval's form; no function is one of HumanEval's.
"""

import ast
import functools
import operator
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any, Literal, get_args

import msgspec

from ultralink_data.starter.starter_languages import LANGUAGES

Split = Literal["train", "held_out"]

FUNCTIONS_FILE = "code_functions.toml"

_ENTRY_POINT = re.compile(r"def (\w+)\(.*\) -> .+:")
_PLACEHOLDER = re.compile(r"<<(.+?)>>")
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


class CodeProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One function to write, the same in every language but for the docstring."""

    problem_id: str
    """``starter-code/`` and the entry point: the same in every language."""
    function_id: str
    """The table in ``code_functions.toml``: problems that differ by a value share it."""
    split: Split
    entry_point: str
    """The name of the function."""
    prompt: dict[str, str]
    """Language -> signature, docstring and example; ends in a newline."""
    solution: str
    """The body, indented, ending in a newline: prompt + solution is a full program."""
    tests: str
    """A program that defines ``check(candidate)``, which raises where the candidate is wrong."""


class _Function(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of ``code_functions.toml``, its placeholders not yet filled."""

    split: Split
    signature: str
    example: str
    solution: str
    tests: str
    values: list[int | str] | None = None


def code_problems(split: str) -> list[CodeProblem]:
    """Return the problems of one split ("train" or "held_out"), sorted by problem id.

    Raises:
        ValueError: the split is unknown, or a text file is faulty (names file, id and field).
    """
    if split not in get_args(Split):
        raise ValueError(f"unknown split {split!r}, expected one of {', '.join(get_args(Split))}")
    return [problem for problem in _shipped_problems() if problem.split == split]


def docstring_file(language: str) -> str:
    """Return the name of the file that holds the docstrings of a language."""
    return f"code_{language}.toml"


def build_problems(texts: Mapping[str, str]) -> list[CodeProblem]:
    """Build all problems from the contents of the TOML files, given by file name.

    Raises:
        ValueError: a file is not TOML, the function ids of two files differ, a field is missing,
            unknown or of a wrong type, or a placeholder is wrong. Names file, id and field.
    """
    functions = {
        function_id: _function(function_id, table)
        for function_id, table in _parse(FUNCTIONS_FILE, texts).items()
    }
    docstrings = {language: _docstrings(language, texts, functions) for language in LANGUAGES}
    problems: dict[str, CodeProblem] = {}
    for function_id, function in functions.items():
        values: Sequence[int | str | None] = function.values or [None]
        for value in values:
            problem = _problem(function_id, function, docstrings, value)
            if problem.problem_id in problems:
                raise _fault(FUNCTIONS_FILE, function_id, "signature", "its name is taken")
            problems[problem.problem_id] = problem
    return [problems[problem_id] for problem_id in sorted(problems)]


@functools.cache
def _shipped_problems() -> tuple[CodeProblem, ...]:
    folder = resources.files("ultralink_data.starter").joinpath("texts")
    names = [FUNCTIONS_FILE, *map(docstring_file, LANGUAGES)]
    texts = {name: folder.joinpath(name).read_text(encoding="utf-8") for name in names}
    return tuple(build_problems(texts))


def _fault(file: str, function_id: str, field: str, what: str) -> ValueError:
    return ValueError(f"{file}: [{function_id}] {field}: {what}")


def _parse(file: str, texts: Mapping[str, str]) -> dict[str, Any]:
    try:
        return tomllib.loads(texts[file])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: not valid TOML: {error}") from error


def _function(function_id: str, table: object) -> _Function:
    try:
        function = msgspec.convert(table, _Function)
    except msgspec.ValidationError as error:
        # msgspec's text names the field: "missing required field `x`" or "at `$.x`".
        raise ValueError(f"{FUNCTIONS_FILE}: [{function_id}] {error}") from error
    for field in ("signature", "example", "solution", "tests"):
        if not getattr(function, field).strip():
            raise _fault(FUNCTIONS_FILE, function_id, field, "is empty")
    if function.values is not None and not function.values:
        raise _fault(FUNCTIONS_FILE, function_id, "values", "is empty")
    _check_placeholder(FUNCTIONS_FILE, function_id, "signature", function.signature, function)
    if _ENTRY_POINT.fullmatch(_PLACEHOLDER.sub("k", function.signature)) is None:
        raise _fault(FUNCTIONS_FILE, function_id, "signature", "must read `def name(...) -> type:`")
    if not all(line.startswith("    ") for line in function.solution.strip("\n").split("\n")):
        raise _fault(FUNCTIONS_FILE, function_id, "solution", "must be indented by four spaces")
    return function


def _docstrings(
    language: str, texts: Mapping[str, str], functions: Mapping[str, _Function]
) -> dict[str, str]:
    """Decode the docstrings of one language and check them against the functions."""
    file = docstring_file(language)
    docstrings = _parse(file, texts)
    for function_id in functions.keys() ^ docstrings.keys():
        lacking = file if function_id in functions else FUNCTIONS_FILE
        raise _fault(lacking, function_id, "docstring" if lacking == file else "table", "missing")
    for function_id, text in docstrings.items():
        if not isinstance(text, str):
            raise _fault(file, function_id, "docstring", f"expected str, got {text!r}")
        # A backslash or a quote at the end would change or break the program around it.
        if not text.strip() or re.search(r'\\|\n|"""|"$', text):
            raise _fault(file, function_id, "docstring", f"not one plain line: {text!r}")
        _check_placeholder(file, function_id, "docstring", text, functions[function_id])
    return docstrings


def _check_placeholder(
    file: str, function_id: str, field: str, text: str, function: _Function
) -> None:
    if ("<<k>>" in text) != (function.values is not None):
        what = "lacks <<k>>" if function.values is not None else "has <<k>>, but no values"
        raise _fault(file, function_id, field, what)


def _problem(
    function_id: str,
    function: _Function,
    docstrings: Mapping[str, Mapping[str, str]],
    value: int | str | None,
) -> CodeProblem:
    def fill(file: str, field: str, text: str) -> str:
        try:
            return _fill(text, value)
        except ValueError as error:
            raise _fault(file, function_id, field, str(error)) from error

    signature = fill(FUNCTIONS_FILE, "signature", function.signature)
    example = fill(FUNCTIONS_FILE, "example", function.example)
    prompt = {}
    for language in LANGUAGES:
        text = fill(docstring_file(language), "docstring", docstrings[language][function_id])
        prompt[language] = _prompt(signature, text, example)
    entry_point = signature.removeprefix("def ").partition("(")[0]
    return CodeProblem(
        problem_id=f"starter-code/{entry_point}",
        function_id=function_id,
        split=function.split,
        entry_point=entry_point,
        prompt=prompt,
        solution=fill(FUNCTIONS_FILE, "solution", function.solution).strip("\n") + "\n",
        tests=fill(FUNCTIONS_FILE, "tests", function.tests).strip("\n") + "\n",
    )


def _prompt(signature: str, docstring: str, example: str) -> str:
    lines = [f'"""{docstring}', "", *example.strip("\n").split("\n"), '"""']
    return "\n".join([signature, *(f"    {line}" if line else "" for line in lines)]) + "\n"


def _fill(text: str, value: int | str | None) -> str:
    """Replace each <<expression>> by its value at k = `value`.

    Raises:
        ValueError: an expression is malformed, or k is used where there is no value.
    """

    def replace(match: re.Match[str]) -> str:
        try:
            return str(_evaluate(ast.parse(match[1].strip(), mode="eval").body, value))
        except (SyntaxError, TypeError) as error:
            raise ValueError(f"{match[0]}: {error}") from error

    filled = _PLACEHOLDER.sub(replace, text)
    if "<<" in filled:
        raise ValueError("a placeholder is not closed")
    return filled


def _evaluate(node: ast.expr, value: int | str | None) -> Any:
    """Evaluate the few forms that a placeholder may have: k, literals and arithmetic on them."""
    match node:
        case ast.Name(id="k") if value is not None:
            return value
        case ast.Constant(value=int() | str() as constant):
            return constant
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_evaluate(left, value), _evaluate(right, value))
    raise ValueError(f"cannot compute `{ast.unparse(node)}`")
