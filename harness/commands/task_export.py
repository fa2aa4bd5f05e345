"""`ultralink-bench tasks export`: write our benchmarks as tasks for plain `lm_eval`."""

import argparse
from pathlib import Path

from harness import show
from harness.commands.protocols import chosen_protocols
from tasks import registry
from tasks.export.task_files import README, README_TEXT
from tasks.export.task_files import export as write_tasks
from ultralink_data import atomic
from ultralink_data.errors import ConfigError


def export(arguments: argparse.Namespace) -> int:
    """Write the task files and print how to run them.

    Raises:
        ConfigError: an unknown task, language or protocol, or nothing to export.
        PrerequisiteError, DataError: a benchmark file is missing or damaged.
    """
    given = chosen_protocols(arguments.protocol, arguments.tasks)
    protocols = {name: given.get(name, registry.get(name).protocols[0]) for name in arguments.tasks}
    if not protocols or arguments.languages == ():
        raise ConfigError("nothing is left to export", hint="give --tasks and --languages")
    languages = {name: _languages(name, arguments.languages, protocols[name]) for name in protocols}
    written: list[Path] = []
    commands = []
    for name, protocol in protocols.items():
        made = write_tasks(
            registry.get(name), languages[name], protocol, arguments.benchmarks, arguments.out
        )
        written += made.files
        commands.append(made.command)
    written.append(arguments.out / README)
    atomic.write_text(written[-1], README_TEXT)
    show.print_paths(written)
    for command in commands:
        show.console().print(command, soft_wrap=True, markup=False, highlight=False)
    return 0


def _languages(name: str, chosen: tuple[str, ...] | None, protocol: str) -> tuple[str, ...]:
    task = registry.get(name)
    task.check(chosen or (), protocol)
    return chosen or task.languages
