"""Keyword arguments of Python as the words of a command line, so that both are one command.

A keyword is the option without its dashes (`noise_floor=3` is `--noise-floor 3`), a Python word has
a `_` behind it (`with_`). Lists, dictionaries and booleans stand for what is typed several times,
as FIELD=VALUE, or without a value.
"""

import argparse
import json
from collections.abc import Collection, Iterable, Mapping
from keyword import iskeyword
from os import PathLike, fspath
from typing import Any

from harness.options.lazy_parser import LazyParser
from harness.options.option_values import Several
from ultralink_data.errors import ConfigError, unknown_name

_NEVER = "--no-"
"""How an option begins that switches another one off: `noise_floor=False`."""


def keywords(command: LazyParser, without: Collection[str] = ()) -> dict[str, argparse.Action]:
    """The options of a command by their keywords; `without` are keywords that have no use here."""
    found: dict[str, argparse.Action] = {}
    for action in command.filled()._actions:
        spelled = max(action.option_strings, key=len, default="")
        name = spelled.strip("-").replace("-", "_")
        if spelled.startswith(_NEVER) or not name or name in (*without, "help", "fields"):
            continue
        found[f"{name}_" if iskeyword(name) else name] = action
    return found


def words(command: LazyParser, given: Mapping[str, object], without: Collection[str]) -> list[str]:
    """The words that stand for keyword arguments; None is as if it were not given.

    Raises:
        ConfigError: an unknown keyword (the nearest are named), or a value that no word stands for.
    """
    known = keywords(command, without)
    found: list[str] = []
    for name, value in given.items():
        if name not in known:
            raise unknown_name("keyword argument", name, known)
        if value is not None:
            found += _words(name, known[name], value)
    return found


def _words(name: str, action: argparse.Action, value: object) -> list[str]:
    option = max(action.option_strings, key=len)
    if isinstance(value, bool):
        if action.nargs not in (0, "?"):
            raise ConfigError(f"{name}={value} says no value", hint=f"give {name}={action.metavar}")
        if value:
            return [option]
        return [_NEVER + option.removeprefix("--")] if name == "noise_floor" else []
    if action.nargs == 0:
        raise ConfigError(f"{name} takes True or False, got {value!r}", hint=f"give {name}=True")
    if isinstance(value, Mapping):
        if "=" not in str(action.metavar):
            raise ConfigError(
                f"{name} takes no dictionary, got {value!r}", hint=f"give {action.metavar}"
            )
        text = _json_text if name == "set" else _text
        return [f"{option}={key}={text(name, one)}" for key, one in value.items()]
    if isinstance(value, str | PathLike) or not isinstance(value, Iterable):
        return [f"{option}={_text(name, value)}"]
    texts = [_text(name, one) for one in value]
    if isinstance(action, Several):
        return [f"{option}={','.join(texts)}"]
    return [f"{option}={text}" for text in texts]


def _json_text(name: str, value: object) -> str:
    """The value of a config field: a text as it is, anything else as JSON."""
    if isinstance(value, list | tuple | range):
        return f"[{', '.join(_quoted(name, one) for one in value)}]"
    return _text(name, value)


def _quoted(name: str, value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else _json_text(name, value)


def _text(name: str, value: object) -> str:
    """A value as it is typed; of a list its values with commas.

    Raises:
        ConfigError: it is of a type that no text stands for.
    """
    if isinstance(value, str | PathLike):
        return str(fspath(value))
    if isinstance(value, list | tuple | range):
        return ",".join(_text(name, one) for one in value)
    if value is None or isinstance(value, bool | int | float | Mapping):
        return json.dumps(value)
    try:
        of_numpy: Any = value
        return _text(name, of_numpy.item())
    except (AttributeError, ValueError):
        raise ConfigError(
            f"{name}: {value!r} is a {type(value).__name__}, which stands for no value",
            hint="give a text, a number, True, False, None, a path, or a list of these",
        ) from None
