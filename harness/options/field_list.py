"""`--fields`: every field of a config that `--set` takes, with its default and what it is."""

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_args, get_origin

if TYPE_CHECKING:
    import msgspec

_WIDTH = 100
_OPENING = (
    "Fields that --set takes, as FIELD=VALUE; a value is JSON or text. A field with [] is part of "
    "a list, which is set as a whole; NAME is a name of your own. Defaults are the config's: a "
    "profile or a recipe has values of its own."
)


class ListFields(argparse.Action):
    """Prints the fields of `config`, which is `module:class`, and ends, as `--help` does."""

    def __init__(self, option_strings: list[str], dest: str, *, config: str, help: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=help)
        self._config = config

    def __call__(self, parser: argparse.ArgumentParser, *given: Any) -> None:
        """Print and exit with 0."""
        module, _, name = self._config.partition(":")
        sys.stdout.write(field_list(getattr(import_module(module), name)))
        parser.exit()


def field_list(config: "type[msgspec.Struct]") -> str:
    """The fields of a config and of the configs in it, two lines or more each."""
    import textwrap

    parts = [textwrap.fill(_OPENING, _WIDTH), ""]
    for path, default, text in _listed(config, None, ""):
        parts.append(f"{path} (default: {default})" if default else path)
        parts += textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(parts) + "\n"


def _listed(
    config: "type[msgspec.Struct]", made: "msgspec.Struct | None", prefix: str
) -> Iterator[tuple[str, str, str]]:
    """Path, default as JSON ("" where there is none to show) and text of each field."""
    import json

    import msgspec

    from harness.options.config_fields import default_of, field_texts, without_none

    texts = field_texts(config)
    for field in msgspec.structs.fields(config):
        default = default_of(field) if made is None else getattr(made, field.name)
        path = prefix + field.name
        if isinstance(default, msgspec.Struct):
            yield path, "", texts[field.name]
            yield from _listed(type(default), default, f"{path}.")
            continue
        shown = "" if default is msgspec.NODEFAULT else json.dumps(msgspec.to_builtins(default))
        yield path, shown, texts[field.name]
        inner, mark = _inner(without_none(field.type))
        if inner is not None:
            yield from _listed(inner, None, f"{path}{mark}.")


def _inner(kind: Any) -> "tuple[type[msgspec.Struct] | None, str]":
    """The config in a field that is null, a list or a table by default, and how it is reached."""
    import msgspec

    marks: dict[Any, str] = {tuple: "[]", dict: ".NAME"}
    mark = marks.get(get_origin(kind), "")
    for one in get_args(kind) if mark else (kind,):
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            return one, mark
    return None, ""
