"""What single statements of a program bind, read and run, told from its syntax tree."""

import ast
import symtable
from collections.abc import Iterator
from typing import Final

Function = ast.FunctionDef | ast.AsyncFunctionDef
"""Either kind of function."""
_IMPORTS: Final = (ast.Import, ast.ImportFrom)
_NAMED: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)


def parsed(code: str) -> ast.Module | None:
    """The syntax tree of code; None if it is no Python, as null bytes and endless nesting."""
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def does_nothing(node: ast.stmt) -> bool:
    """Whether a statement of a function leaves it a stub: a docstring, `pass`, an import."""
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return isinstance(node, ast.Pass | ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def called_name(node: ast.AST) -> str | None:
    """The name that a call calls; None if it is no call, or calls no plain name."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return None


def executed(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when a statement does: not those inside functions that it defines."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        if not isinstance(one, Function):
            todo.extend(ast.iter_child_nodes(one))


def reads(node: ast.AST) -> set[str]:
    """The names that a statement reads when it runs, not in the functions that it defines."""
    return {n.id for n in executed(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def binds(node: ast.AST) -> set[str]:
    """The names that a statement binds where it stands; `*` for all of a module."""
    if isinstance(node, Function | ast.ClassDef):
        return {node.name}
    found: set[str] = set()
    for inner in executed(node):
        if isinstance(inner, ast.Name):
            if isinstance(inner.ctx, ast.Store):
                found.add(inner.id)
        elif isinstance(inner, _IMPORTS):
            found |= {alias.asname or alias.name.split(".")[0] for alias in inner.names}
        elif isinstance(inner, _NAMED) and inner.name:
            found.add(inner.name)
    return found


def has_method(node: ast.stmt, names: frozenset[str]) -> bool:
    """Whether a class has a method of one of these names."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(inner, Function) and inner.name in names for inner in node.body
    )


def runs_at_start(node: ast.stmt) -> bool:
    """Whether a statement does something when the program starts, not only when called."""
    return not isinstance(node, Function | ast.ClassDef)


def global_reads(code: str) -> set[str]:
    """The global names that code reads, in any scope."""
    try:
        scopes = [symtable.symtable(code, "answer", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for scope in scopes:
        scopes.extend(scope.get_children())
        outermost = scope.get_type() == "module"
        found |= {
            symbol.get_name()
            for symbol in scope.get_symbols()
            if symbol.is_referenced() and (outermost or symbol.is_global())
        }
    return found


def outer_reads(node: ast.AST) -> set[str]:
    """The names that a statement reads, at any depth, and that are not a function's own."""
    read: set[str] = set()
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, Function | ast.Lambda):
            read |= _reads_inside(one)
            decorators = [] if isinstance(one, ast.Lambda) else one.decorator_list
            todo += [*decorators, *one.args.defaults, *filter(None, one.args.kw_defaults)]
            continue
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load):
            read.add(one.id)
        todo.extend(ast.iter_child_nodes(one))
    return read


def _reads_inside(function: Function | ast.Lambda) -> set[str]:
    """The names that a function reads and does not bind itself."""
    arguments = function.args
    own = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    own |= {a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None}
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    read: set[str] = set()
    for part in body:
        read |= outer_reads(part)
        own |= binds(part)
    changed = {name for part in body for n in ast.walk(part) for name in _declared(n)}
    return read - (own - changed)


def _declared(node: ast.AST) -> list[str]:
    return node.names if isinstance(node, ast.Global) else []


def reads_as_defined(node: Function | ast.ClassDef) -> set[str]:
    """The names that are read when a function or a class is defined."""
    parts: list[ast.AST] = [*node.decorator_list]
    if isinstance(node, ast.ClassDef):
        parts += [*node.bases, *node.body]
    else:
        parts += [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    bound = {name for part in parts if isinstance(part, ast.stmt) for name in binds(part)}
    return {name for part in parts for name in reads(part)} - bound
