"""The benchmarks by name, found by scanning `benchmarks/`.

A module of `tasks.benchmarks` is a benchmark if it assigns `BENCHMARK` at its top level; only those
modules are imported, and an error in one is never swallowed. The facts that the command line reads
without importing them (`tasks.index`) must match the imported ones.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from tasks import benchmarks as folder
from tasks import index
from tasks.benchmark import BPB_METRICS, CHOICE_ACCURACY, Benchmark
from ultralink_data.added_code import blaming, exported
from ultralink_data.errors import ConfigError, unknown_name

_NEEDED: Final = ("version", "description", "metric", "protocols", "languages")
"""Attributes that a benchmark's class must set, besides `name`."""


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
        ConfigError: a module does not run or exports something else, lacks an attribute, two have
        the same name, or the index disagrees.
    """
    found: dict[str, Benchmark[Any]] = {}
    for path in folder.exporting():
        module = f"{folder.__name__}.{path.stem}"
        benchmark: Benchmark[Any] = exported(module, path, "BENCHMARK", Benchmark)
        with blaming(path, f"class {type(benchmark).__name__}"):
            _check_class(path, benchmark)
        if benchmark.name in found:
            raise ConfigError(
                f"{path}: a second benchmark is named {benchmark.name!r}",
                hint="give it another `name`: commands and reports know it by that",
            )
        found[benchmark.name] = benchmark
    return found


def _check_class(path: Path, benchmark: Benchmark[Any]) -> None:
    """Check that the class says all it must, and the same to the index, which reads its source."""
    kind = type(benchmark).__name__
    read = index.entry(path)
    for field in _NEEDED:
        if not getattr(benchmark, field, None):
            raise ConfigError(
                f"{path}: class {kind} has no `{field}`",
                hint=f"give it `{field}: ClassVar[...] = ...`; tasks/benchmark.py says what it is",
            )
    for field in index.READ:
        said = getattr(benchmark, field)
        if said != getattr(read, field):
            raise ConfigError(
                f"{path}: class {kind} has {field} {said!r}, its source reads "
                f"{getattr(read, field)!r}",
                hint=f"write it in one line: `{field}: ClassVar[...] = literal`",
            )
    metrics = (benchmark.metric, CHOICE_ACCURACY, *BPB_METRICS)
    if benchmark.primary_metric not in metrics:
        raise unknown_name(f"primary in {path}:", benchmark.primary, metrics)
