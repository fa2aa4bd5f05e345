"""Options made from the fields of a typed config, and the config made from what was given.

A field gives its option the name, type, choices, text and default: none of these is written a
second time. An option that was not given leaves no trace, so that the default stays the config's.
"""

import argparse
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from harness.options.option_values import AlwaysNever, Several, numbers, seed, words
from ultralink_data.errors import ConfigError

if TYPE_CHECKING:
    import msgspec

    from harness.options.config_fields import ConfigField

C = TypeVar("C", bound="msgspec.Struct")

_METAVARS = {int: "N", float: "X", str: "NAME"}


def add_config(
    command: "argparse._ActionsContainer",
    config: "type[msgspec.Struct]",
    spelled: Mapping[str, str] | None = None,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
    defaults: Mapping[str, Any] | None = None,
    required: bool = True,
) -> None:
    """Add an option for each field, named as the field (`asking.tries`: `--tries`).

    A field that is true by default gives `--no-FIELD`; its text begins with a verb. `spelled`
    holds what is called otherwise, with a metavar if wanted: `{"timeout": "--timeout SECONDS"}`;
    a field that is true or false takes `always` or `never` where there is one.
    `only` and `without` name fields, or the config that holds them. `defaults` are of fields that
    have none; those without either must be given, unless `required` is false.

    Raises:
        ValueError: `defaults` names a field that has a default of its own.
    """
    from harness.options.config_fields import config_fields

    spelled, defaults = spelled or {}, defaults or {}
    for field in config_fields(config):
        names = {field.path, field.path.partition(".")[0]}
        if names & set(without) or (only and not names & set(only)):
            continue
        if field.path in defaults and not field.required:
            raise ValueError(f"{config.__name__}.{field.path} has a default of its own")
        how = _how(field, spelled.get(field.path, ""))
        if field.path in defaults:
            how["default"] = defaults[field.path]
            how["help"] += f" (default: {_shown(defaults[field.path])})"
        elif field.required:
            how["required"] = required
        option = how.pop("option")
        command.add_argument(option, dest=f"{config.__name__}.{field.path}", **how)


def _how(field: "ConfigField", spelled: str) -> dict[str, Any]:
    """What `add_argument` is told of a field, its `option` among it."""
    option, _, metavar = spelled.partition(" ")
    name = field.path.rpartition(".")[2].replace("_", "-")
    text = (_lowered(field.text.removesuffix(".")) or name).replace("%", "%%")
    how: dict[str, Any] = {"default": argparse.SUPPRESS, "help": text}
    if field.type is bool and metavar:
        how |= {"action": AlwaysNever, "choices": AlwaysNever.CHOICES}
        how["help"] += f" (default: {AlwaysNever.CHOICES[not field.default]})"
        return how | {"option": option}
    if field.type is bool:
        how |= {"action": "store_const", "const": not field.default}
        if field.default:
            how["help"] = f"do not {text}"
        return how | {"option": option or ("--no-" if field.default else "--") + name}
    if shown := _shown(field.default):
        how["help"] += f" (default: {shown})".replace("%", "%%")
    if get_origin(field.type) is Literal:
        return how | {"option": option or f"--{name}", "choices": get_args(field.type)}
    read, own = _reading(field)
    if get_origin(field.type) is tuple:
        how["action"] = Several
    return how | {"option": option or f"--{name}", "type": read, "metavar": metavar or own}


def _reading(field: "ConfigField") -> tuple[Any, str]:
    """What reads the option's text, and its metavar.

    Raises:
        TypeError: a field of a type that no option can be made for.
    """
    if field.path.rpartition(".")[2] == "seed":
        return seed, "N"
    if field.type in _METAVARS:
        return field.type, _METAVARS[field.type]
    if field.type == tuple[str, ...]:
        return words, "A,B"
    if field.type == tuple[int, ...]:
        return numbers, "1,2"
    if get_origin(field.type) is dict:
        return _json_object, "JSON"
    raise TypeError(f"no option can be made for the field {field.path} of type {field.type}")


def _lowered(text: str) -> str:
    """The text as help texts begin; `CPU` stays as it is."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _shown(default: Any) -> str:
    """A default as it would be typed; "" where there is none to show."""
    if default is None or isinstance(default, dict):
        return ""
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    return f"{default:g}" if isinstance(default, float) else str(default)


def _json_object(text: str) -> dict[str, Any]:
    import json

    try:
        found = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON: {error}") from None
    except RecursionError:
        raise argparse.ArgumentTypeError("the JSON is nested too deeply") from None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object")
    return found


def config_from(
    arguments: argparse.Namespace,
    config: type[C],
    unasked: Mapping[str, Any] | None = None,
    **more: Any,
) -> C:
    """The config of what was given; `more` are fields that are no options of this command.

    `unasked` holds what a field is, by its path, where its option was not given and this command
    takes something else than the config's default.

    Raises:
        ConfigError: what the config refuses.
    """
    from harness.options.config_fields import changes

    given = {**(unasked or {}), **_given(arguments, config)}
    with refusing(f"see `{help_of(arguments)}`", _spellings(arguments, config)):
        return config(**changes(config, given), **more)


@contextmanager
def refusing(hint: str, spelled: Mapping[str, str] | None = None) -> Iterator[None]:
    """Turn what a config refuses inside the block into an error for the user.

    `spelled` names the option of a field, where it is called otherwise.

    Raises:
        ConfigError: in place of a `ValueError`.
    """
    try:
        yield
    except ValueError as error:
        option = (spelled or {}).get(str(error).partition(" ")[0])
        raise ConfigError(f"{option}: {error}" if option else str(error), hint=hint) from error


def _spellings(arguments: argparse.Namespace, config: "type[msgspec.Struct]") -> dict[str, str]:
    """Field name to its option, of those that were given under another name."""
    found = {}
    for path in _given(arguments, config):
        name = path.rpartition(".")[2]
        option = getattr(arguments, "options", {}).get(f"{config.__name__}.{path}")
        if option is not None and option.spelling.strip("-").replace("-", "_") != name:
            found[name] = option.spelling
    return found


def given_field(arguments: argparse.Namespace, config: "type[msgspec.Struct]", path: str) -> Any:
    """What was given for one field, else its default; None where it has none."""
    from harness.options.config_fields import config_fields

    given = _given(arguments, config)
    if path in given:
        return given[path]
    (default,) = (field.default for field in config_fields(config) if field.path == path)
    return default


def is_given(arguments: argparse.Namespace, config: "type[msgspec.Struct]", path: str) -> bool:
    """Whether the option of a field was given."""
    return path in _given(arguments, config)


def _given(arguments: argparse.Namespace, config: "type[msgspec.Struct]") -> dict[str, Any]:
    start = f"{config.__name__}."
    return {
        name.removeprefix(start): value
        for name, value in vars(arguments).items()
        if name.startswith(start)
    }


def help_of(arguments: argparse.Namespace) -> str:
    """The command that explains the options in use."""
    return f"{getattr(arguments, 'prog', 'ultralink-bench')} --help"
