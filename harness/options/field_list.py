"""The fields of a config that `--set` takes: type, value, default and what each is.

`--fields` of a command prints them, and `config show` those of a profile or a recipe too.
"""

import argparse
import sys
from collections.abc import Collection, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin

if TYPE_CHECKING:
    import msgspec

WIDTH = 100
_OPENING = (
    "Fields that --set takes, as FIELD=VALUE; a value is JSON or text. A field with [] is part of "
    "a list, which is set as a whole; NAME is a name of your own."
)
_DEFAULTS = " Defaults are the config's: a profile or a recipe has values of its own."


class ListFields(argparse.Action):
    """Prints the fields of `config`, which is `module:class`, and ends, as `--help` does."""

    def __init__(self, option_strings: list[str], dest: str, *, config: str, help: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=help)
        self._config = config

    def __call__(self, parser: argparse.ArgumentParser, *given: Any) -> None:
        """Print and exit with 0."""
        sys.stdout.write(field_list(named_config(self._config)))
        parser.exit()


class ListedField(NamedTuple):
    """One field: its path, its type in words, value and default as JSON, and its text.

    The value is "" where none is shown, and so is the default of a field that must be given.
    """

    path: str
    type: str
    value: str
    default: str
    text: str


def named_config(name: str) -> "type[msgspec.Struct]":
    """The class that `module:class` names."""
    module, _, attribute = name.partition(":")
    found: type[msgspec.Struct] = getattr(import_module(module), attribute)
    return found


def field_list(
    config: "type[msgspec.Struct]",
    made: "msgspec.Struct | None" = None,
    wanted: Collection[str] = (),
    width: int = WIDTH,
) -> str:
    """The fields of a config and of the configs in it, two lines or more each.

    With `made` their values in it. `wanted` keeps those whose path has one of these words in it.
    """
    import textwrap

    listed = [
        field
        for field in listed_fields(config, made)
        if not wanted or any(word in field.path for word in wanted)
    ]
    opening = _OPENING + ("" if made else _DEFAULTS)
    parts = [textwrap.fill(opening, width), ""] if listed else []
    for field in listed:
        parts.append(_head(field))
        parts += textwrap.wrap(field.text, width, initial_indent="    ", subsequent_indent="    ")
    return "".join(part + "\n" for part in parts)


def _head(field: ListedField) -> str:
    """`train.steps = 120: whole number or null (default: null)`."""
    value = f" = {field.value}" if field.value else ""
    default = f" (default: {field.default})" if field.default else ""
    return f"{field.path}{value}: {field.type}{default}"


def listed_fields(
    config: "type[msgspec.Struct]", made: "msgspec.Struct | None" = None
) -> Iterator[ListedField]:
    """Every field, those of inner configs after what holds them; values are those of `made`."""
    yield from _listed(config, None, made, "")


def _listed(
    config: "type[msgspec.Struct]",
    unmade: "msgspec.Struct | None",
    made: "msgspec.Struct | None",
    prefix: str,
) -> Iterator[ListedField]:
    """`unmade` holds the defaults, where a config stands as the default of a field."""
    import msgspec

    from harness.options.config_fields import default_of, field_texts, without_none
    from harness.options.type_words import type_words

    texts = field_texts(config)
    for field in msgspec.structs.fields(config):
        default = default_of(field) if unmade is None else getattr(unmade, field.name)
        value = msgspec.NODEFAULT if made is None else getattr(made, field.name)
        path = prefix + field.name
        inside = value if isinstance(value, msgspec.Struct) else None
        group = default if isinstance(default, msgspec.Struct) else inside
        words, text = type_words(field.type), texts[field.name]
        if group is not None:
            same = isinstance(default, type(group))
            yield ListedField(path, words, "", "", text)
            yield from _listed(type(group), default if same else None, inside, f"{path}.")
            continue
        yield ListedField(path, words, _json(value), _json(default), text)
        inner, mark = _inner(without_none(field.type))
        if inner is not None:
            yield from _listed(inner, None, None, f"{path}{mark}.")


def _json(value: Any) -> str:
    """A value as JSON, "" for none."""
    import json

    import msgspec

    if value is msgspec.NODEFAULT:
        return ""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def _inner(kind: Any) -> "tuple[type[msgspec.Struct] | None, str]":
    """The config in a field that is null, a list or a table by default, and how it is reached."""
    import msgspec

    marks: dict[Any, str] = {tuple: "[]", dict: ".NAME"}
    mark = marks.get(get_origin(kind), "")
    for one in get_args(kind) if mark else (kind,):
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            return one, mark
    return None, ""
