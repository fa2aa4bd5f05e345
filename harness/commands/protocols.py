"""Which protocol a task is asked by, from the words of `--protocol`: `NAME` or `TASK=NAME`."""

from collections.abc import Sequence
from typing import Any

from tasks import registry
from tasks.benchmark import Benchmark
from ultralink_data.errors import ConfigError, unknown_name


def chosen_protocols(given: Sequence[str], tasks: Sequence[str]) -> dict[str, str]:
    """Task to protocol; a name alone is for every task that has it and is not named itself.

    Raises:
        ConfigError: a protocol that no task has, a task that is not in `tasks`, or two protocols
            for one.
    """
    own: dict[str, str] = {}
    for_all: dict[str, str] = {}
    for setting in given:
        task, mark, protocol = setting.rpartition("=")
        if mark and task not in tasks:
            raise unknown_name("task of this evaluation", task, tasks)
        into = own if mark else for_all
        for name in (task,) if mark else _having(protocol, tasks):
            if name in into:
                raise ConfigError(
                    f"--protocol {setting!r}: {name} already has {into[name]!r}",
                    hint="one evaluation asks a task by one protocol; run the command again for "
                    "the other",
                )
            into[name] = protocol
    return for_all | own


def protocol_of(task: Benchmark[Any], given: str | None) -> str:
    """The protocol of the one task of a command; the task's first if none is given.

    Raises:
        ConfigError: it is given for another task, or this task does not have it.
    """
    if given is None:
        return task.protocols[0]
    name, mark, protocol = given.rpartition("=")
    if mark and name != task.name:
        raise ConfigError(
            f"--protocol {given!r} is for {name!r}, and the task is {task.name!r}",
            hint=f"write --protocol {protocol}",
        )
    task.check((), protocol)
    return protocol


def _having(protocol: str, tasks: Sequence[str]) -> list[str]:
    found = [task for task in tasks if protocol in registry.get(task).protocols]
    if not found:
        known = {name for task in tasks for name in registry.get(task).protocols}
        raise unknown_name("protocol of these tasks", protocol, known)
    return found
