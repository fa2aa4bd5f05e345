"""The benchmarks by name, found by scanning `benchmarks/`.

A module of `tasks.benchmarks` is a benchmark if it assigns `BENCHMARK` at its top level; only those
modules are imported, and an error in one is never swallowed. The facts that the command line reads
without importing them (`tasks.index`) must match the imported ones.
"""

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

from tasks import benchmarks as folder
from tasks import index
from tasks.benchmark import BPB_METRICS, CHOICE_ACCURACY, Benchmark
from ultralink_data.added_code import blaming, exported
from ultralink_data.errors import ConfigError, unknown_name
from ultralink_data.field_types import in_words, test_of, told

_NEEDED: Final = ("version", "description", "metric", "protocols", "languages")
"""Attributes that a benchmark's class must set, besides `name`."""
_LONGEST: Final = 100
"""Characters: a longer name is that of no module."""
_ALIKE: Final = 0.88
"""How alike two names are, of 1, if one is taken for a slip of the pen: `refrence`, `items`."""


def get(name: str) -> Benchmark[Any]:
    """The benchmark with this name.

    Raises:
        ConfigError: there is none (offers the nearest names), or its file exports none.
    """
    if name not in benchmarks():
        # Only a word can be a module: a name from a record may be a path, or too long for a file.
        word = name if name.isidentifier() and len(name) < _LONGEST else ""
        file = Path(folder.__file__).with_name(f"{word}.py")
        if word and file.is_file() and file not in folder.exporting():
            raise ConfigError(
                f"{file}: no line assigns BENCHMARK, so it is no benchmark",
                hint="end it with `BENCHMARK = NameOfItsClass()`",
            )
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
    _check_attributes(path, benchmark)
    metrics = (benchmark.metric, CHOICE_ACCURACY, *BPB_METRICS)
    if benchmark.primary_metric not in metrics:
        raise unknown_name(f"primary in {path}:", benchmark.primary, metrics)


def _check_attributes(path: Path, benchmark: Benchmark[Any]) -> None:
    """Check that attributes have their types, and that no name is a slip of the pen for one."""
    cls = type(benchmark)
    for field, hint in get_type_hints(Benchmark).items():
        (wanted,) = get_args(hint)  # of `ClassVar`
        said = getattr(benchmark, field, None)
        if not test_of(wanted)(said):
            kind = in_words(wanted)
            raise ConfigError(
                f"{path}: class {cls.__name__}: `{field}` must be {kind}, got {told(said, kind)}",
                hint="tasks/benchmark.py says what it is",
            )
    own = {name for name in vars(cls) if not name.startswith("_")}
    inherited = {name for base in cls.__mro__[1:] for name in dir(base) if name[0] != "_"}
    for name in sorted(own - inherited):
        meant = get_close_matches(name, sorted(inherited - own), 1, _ALIKE)
        if meant:
            raise ConfigError(
                f"{path}: class {cls.__name__} has {name!r}, which nothing reads",
                hint=f"did you mean {meant[0]!r}? Else choose a name that is less like it",
            )
