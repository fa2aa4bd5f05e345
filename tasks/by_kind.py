"""A benchmark by the way it is graded, with what that asks of it.

Apart from `tasks.registry`, so that evaluating one benchmark does not depend on the others' kinds.
"""

from typing import Any

from tasks import index, registry
from tasks.benchmark import Benchmark
from tasks.judged_benchmark import JudgedBenchmark
from tasks.program_benchmark import ProgramBenchmark
from ultralink_data.errors import ConfigError, unknown_name


def programs(name: str) -> ProgramBenchmark[Any]:
    """The benchmark with this name, whose answers are programs.

    Raises:
        ConfigError: no benchmark of this kind has the name, or its class does not fit the kind.
    """
    found = _of_kind(name, "programs")
    if not isinstance(found, ProgramBenchmark):
        raise _misfit(found, ProgramBenchmark)
    return found


def judged(name: str) -> JudgedBenchmark[Any]:
    """The benchmark with this name, whose answers a judge compares.

    Raises:
        ConfigError: no benchmark of this kind has the name, or its class does not fit the kind.
    """
    found = _of_kind(name, "judge")
    if not isinstance(found, JudgedBenchmark):
        raise _misfit(found, JudgedBenchmark)
    return found


def _of_kind(name: str, graded_by: index.GradedBy) -> Benchmark[Any]:
    found = registry.get(name)
    if found.graded_by != graded_by:
        raise unknown_name(f"task graded by {graded_by}", name, index.names(graded_by=graded_by))
    return found


def _misfit(found: Benchmark[Any], kind: type) -> ConfigError:
    return ConfigError(
        f"{found.name} has graded_by = {found.graded_by!r}, but its class {type(found).__name__} "
        f"is no {kind.__name__}",
        hint=f"derive the class from {kind.__name__}, or change graded_by",
    )
