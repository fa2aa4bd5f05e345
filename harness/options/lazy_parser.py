"""Commands that get their options only when one of them is typed.

The line of a command in its group's `--help` needs its name and one text; its options, and the
configs that they are made from, are looked up when it is parsed or its own `--help` is asked for.
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import takewhile
from typing import Any, NamedTuple, NoReturn, TypeAlias

from harness.options.option_values import KINDS
from ultralink_data.errors import ConfigError
from ultralink_data.nearest import nearest

_REQUIRED = re.compile("the following arguments are required|one of the arguments")
_ELSEWHERE = {
    "--against": "--baseline",
    "--dataset": "--data",
    "--lr": "--learning-rate",
    "--output": "--out",
    "--plan": "--dry-run",
    "--precision": "--dtype",
    "--to": "--languages",
    "--workers": "--processes",
    "--write": "--out",
}
"""What an option is called in other commands or programs, or was called in another command."""

Commands: TypeAlias = "argparse._SubParsersAction[LazyParser]"


class TypedOption(NamedTuple):
    """How an option is typed, and the name of what follows it."""

    spelling: str
    metavar: str


class LazyParser(argparse.ArgumentParser):
    """A parser that is filled on its first use, by `fill`.

    An option is typed in full: a beginning of it might mean another one tomorrow.
    """

    fill: "Callable[[LazyParser], None] | None" = None

    def __init__(self, **how: Any) -> None:
        super().__init__(**(how | {"allow_abbrev": False}))
        for kind, read in KINDS:
            self.register("type", kind, read)
        self._given: tuple[str, ...] = ()
        self.renamed: dict[str, str] = {}
        """Former spelling of an option to the words that stand for it now."""

    def filled(self) -> "LazyParser":
        """Itself, with its options."""
        fill, self.fill = self.fill, None
        if fill is not None:
            fill(self)
        return self

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse, as of `ArgumentParser`, but nothing may be left that no option takes."""
        self.filled()
        self._given = tuple(args or ())
        for word in self._given:
            if word != word.encode("utf-8", "ignore").decode():
                shown = word.encode("utf-8", "backslashreplace").decode()
                self.error(f"{shown} is no UTF-8, and could not be written into a record")
        words = None if args is None else [now for word in args for now in self._now(word)]
        found, left = super().parse_known_args(words, namespace)
        if left:
            message = f"unrecognized arguments: {' '.join(left)}"
            if said := self._with_commas(left):
                raise ConfigError(message, hint=f"values are separated by commas: {said}")
            self.error(message)
        own = {
            action.dest: TypedOption(max(action.option_strings, key=len), str(action.metavar))
            for action in self._actions
            if action.option_strings
        }
        found.options = own | getattr(found, "options", {})  # those of the subcommand
        return found, left

    def _with_commas(self, left: Sequence[str]) -> str:
        """An option whose further values were typed as words of their own, as it is written."""
        for at, word in enumerate(self._given):
            action = self._option_string_actions.get(word)
            if action is None or "," not in str(action.metavar) or action.nargs is not None:
                continue
            values = [*takewhile(lambda value: not value.startswith("-"), self._given[at + 1 :])]
            if len(values) > 1 and values[1:] == [*left][: len(values) - 1]:
                return f"{word} {','.join(value.strip(',') for value in values)}"
        return ""

    def _now(self, word: str) -> list[str]:
        """The words for a word that may be the former spelling of an option, with a note if so."""
        name, mark, value = word.partition("=")
        if name not in self.renamed:
            return [word]
        new = self.renamed[name]
        self._print_message(f"note: {name} is now {new}\n", sys.stderr)
        return [*new.split()[:-1], new.split()[-1] + mark + value]

    def error(self, message: str) -> NoReturn:
        """Refuse the words: what is wrong, and where the options are listed.

        Raises:
            ConfigError: always.
        """
        if _REQUIRED.match(message):
            # The one that is missing may be there, mistyped.
            for word in self._unknown_options():
                if near := self._near_option(word):
                    raise ConfigError(
                        f"unrecognized arguments: {word}",
                        hint=f"did you mean {near}? see `{self.prog} --help`",
                    )
        near = self._nearest(message)
        meant = f"did you mean {near}? " if near else ""
        raise ConfigError(message, hint=f"{meant}see `{self.prog} --help`")

    def _nearest(self, message: str) -> str:
        """The known word that is most like the unknown one of the message, "" if none is."""
        choice = re.search(r"invalid choice: '(.*)' \(choose from (.*)\)", message)
        if choice:
            return next(iter(nearest(choice[1], re.findall(r"'([^']*)'", choice[2]))), "")
        if message.startswith("unrecognized arguments: "):
            unknown = self._unknown_options()
            return self._near_option(unknown[0]) if unknown else ""
        return ""

    def _unknown_options(self) -> list[str]:
        """The words that look like options and are none."""
        names = [word.partition("=")[0] for word in self._given if word.startswith("--")]
        known = self._option_string_actions.keys() | self.renamed.keys() | {"--"}
        return [name for name in names if name not in known]

    def _near_option(self, name: str) -> str:
        """The option that a word stands for, "" if that is not clear."""
        elsewhere = _ELSEWHERE.get(name, "")
        if elsewhere in self._option_string_actions:
            return elsewhere
        longs = [name for name in self._option_string_actions if name.startswith("--")]
        known = self.renamed | {long: long for long in longs}
        return known[near[0]] if (near := nearest(name, known)) else ""

    def format_help(self) -> str:
        """The help, as of `ArgumentParser`."""
        return super(LazyParser, self.filled()).format_help()


def add_command(
    commands: Commands,
    name: str,
    handler_name: str,
    text: str,
    options: str | Callable[[LazyParser], None] | None = None,
    *,
    resumes: bool = False,
) -> None:
    """A subcommand whose handler is `module:function` of `harness.commands`.

    `options` adds its options: a function, or `module:function` of `harness.options`. A command
    that `resumes` keeps what an interrupt leaves, and goes on from there when it is run again.
    """
    command = _add(commands, name, text)
    command.set_defaults(handler=handler_name, prog=command.prog, resumes=resumes)
    if options is not None:
        command.fill = _named(options) if isinstance(options, str) else options


def add_group(
    commands: Commands, name: str, text: str, members: str | Callable[[Commands], None]
) -> None:
    """A command that only holds subcommands, which `members` adds; named as `options` above."""

    def fill(group: LazyParser) -> None:
        add = _named(members) if isinstance(members, str) else members
        add(group.add_subparsers(title="commands", metavar="COMMAND", required=True))

    _add(commands, name, text).fill = fill


def _add(commands: Commands, name: str, text: str) -> LazyParser:
    description = text[0].upper() + text[1:] + "."
    return commands.add_parser(name, help=text, description=description)


def _named(name: str) -> Callable[[Any], None]:
    module, _, function = name.partition(":")

    def call(target: Any) -> None:
        getattr(import_module(f"harness.options.{module}"), function)(target)

    return call
