"""What code a stage's output depends on: the stage's module and all it imports from us.

The import graph is read from the source text, lazy imports inside functions included, so
that no module runs. Comments, docstrings and formatting do not count; data files beside a
module (`texts/*.toml`, prompts) do.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

ROOMS: tuple[str, ...] = ("ultralink_data", "tasks", "train", "leaderboard", "harness")

ROOT = Path(__file__).resolve().parents[2]


def source_hash(module: str) -> str:
    """Hash of `module` and of every module of the five rooms that it imports, however deep.

    Raises:
        ValueError: no such module.
    """
    digest = hashlib.sha256()
    for name in sorted(closure(module)):
        digest.update(f"{name}\0{_module_hash(name)}\n".encode())
    return digest.hexdigest()


def closure(module: str) -> frozenset[str]:
    """`module` and the modules of the five rooms that it imports, directly or not."""
    if _file(module) is None:
        raise ValueError(f"no module {module!r} below {ROOT}")
    seen: set[str] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += _imports(name)
    return frozenset(seen)


def _file(module: str) -> Path | None:
    base = ROOT / Path(*module.split("."))
    if base.with_suffix(".py").is_file():
        return base.with_suffix(".py")
    package = base / "__init__.py"
    return package if package.is_file() else None


@cache
def _tree(module: str) -> ast.Module:
    path = _file(module)
    assert path is not None
    return ast.parse(path.read_bytes(), filename=str(path))


def _imports(module: str) -> list[str]:
    """Modules of ours that `module` imports; a package's plug-in modules count as imported.

    A package that finds its modules by looking (`languages`, `tasks.registry`) imports all of
    them: `iter_modules` or `"*.py"` in its source stands for that.
    """
    names: set[str] = set(_parents(module))
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(module, node)
            names.add(origin)
            names.update(f"{origin}.{alias.name}" for alias in node.names)
        elif _looks_for_modules(node):
            names.update(_siblings(module))
    found = {part for name in names if name.split(".")[0] in ROOMS for part in _known(name)}
    return sorted(found - {module})


def _origin(module: str, node: ast.ImportFrom) -> str:
    """The absolute name of what `from ... import` takes from."""
    if not node.level:
        return node.module or ""
    path = _file(module)
    assert path is not None
    parts = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    parts = parts[: len(parts) - (node.level - 1)]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _looks_for_modules(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id == "iter_modules"
    if isinstance(node, ast.Attribute):
        return node.attr == "iter_modules"
    return isinstance(node, ast.Constant) and node.value == "*.py"


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def _known(name: str) -> list[str]:
    return [part for part in [*_parents(name), name] if _file(part) is not None]


def _siblings(module: str) -> list[str]:
    path = _file(module)
    assert path is not None
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return [f"{package}.{p.stem}" for p in path.parent.glob("*.py") if p.stem != "__init__"]


def _module_hash(module: str) -> str:
    path = _file(module)
    assert path is not None
    digest = hashlib.sha256(ast.dump(_without_docstrings(_tree(module))).encode())
    if path.name == "__init__.py":
        for data in sorted(p for p in path.parent.rglob("*") if _is_data(p, path.parent)):
            digest.update(f"{data.relative_to(path.parent)}\0".encode())
            digest.update(hashlib.sha256(data.read_bytes()).digest())
    return digest.hexdigest()


def _is_data(path: Path, package: Path) -> bool:
    """A file of this package and of no subpackage, not Python, not hidden, no byte code."""
    name = path.relative_to(package)
    if not path.is_file() or path.suffix in (".py", ".typed"):
        return False
    if any(part == "__pycache__" or part.startswith(".") for part in name.parts):
        return False
    between = list(name.parents)[:-1]
    return not any((package / folder / "__init__.py").exists() for folder in between)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:]
    return tree
