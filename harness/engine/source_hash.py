"""What code a stage's output depends on: the stage's module and all it imports from us.

The import graph is read from the source text, lazy imports inside functions included, so
that no module runs. Comments, docstrings and formatting do not count; data files beside a
module (`texts/*.toml`, prompts) do.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from harness.engine.module_facts import FactCache, FromImport, ModuleFacts, cache_file

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
    _kept().save()
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


def is_module(name: str) -> bool:
    """Whether this is a module of the five rooms."""
    return name.partition(".")[0] in ROOMS and _file(name) is not None


_ROW_ROOMS = ("ultralink_data", "tasks", "train")


def file_hash(facts: ModuleFacts, more: Iterable[str] = ()) -> str:
    """Hash of the code of a file that stands alone, of `more` modules, and of all they import.

    Of what the file imports from this project, only `ultralink_data`, `tasks` and `train` count:
    from the other rooms it takes types, which decide no row.

    Raises:
        ValueError: no such module.
    """
    names = set(facts.imports)
    for taken in facts.froms:
        names.update([taken.module, *(f"{taken.module}.{name}" for name in taken.names)])
    ours = _known({name for name in names if name.partition(".")[0] in _ROW_ROOMS})
    digest = hashlib.sha256(facts.code.encode())
    for module in sorted({*ours, *more}):
        digest.update(f"{module}\0{source_hash(module)}\n".encode())
    return digest.hexdigest()


def _file(module: str) -> Path | None:
    base = os.path.join(ROOT, *module.split("."))
    for path in (f"{base}.py", os.path.join(base, "__init__.py")):
        if os.path.isfile(path):
            return Path(path)
    return None


@cache
def _kept() -> FactCache:
    return FactCache(cache_file())


def forget() -> None:
    """Read every file again at the next call; else each is read once in a process."""
    _imports.cache_clear()
    _module_hash.cache_clear()


def _facts(module: str) -> ModuleFacts:
    path = _file(module)
    assert path is not None
    return _kept().of(path)


@cache
def _imports(module: str) -> list[str]:
    """Modules of ours that `module` imports; a package's plug-in modules count as imported.

    A package that finds its modules by looking (`languages`, `tasks.registry`) imports all of
    them: `iter_modules` or `"*.py"` in its source stands for that.
    """
    facts = _facts(module)
    names: set[str] = {*_parents(module), *facts.imports}
    for taken in facts.froms:
        origin = _origin(module, taken)
        names.add(origin)
        names.update(f"{origin}.{name}" for name in taken.names)
    if facts.looks_for_modules:
        names.update(_siblings(module))
    return [name for name in _known(names) if name != module]


def _origin(module: str, taken: FromImport) -> str:
    """The absolute name of what `from ... import` takes from."""
    if not taken.level:
        return taken.module
    path = _file(module)
    assert path is not None
    parts = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    parts = parts[: len(parts) - (taken.level - 1)]
    return ".".join([*parts, *([taken.module] if taken.module else [])])


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def _known(names: set[str]) -> list[str]:
    """Those of `names`, and of the packages they lie in, that are modules of ours."""
    ours = {name for name in names if name.partition(".")[0] in ROOMS}
    return sorted(n for n in ours.union(*map(_parents, ours)) if _file(n) is not None)


def _siblings(module: str) -> list[str]:
    path = _file(module)
    assert path is not None
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    return [f"{package}.{p.stem}" for p in path.parent.glob("*.py") if p.stem != "__init__"]


@cache
def _module_hash(module: str) -> str:
    path = _file(module)
    assert path is not None
    digest = hashlib.sha256(_facts(module).code.encode())
    if path.name == "__init__.py":
        for data in sorted(_data_files(path.parent)):
            digest.update(f"{data.relative_to(path.parent)}\0".encode())
            digest.update(hashlib.sha256(data.read_bytes()).digest())
    return digest.hexdigest()


def _data_files(package: Path) -> Iterator[Path]:
    """Files of this package and of no subpackage, not Python, not hidden, no byte code."""
    for folder, folders, files in os.walk(package):
        folders[:] = [
            name
            for name in folders
            if name != "__pycache__"
            and not name.startswith(".")
            and not os.path.exists(os.path.join(folder, name, "__init__.py"))
        ]
        for name in files:
            if not name.startswith(".") and not name.endswith((".py", ".typed")):
                yield Path(folder, name)
