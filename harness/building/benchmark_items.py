"""The problems of the registered benchmarks as `check` looks for them in training rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tasks import registry
from tasks.benchmark import Benchmark
from ultralink_data.checking.decontaminate.items import BenchmarkItem
from ultralink_data.errors import ConfigError, PrerequisiteError


def benchmark_items(
    tasks: Sequence[str], benchmarks: Path | None, languages: Sequence[str] = ()
) -> Iterator[BenchmarkItem]:
    """Every problem of the tasks in every language whose file is present (or in `languages`).

    A language requested by name whose file is missing is an error; otherwise it is left out, but at
    least one must be present.

    Raises:
        ConfigError: an unknown task, or one with nothing to search for.
        PrerequisiteError, DataError: a benchmark file is missing or damaged.
    """
    require_checkable(tasks)
    for task in tasks:
        benchmark = registry.get(task)
        missing: list[PrerequisiteError] = []
        for language in benchmark.languages:
            if languages and language not in languages:
                continue
            try:
                problems = benchmark.problems(language, benchmarks)
            except PrerequisiteError as error:
                missing.append(error)
                continue
            yield from (item for item in map(benchmark.item, problems) if item is not None)
        if missing and (languages or len(missing) == len(benchmark.languages)):
            raise missing[0]


def require_checkable(tasks: Sequence[str]) -> None:
    """Check names before any file is read.

    Raises:
        ConfigError: an unknown task, or one with nothing to search for.
    """
    for task in tasks:
        if type(registry.get(task)).item is Benchmark.item:
            raise ConfigError(
                f"benchmark {task} does not say what to look for in training rows",
                hint=f"write `item` in its class, or name others: {', '.join(checkable())}",
            )


def checkable() -> list[str]:
    """The benchmarks that define what to search for in training rows."""
    every = registry.benchmarks()
    return [name for name in registry.names() if type(every[name]).item is not Benchmark.item]
