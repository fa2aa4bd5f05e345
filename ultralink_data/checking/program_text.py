"""What makes a program another program: its operators, comparisons, constants and operands.

Two programs that differ in one of these are different programs, however alike their texts are;
names of variables, comments, docstrings and the layout make no difference. Python is read as a
syntax tree, other languages by their tokens alone. A rewrite that keeps the meaning (`a > b` to `b
< a`) counts as another program: keeping a row by mistake costs less than losing one.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from ultralink_data.checking.decontaminate.code_shape import program_shape
from ultralink_data.checking.decontaminate.python_code import FENCE, PYTHON, nodes, parse
from ultralink_data.text.units import stable_hash

_TOKEN: Final = re.compile(
    r"""//[^\n]*|\#[^\n]*|--\s[^\n]*|/\*.*?\*/|<!--.*?-->"""
    r"""|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"""
    r"""|\d[\w.]*|[-+*/%<>=!&|^~?:@.]+)"""
    r"""|([^\W\d]\w*)""",
    re.S,
)
"""A comment, or a token that is kept as it stands, or a name."""
_DEFINES: Final = re.compile(r"^[ \t]*(?:async )?def \w+\(", re.M)


def program_hash(turns: Sequence[str]) -> int:
    """The key of the programs in a row's fenced code, or in turns that are Python; 0 without any.

    Equal for rows whose programs differ in names, comments and layout alone.
    """
    marks: list[object] = []
    for turn in turns:
        marks += _turn(turn)
    return stable_hash(repr(marks)) if marks else 0


def _turn(turn: str) -> list[object]:
    marks: list[object] = []
    blocks = FENCE.findall(turn)
    if not blocks and "def " in turn and _DEFINES.search(turn):
        blocks = [("python", turn)]
    for name, body in blocks:
        tree = parse(body) if name.lower() in PYTHON else None
        marks += _tokens(body) if tree is None else _tree(tree)
    return marks


def _tree(tree: ast.Module) -> Iterator[object]:
    """Marks of the shape, constants with their signs, and which variable stands where."""
    yield program_shape(tree)
    found = nodes(tree)
    told = {id(node.value) for node in found if isinstance(node, ast.Expr)}
    names: dict[str, int] = {}
    for node in found:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
                yield "-", repr(value)
            case ast.Compare(ops=ops):
                # The shape turns `a > b` around, whichever names stand there.
                yield tuple(type(op).__name__ for op in ops)
            case ast.Constant(value=value) if id(node) not in told:
                yield repr(value)
            case ast.Name(id=name) | ast.arg(arg=name):
                yield names.setdefault(name, len(names))


def _tokens(code: str) -> list[object]:
    """Operators, numbers and texts as they stand, names by the order of their first use."""
    names: dict[str, int] = {}
    return [
        kept or names.setdefault(name, len(names))
        for kept, name in _TOKEN.findall(code)
        if kept or name
    ]
