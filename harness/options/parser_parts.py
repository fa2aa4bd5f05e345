"""Options and groups that several commands share."""

import argparse
from pathlib import Path
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(
    commands: Commands, name: str, handler_name: str, text: str
) -> argparse.ArgumentParser:
    """A subcommand whose handler is `module:function` of `harness.commands`."""
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.set_defaults(handler=handler_name)
    return command


def add_group(commands: Commands, name: str, text: str) -> Commands:
    """A command that only holds subcommands."""
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    return command.add_subparsers(title="commands", metavar="COMMAND", required=True)


def add_runs(command: argparse.ArgumentParser) -> None:
    """The option that names the store."""
    command.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="the store (default: runs)"
    )


def add_benchmarks(command: argparse.ArgumentParser) -> None:
    """The option that names the benchmark files."""
    command.add_argument(
        "--benchmarks",
        type=Path,
        metavar="DIR",
        help="folder of benchmark files (default: $ULTRALINK_BENCHMARKS, then the cache)",
    )


def add_protocol(command: argparse.ArgumentParser) -> None:
    """The option that chooses protocols."""
    command.add_argument(
        "--protocol",
        action="append",
        default=[],
        metavar="TASK=NAME",
        help="how to ask; `ultralink-bench tasks show TASK` lists them (repeatable)",
    )


def add_no_sandbox(command: argparse.ArgumentParser) -> None:
    """The option that runs programs unconfined."""
    command.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run programs of the model with YOUR rights; recorded",
    )


def add_repairs(command: argparse.ArgumentParser) -> None:
    """The options that choose repairs of damaged prompts."""
    group = command.add_mutually_exclusive_group()
    group.add_argument(
        "--repairs",
        type=words,
        metavar="A,B",
        help="only these repairs of damaged prompts (default: all)",
    )
    group.add_argument(
        "--no-repair",
        action="store_const",
        const=(),
        dest="repairs",
        help="damaged prompts as they are",
    )


def words(text: str) -> tuple[str, ...]:
    """`a,b` as its words."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def numbers(text: str) -> tuple[int, ...]:
    """`1,2` as its numbers."""
    return tuple(int(word) for word in words(text))


def add_settings(command: argparse.ArgumentParser) -> None:
    """The option that changes config fields."""
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        dest="settings",
        help="change a config field, e.g. train.learning_rate=1e-3 (repeatable)",
    )
