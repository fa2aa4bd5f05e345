"""The benchmarks by name, found by scanning `benchmarks/`.

A module of `tasks.benchmarks` is a benchmark if it assigns `BENCHMARK` at its top level; only those
modules are imported, and an error in one is never swallowed. The facts that the command line reads
without importing them (`tasks.index`) must match the imported ones.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tasks import benchmarks as folder
from tasks import index
from tasks.benchmark import Benchmark
from ultralink_data.errors import unknown_name


def get(name: str) -> Benchmark[Any]:
    """The benchmark with this name.

    Raises:
        ConfigError: there is none; offers the nearest names.
    """
    if name not in benchmarks():
        raise unknown_name("task", name, names())
    return benchmarks()[name]


def names() -> list[str]:
    """The names of all benchmarks, sorted."""
    return sorted(benchmarks())


@cache
def benchmarks() -> dict[str, Benchmark[Any]]:
    """All benchmarks by name.

    Raises:
        ValueError: a module exports something else, two have the same name, or the index disagrees.
    """
    found: dict[str, Benchmark[Any]] = {}
    for path in folder.exporting():
        exported = import_module(f"{folder.__name__}.{path.stem}").BENCHMARK
        if not isinstance(exported, Benchmark):
            raise ValueError(f"{path}: BENCHMARK is a {type(exported).__name__}, not a Benchmark")
        if exported.name in found:
            raise ValueError(f"{path}: a second benchmark is named {exported.name!r}")
        _check_index(path, exported)
        found[exported.name] = exported
    return found


def _check_index(path: Path, exported: Benchmark[Any]) -> None:
    """Check that the index, which reads source text, agrees with the imported benchmark."""
    read = index.entry(path)
    for field in index.READ:
        if getattr(exported, field) != getattr(read, field):
            raise ValueError(
                f"{path}: the class says {field} is {getattr(exported, field)!r}, its source reads "
                f"{getattr(read, field)!r}: write it as `{field}: ClassVar[...] = literal`"
            )
