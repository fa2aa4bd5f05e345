"""Evidence by the shape of the code: what is left of a function when its names are changed.

A function becomes a sequence of marks: kinds of nodes in the order of the tree, without names,
constants, docstrings, annotations and comments. Names of builtins and of methods stay: renaming
variables does not change `sorted` or `.append`. Equivalent spellings are unified: `x += 1`, `a >
b`, `else` after a return, `not x == y`, `list()`.

Two functions are compared by their runs of `RUN` marks, each weighted by how rare it is among the
functions of the benchmark and of the rows; a run found in none weighs most. A short function, or
one whose runs are all common ("loop, if, append, return"), cannot reach the threshold.
"""

import ast
import builtins
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log2
from typing import Final, NamedTuple

from ultralink_data.checking.decontaminate.items import BenchmarkItem, Evidence
from ultralink_data.checking.decontaminate.python_code import (
    Function,
    functions,
    functions_in,
    parse,
)

RUN: Final = 4
ALIKE: Final = 0.7
"""Weighted share of runs that two functions must have in common to be one."""
NEEDED_BITS: Final = 40.0
"""Weight of the shared runs below which a shape tells nothing."""
_BUILTINS: Final = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_MOST_MARKS: Final = 2000

Run = tuple[str, ...]
Runs = Counter[Run]


class _Shape(NamedTuple):
    problem: int
    language: str
    name: str
    runs: Runs
    weight: float


class ShapeIndex:
    """The functions of benchmarks by their shape; `find` looks a row's programs up in it."""

    def __init__(
        self, items: Iterable[tuple[int, BenchmarkItem]], common: Mapping[Run, float]
    ) -> None:
        found: dict[tuple[int, tuple[str, ...]], tuple[str, str]] = {}
        for problem, item in items:
            tree = parse(item.code) if item.code else None
            for node in functions_in(tree) if tree else ():
                found.setdefault((problem, shape(node)), (item.language, node.name))
        self._weights = _weights(found)
        self._most = max(self._weights.values(), default=1.0)
        self._common = common
        self._shapes: list[_Shape] = []
        self._posted: dict[Run, list[int]] = defaultdict(list)
        for (problem, marks), (language, name) in found.items():
            runs = runs_of(marks)
            weight = self._weigh(runs)
            if weight < NEEDED_BITS / 2:
                continue
            for run in runs:
                self._posted[run].append(len(self._shapes))
            self._shapes.append(_Shape(problem, language, name, runs, weight))

    def _weigh(self, runs: Runs) -> float:
        return sum(self._bits(run) * n for run, n in runs.items())

    def _bits(self, run: Run) -> float:
        """Bits of a run, by the benchmark or the rows, whichever gives fewer."""
        bits = self._weights.get(run, self._most)
        return min(bits, self._common.get(run, bits))

    def find(self, turns: tuple[str, ...]) -> dict[int, Evidence]:
        """By problem the best evidence in the programs of the turns."""
        best: dict[int, Evidence] = {}
        for function in functions(turns):
            runs = runs_of(shape(function))
            own: float | None = None
            for place, shared in self._shared(runs).items():
                if shared < NEEDED_BITS / 2:
                    continue
                own = self._weigh(runs) if own is None else own
                of = self._shapes[place]
                alike = shared / (own + of.weight - shared)
                strength = min(alike / ALIKE, shared / NEEDED_BITS, 1.0)
                old = best.get(of.problem)
                if alike >= ALIKE / 2 and (old is None or strength > old.strength):
                    best[of.problem] = Evidence(
                        kind="code_shape",
                        strength=round(strength, 3),
                        language=of.language,
                        detail=f"{alike:.0%} of the shape of `{of.name}` ({shared:.0f} bits)",
                    )
        return best

    def _shared(self, runs: Runs) -> dict[int, float]:
        """Weight of the runs in common, by benchmark function."""
        found: dict[int, float] = defaultdict(float)
        for run, count in runs.items():
            for place in self._posted.get(run, ()):
                found[place] += self._bits(run) * min(count, self._shapes[place].runs[run])
        return found


def _weights(found: Iterable[tuple[int, tuple[str, ...]]]) -> dict[tuple[str, ...], float]:
    """Bits of each run by the share of problems that have it."""
    problems: dict[tuple[str, ...], set[int]] = defaultdict(set)
    everything: set[int] = set()
    for problem, marks in found:
        everything.add(problem)
        for run in runs_of(marks):
            problems[run].add(problem)
    total = len(everything) + 1
    return {run: log2(total / (len(having) + 0.5)) for run, having in problems.items()}


def runs_of(marks: Sequence[str]) -> Runs:
    """The runs of `RUN` marks and how often each occurs."""
    return Counter(zip(*(marks[start:] for start in range(RUN)), strict=False))


def shape(function: Function) -> tuple[str, ...]:
    """The marks of a function's body, in the order of its tree; none of one nested too deep.

    Whether such text still parses depends on Python's recursion limit, which libraries raise.
    """
    marks: list[str] = []
    try:
        for statement in _statements(function.body):
            marks += _marks(statement)
            if len(marks) > _MOST_MARKS:
                break
    except RecursionError:
        return ()
    return tuple(marks[:_MOST_MARKS])


def program_shape(tree: ast.Module) -> tuple[str, ...]:
    """The marks of a whole program: its functions and the code outside them."""
    return tuple(mark for statement in _statements(tree.body) for mark in _marks(statement))


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements without docstrings, `pass`, inner imports and an `else` after a return."""
    for statement in body:
        if isinstance(statement, ast.Pass | ast.Import | ast.ImportFrom | ast.Assert):
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        yield statement
        if isinstance(statement, ast.If) and _leaves(statement.body):
            yield from _statements(statement.orelse)


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _marks(node: ast.AST) -> Iterator[str]:
    """The marks of one node and all below it."""
    match node:
        case ast.Name(id=name):
            yield name if name in _BUILTINS else "name"
        case ast.Constant():
            yield "constant"
        case ast.JoinedStr() | ast.FormattedValue():
            yield "constant"
        case ast.Attribute(value=value, attr=attribute):
            yield f".{attribute}"
            yield from _marks(value)
        case ast.Call(func=ast.Name(id="list" | "dict" | "tuple" as name), args=[], keywords=[]):
            yield name.capitalize()
        case ast.AugAssign(target=target, op=op, value=value):
            yield "Assign"
            yield from _marks(target)
            yield type(op).__name__
            yield from _marks(target)
            yield from _marks(value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield "Assign"
            yield from _marks(target)
            yield from _marks(value)
        case ast.AnnAssign():
            return
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            yield "constant"
        case ast.UnaryOp(
            op=ast.Not(), operand=ast.Compare(left=left, ops=[op], comparators=[right])
        ):
            yield from _compared(left, _opposite(op), right)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield from _compared(left, type(op).__name__, right)
        case ast.If(test=test, body=body, orelse=orelse):
            yield "If"
            yield from _marks(test)
            yield from _block(body)
            if orelse and not _leaves(body):
                yield "else"
                yield from _block(orelse)
        case ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            yield "def"
            yield from _block(body)
        case ast.BinOp(left=left, op=op, right=right):
            yield type(op).__name__
            yield from _marks(left)
            yield from _marks(right)
        case ast.expr_context() | ast.arguments():
            return
        case _:
            yield type(node).__name__
            for name, child in ast.iter_fields(node):
                if name == "body" and isinstance(child, list):
                    yield from _block(child)
                    continue
                for below in child if isinstance(child, list) else (child,):
                    if isinstance(below, ast.AST):
                        yield from _marks(below)


def _block(body: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in _statements(body):
        yield from _marks(statement)
    yield "end"


def _compared(left: ast.expr, mark: str, right: ast.expr) -> Iterator[str]:
    """A comparison, the smaller side first."""
    if mark in ("Gt", "GtE"):
        left, right, mark = right, left, "Lt" if mark == "Gt" else "LtE"
    yield mark
    yield from _marks(left)
    yield from _marks(right)


def _opposite(op: ast.cmpop) -> str:
    name = type(op).__name__
    pairs = {"Eq": "NotEq", "In": "NotIn", "Is": "IsNot", "Lt": "GtE", "LtE": "Gt"}
    return (pairs | {b: a for a, b in pairs.items()})[name]
