"""A benchmark by the way it is graded, with what that asks of it.

Apart from `tasks.registry`, so that evaluating one benchmark does not depend on the others' kinds.
"""

from typing import Any

from tasks import index, registry
from tasks.judged_benchmark import JudgedBenchmark
from tasks.program_benchmark import ProgramBenchmark
from ultralink_data.errors import unknown_name


def programs(name: str) -> ProgramBenchmark[Any]:
    """The benchmark with this name, whose answers are programs.

    Raises:
        ConfigError: there is none such; offers the nearest names.
        ValueError: its class says so, and is no `ProgramBenchmark`.
    """
    found = registry.get(name)
    if found.graded_by != "programs":
        raise unknown_name("task graded by programs", name, index.names(graded_by="programs"))
    if not isinstance(found, ProgramBenchmark):
        raise ValueError(f"{name} is graded by programs: derive its class from ProgramBenchmark")
    return found


def judged(name: str) -> JudgedBenchmark[Any]:
    """The benchmark with this name, whose answers a judge compares.

    Raises:
        ConfigError: there is none such; offers the nearest names.
        ValueError: its class says so, and is no `JudgedBenchmark`.
    """
    found = registry.get(name)
    if found.graded_by != "judge":
        raise unknown_name("task graded by a judge", name, index.names(graded_by="judge"))
    if not isinstance(found, JudgedBenchmark):
        raise ValueError(f"{name} is graded by a judge: derive its class from JudgedBenchmark")
    return found
