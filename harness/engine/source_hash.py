"""The code that a stage's output depends on: its module and all project modules it imports.

The import graph is read from the source text, lazy imports inside functions included, so
that no module runs. Comments, docstrings and formatting do not count; data files beside a
module (`texts/*.toml`, prompts) do. Those with the name of a discovered module (`mgsm.toml` beside
`mgsm.py`) count with that module alone.

If a package discovers its modules by scanning (`languages`, `tasks.benchmarks`), all of them count,
unless a `Use` says which are in use: then only those count, plus those that an importing module
names in a string (`languages.get("en")`). In a language file, only sections count that some module
of the graph mentions as an attribute or a string. A module that goes through all
(`languages.every()`) depends on those sections of the others that it mentions itself. The rules err
on the side of counting too much.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import msgspec

from harness.engine.module_facts import FactCache, FromImport, ModuleFacts, cache_file

ROOMS: tuple[str, ...] = ("ultralink_data", "tasks", "train", "leaderboard", "harness")

ROOT = Path(__file__).resolve().parents[2]


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the code that a configuration uses.

    `chosen` names, by package, which of the discovered modules are in use: by the module's own
    name, or by a string in it (a benchmark's name).
    """

    chosen: tuple[tuple[str, frozenset[str]], ...] = ()


ALL = Use()
"""No choice: everything counts."""

EVERY = "every"
"""The function of a scanning package that returns all its plug-ins, in use or not."""


def source_hash(module: str, use: Use = ALL) -> str:
    """Hash of `module` and of every project module that it imports, directly or not.

    Raises:
        ValueError: no such module.
    """
    names = closure(module, use)
    mentioned = _mentioned(names)
    hashes = {name: _module_hash(name, mentioned) for name in names} | _glanced_at(names)
    digest = hashlib.sha256()
    for name in sorted(hashes):
        digest.update(f"{name}\0{hashes[name]}\n".encode())
    _kept().save()
    return digest.hexdigest()


def module_code(module: str) -> str:
    """Hash of this module's own code, without anything that it imports.

    Raises:
        ValueError: no such module.
    """
    if _file(module) is None:
        raise ValueError(f"no module {module!r} below {ROOT}")
    return _facts(module).code


def closure(module: str, use: Use = ALL) -> frozenset[str]:
    """`module` and the project modules that it imports, directly or not.

    Raises:
        ValueError: no such module.
    """
    if _file(module) is None:
        raise ValueError(f"no module {module!r} below {ROOT}")
    seen: set[str] = set()
    todo = [module]
    while todo:
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += _imports(name)
        # Each module may name further plug-ins, and each of those import further modules.
        todo = [name for name in _plugins(seen, use) if name not in seen]
    return frozenset(seen)


def is_module(name: str) -> bool:
    """Whether this is a module of the project's five packages."""
    return name.partition(".")[0] in ROOMS and _file(name) is not None


ROW_ROOMS = ("ultralink_data", "tasks", "train")
"""The packages whose code can decide rows."""


def file_hash(facts: ModuleFacts, more: Iterable[str] = ()) -> str:
    """Hash of the code of a stand-alone file, of `more` modules, and of all they import.

    Raises:
        ValueError: no such module.
    """
    digest = hashlib.sha256(facts.code.encode())
    for module in file_modules(facts, more):
        digest.update(f"{module}\0{source_hash(module)}\n".encode())
    return digest.hexdigest()


def file_modules(facts: ModuleFacts, more: Iterable[str] = ()) -> list[str]:
    """`more`, and the modules that a stand-alone file imports from this project.

    Only `ultralink_data`, `tasks` and `train` count: from the other packages a file takes only
    types, which decide no row.
    """
    names = set(facts.imports)
    for taken in facts.froms:
        names.update([taken.module, *(f"{taken.module}.{name}" for name in taken.names)])
    ours = _known({name for name in names if name.partition(".")[0] in ROW_ROOMS})
    return sorted({*ours, *more})


def imported_packages(modules: Iterable[str], *files: ModuleFacts) -> frozenset[str]:
    """The top-level names that these modules and files import from outside the project."""
    names: set[str] = set()
    for facts in (*map(_facts, modules), *files):
        names.update(facts.imports, (taken.module for taken in facts.froms if not taken.level))
    return frozenset(name.partition(".")[0] for name in names) - set(ROOMS)


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
    """Forget cached files, so that the next call reads them again; otherwise each is read once."""
    for cached in (_facts, _imports, _data_hash):
        cached.cache_clear()


@cache
def _facts(module: str) -> ModuleFacts:
    path = _file(module)
    assert path is not None
    return _kept().of(path)


@cache
def _imports(module: str) -> list[str]:
    """Project modules that `module` imports by name, with the packages that contain them."""
    facts = _facts(module)
    names: set[str] = {*_parents(module), *facts.imports}
    for taken in facts.froms:
        origin = _origin(module, taken)
        names.add(origin)
        names.update(f"{origin}.{name}" for name in taken.names)
    return [name for name in _known(names) if name != module]


def _origin(module: str, taken: FromImport) -> str:
    """The absolute name of the module in `from ... import`."""
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
    """Those of `names`, and of the packages that contain them, that are project modules."""
    ours = {name for name in names if name.partition(".")[0] in ROOMS}
    return sorted(n for n in ours.union(*map(_parents, ours)) if _file(n) is not None)


def _plugins(modules: Iterable[str], use: Use) -> list[str]:
    """Modules in use that the packages among `modules` discover by scanning."""
    modules = list(modules)
    chosen = dict(use.chosen)
    found: set[str] = set()
    for module in modules:
        if _facts(module).looks_for_modules:
            package, siblings = _siblings(module)
            names = chosen.get(package)
            if names is not None:
                siblings = _chosen(package, siblings, names, modules)
            found.update(siblings)
    return sorted(found)


def _siblings(module: str) -> tuple[str, list[str]]:
    """The package that `module` scans, and the modules in it."""
    path = _file(module)
    assert path is not None
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    files = sorted(path.parent.glob("*.py"))
    return package, [f"{package}.{p.stem}" for p in files if p.stem != "__init__"]


def _chosen(
    package: str, siblings: list[str], names: frozenset[str], modules: list[str]
) -> list[str]:
    """Those of `siblings` that are in use; all of them if a name matches none."""
    found: set[str] = set()
    for name in names:
        stems = {module for module in siblings if module == f"{package}.{name}"}
        stems |= {module for module in siblings if name in _facts(module).words}
        if not stems:
            return siblings
        found |= stems
    named = {
        word
        for module in modules
        if package not in (module, *_parents(module)) and package in _imports(module)
        for word in _facts(module).words
    }
    return sorted(found | {m for m in siblings if m.rpartition(".")[2] in named})


def _mentioned(modules: frozenset[str]) -> frozenset[str] | None:
    """Names of fields that these modules may read; None if one reads fields without naming them."""
    found: set[str] = set()
    for module in modules:
        facts = _facts(module)
        if facts.reads_all and any(_facts(name).sections for name in _reachable(module, modules)):
            return None
        found |= facts.attributes
        found |= facts.words
    return frozenset(found)


def _glanced_at(modules: frozenset[str]) -> dict[str, str]:
    """Hashes of plug-ins outside the graph that one of its modules goes through with `EVERY`.

    Only sections that this one module mentions are in them.
    """
    seen: dict[str, set[str]] = {}
    for module in modules:
        facts = _facts(module)
        if EVERY in facts.attributes:
            for package in filter(_scans, _imports(module)):
                for name in set(_siblings(package)[1]) - modules:
                    seen.setdefault(name, set()).update(facts.attributes, facts.words)
    return {name: _module_hash(name, frozenset(read), whole=False) for name, read in seen.items()}


def _scans(module: str) -> bool:
    return _facts(module).looks_for_modules


def _reachable(module: str, modules: frozenset[str]) -> set[str]:
    """Plug-ins that `module` can reach: those of packages it imports but is not part of."""
    packages = set(filter(_scans, _imports(module)))
    packages -= {module, *_parents(module)}
    return {name for name in modules if name.rpartition(".")[0] in packages}


def _module_hash(module: str, mentioned: frozenset[str] | None, *, whole: bool = True) -> str:
    """Hash of the sections mentioned (None: all) and, if `whole`, of the rest of the module."""
    facts = _facts(module)
    if not facts.sections or mentioned is None:
        return _data_hash(module, facts.code)
    used = [f"{name} {facts.sections[name]}" for name in sorted(facts.sections.keys() & mentioned)]
    return _data_hash(module, "\n".join([*([facts.rest] if whole else ()), *used]))


@cache
def _data_hash(module: str, code: str) -> str:
    """Hash of `code`, and of the data files that belong to `module`."""
    path = _file(module)
    assert path is not None
    digest = hashlib.sha256(code.encode())
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    if package == module or (_file(package) is not None and _scans(package)):
        for data in sorted(_data_files(path.parent)):
            if _owner(package, data) == module:
                digest.update(f"{data.relative_to(path.parent)}\0".encode())
                digest.update(hashlib.sha256(data.read_bytes()).digest())
    return digest.hexdigest()


def _owner(package: str, data: Path) -> str:
    """The module that a data file of this package belongs to: the package, or a plug-in in it.

    In a package that discovers its modules, `NAME.toml`, `NAME.more.json` and a folder `NAME`
    belong to `NAME.py`.
    """
    if _scans(package):
        name = data.relative_to(Path(ROOT, *package.split("."))).parts[0].partition(".")[0]
        if _file(f"{package}.{name}") is not None:
            return f"{package}.{name}"
    return package


def _data_files(package: Path) -> Iterator[Path]:
    """Data files of this package: no subpackages, Python, byte code or hidden files."""
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
