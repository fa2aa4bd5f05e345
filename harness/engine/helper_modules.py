"""The modules that a user's file imports from beside it or from `PYTHONPATH`: its code, like it.

What is installed does not count here; `harness.engine.deciding_packages` has the versions.
"""

import site
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, resolve_name
from pathlib import Path

from harness.engine.module_facts import ModuleFacts, read_facts
from harness.engine.source_hash import ROOMS


def helper_modules(facts: ModuleFacts) -> list[ModuleFacts]:
    """The facts of the helpers that a file with these facts imports, directly or not, by name.

    Call it after the file has run, as the file may set where Python looks for modules.

    Raises:
        SyntaxError: a helper is not valid Python.
    """
    found: dict[str, ModuleFacts] = {}
    todo = list(_imported(facts, ""))
    while todo:
        name = todo.pop()
        path = _source(name)
        if name not in found and path is not None:
            found[name] = read_facts(path.read_bytes(), str(path))
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            todo += _imported(found[name], package)
    return [found[name] for name in sorted(found)]


def _imported(facts: ModuleFacts, package: str) -> Iterator[str]:
    """Absolute names that may be modules, with the packages that contain them."""
    names = set(facts.imports)
    for taken in facts.froms:
        origin = taken.module
        if taken.level:
            with suppress(ImportError):
                origin = resolve_name("." * taken.level + taken.module, package)
        names.update([origin, *(f"{origin}.{name}" for name in taken.names)])
    for name in names:
        parts = name.split(".")
        yield from (".".join(parts[:n]) for n in range(1, len(parts) + 1))


def _source(name: str) -> Path | None:
    """The source of a module that is neither ours nor installed."""
    top = name.partition(".")[0]
    if top in ROOMS or top in sys.stdlib_module_names or _is_installed(_spec(top)):
        return None
    spec = _spec(name)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return Path(spec.origin)


def _spec(name: str) -> ModuleSpec | None:
    with suppress(ImportError, ValueError, AttributeError):
        return find_spec(name)
    return None


def _is_installed(spec: ModuleSpec | None) -> bool:
    """Whether a top-level module is absent, built in, or in a folder of installed packages."""
    if spec is None:
        return True
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or ())
    return not any(Path(place).is_absolute() for place in places) or any(
        Path(place).resolve().is_relative_to(folder) for place in places for folder in _folders()
    )


@cache
def _folders() -> tuple[Path, ...]:
    paths = sysconfig.get_paths()
    named = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    return tuple(Path(name).resolve() for name in (*named, site.getusersitepackages()))
