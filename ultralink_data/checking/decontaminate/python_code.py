"""Python functions out of a conversation: fenced blocks, bare ones, stubs and their bodies."""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

FENCE: Final = re.compile(r"```[ \t]*([\w+#.-]*)[^\n]*\n([\s\S]*?)(?:```|\Z)")
"""A fenced block to its end or the text's, its name and its body."""
PYTHON: Final = frozenset(("", "python", "py", "python3", "python2", "ipython", "pycon"))
_LOOKS_LIKE: Final = re.compile(r"^[ \t]*(?:async )?def \w+\(|\bdef \w+\([^)\n]*\)[^\n]*:", re.M)
_BLOCKS: Final = ("body", "handlers", "orelse", "finalbody", "cases")
"""Fields of statements that hold statements; in other nodes `body` and `orelse` are expressions."""
_MOST: Final = 20_000
"""Characters of a program; longer ones are files, not answers."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=1)
def functions(turns: tuple[str, ...]) -> tuple[Function, ...]:
    """Every function of the Python programs in the turns, methods and inner ones too."""
    return tuple(_functions(turns))


def _functions(turns: Sequence[str]) -> Iterator[Function]:
    for place, turn in enumerate(turns):
        # A reply may go on with the head of a function that ends the user's turn.
        if not _looks_like(turn) and (place % 2 == 0 or not _looks_like(turns[place - 1])):
            continue
        before = turns[place - 1] if place % 2 else ""
        for tree in _trees(turn, before):
            yield from functions_in(tree)


def _looks_like(turn: str) -> bool:
    """Whether a turn has the head of a function; looked for from the first line that may."""
    at = turn.find("def ")
    return at >= 0 and _LOOKS_LIKE.search(turn, turn.rfind("\n", 0, at) + 1) is not None


def _trees(turn: str, before: str) -> Iterator[ast.Module]:
    blocks = [body for name, body in FENCE.findall(turn) if name.lower() in PYTHON]
    if not blocks and "```" not in turn:
        blocks = [turn]
    for block in blocks:
        tree = parse(block)
        if before and (tree is None or not _has_function(tree)):
            tree = _continued(before, block) or tree
        if tree is not None:
            yield tree


def _has_function(tree: ast.Module) -> bool:
    """A body alone parses too: `return` outside a function is no error of syntax."""
    return any(True for _ in functions_in(tree))


def functions_in(tree: ast.Module) -> Iterator[Function]:
    """The functions of a program, outer ones first; expressions hold none and are left out."""
    blocks: list[ast.AST] = [tree]
    for block in blocks:
        if isinstance(block, Function):
            yield block
        for name in _BLOCKS:
            blocks += getattr(block, name, ())


def nodes(tree: ast.AST) -> list[ast.AST]:
    """`ast.walk(tree)` without marks of context and operators, which have no parts."""
    found = [tree]
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [part for part in value if isinstance(part, ast.AST) and part._fields]
            elif isinstance(value, ast.AST) and value._fields:
                found.append(value)
    return found


def _continued(stub: str, body: str) -> ast.Module | None:
    """The program of a stub in the user's turn and a reply that holds only the body."""
    found = FENCE.findall(stub)
    head = found[-1][1] if found else "".join(stub.partition("def ")[1:])
    if "def " not in head and "class " not in head:
        return None
    return parse(head.rstrip() + "\n" + body) or parse(
        head.rstrip() + "\n" + textwrap.indent(textwrap.dedent(body), "    ")
    )


@lru_cache(maxsize=16)
def parse(source: str) -> ast.Module | None:
    """The syntax tree, or None if it is not Python; nothing is run.

    A program inside prose is found from its first `def`, `import` or `class` on. A row's programs
    are asked for by several measures in turn, which must not change the tree.
    """
    tree = _parse(source)
    if tree is None and (dedented := textwrap.dedent(source)) != source:
        tree = _parse(dedented)
    if tree is None and (cut := _cut(source)) != source:
        tree = _parse(cut)
    return tree


def _parse(text: str) -> ast.Module | None:
    if not text.strip() or len(text) > _MOST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _cut(source: str) -> str:
    """From the first line that begins a program to the last indented one after it."""
    lines = source.splitlines()
    starts = [n for n, line in enumerate(lines) if re.match(r"(?:def|import|from|class|@)\b", line)]
    if not starts:
        return ""
    last = starts[0]
    for n in range(starts[0], len(lines)):
        if (lines[n][:1] in (" ", "\t") and lines[n].strip()) or n in starts:
            last = n
    return "\n".join(lines[starts[0] : last + 1])
