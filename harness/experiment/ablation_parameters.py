"""The parameters of an ablation: `run --with NAME=VALUE`, and the ablation that they make.

An ablation that needs a file, a number or a choice of its own declares a struct with the defaults
(`Ablation.parameters`); its `arrange` makes the variants from the values and the resolved config.
"""

from collections.abc import Sequence
from typing import Any, get_args, get_origin

import msgspec

from harness.experiment.ablation import Ablation
from harness.experiment.config import ExperimentConfig
from ultralink_data.added_code import blaming
from ultralink_data.errors import ConfigError, unknown_name
from ultralink_data.json_text import json_value

OPTION = "--with"


def arranged(ablation: Ablation, given: Sequence[str], config: ExperimentConfig) -> Ablation:
    """The ablation for these `NAME=VALUE` texts and this config, with its parameters' values.

    Raises:
        ConfigError: the ablation has no such parameter, a value does not fit its type, or
            `arrange` fails or gives something else.
    """
    values = _values(ablation, given)
    if values is not None:
        ablation = msgspec.structs.replace(ablation, parameters=values)
    if ablation.arrange is None:
        return ablation
    with blaming(ablation.file, f"arrange of {ablation.name}"):
        made = ablation.arrange(ablation, values, config)
    if not isinstance(made, Ablation):
        raise ConfigError(
            f"arrange of {ablation.name} gave a {type(made).__name__}",
            hint="return the ablation: msgspec.structs.replace(ablation, variants=...)",
        )
    for field in ("name", "stages", "parameters", "file"):
        if getattr(made, field) != getattr(ablation, field):
            raise ConfigError(
                f"arrange of {ablation.name} changes {field!r}",
                hint="file and command line give these; variants choose the configs of stages",
            )
    with blaming(ablation.file, f"arrange of {ablation.name}"):
        made.__post_init__()  # `replace` checks nothing
    return made


def plain_parameters(ablation: Ablation) -> dict[str, object]:
    """The values of an arranged ablation's parameters as plain JSON types."""
    if ablation.parameters is None:
        return {}
    plain: dict[str, object] = msgspec.to_builtins(ablation.parameters)
    return plain


def _values(ablation: Ablation, given: Sequence[str]) -> Any:
    """The ablation's parameters with these values."""
    defaults = ablation.parameters
    if defaults is None:
        if given:
            raise ConfigError(
                f"{OPTION} {given[0]}: ablation {ablation.name} has no parameters",
                hint=f"leave out {OPTION}; --set changes the experiment's config",
            )
        return None
    fields = {field.name: field.type for field in msgspec.structs.fields(defaults)}
    plain = msgspec.to_builtins(defaults)
    seen: set[str] = set()
    for text in given:
        name, mark, value = text.partition("=")
        if name not in fields:
            raise unknown_name(f"parameter of {ablation.name}", name, fields)
        if not mark:
            raise ConfigError(
                f"{OPTION} {text}: it has no value", hint=f"write {OPTION} {name}=VALUE"
            )
        if name in seen:
            raise ConfigError(f"{OPTION} {text}: {name} is given twice", hint="give it once")
        seen.add(name)
        plain[name] = _read(value, fields[name])
    try:
        return msgspec.convert(plain, type(defaults), strict=False)
    except msgspec.ValidationError as error:
        words = " ".join(f"{OPTION} {text}" for text in given) or "its defaults"
        raise ConfigError(
            f"parameters of {ablation.name}: {words}: {error}",
            hint="a value is text, a number, true, false or null; a list is written a,b",
        ) from error


def _read(text: str, kind: Any) -> object:
    """A value as its type wants it: a text stays a text, even if it looks like a number."""
    kinds = (kind, *get_args(kind))
    if get_origin(kind) in (tuple, list):
        return text.split(",") if text else []
    if text == "null" and type(None) in kinds:
        return None
    if str in kinds or any(isinstance(choice, str) for choice in kinds):
        return text
    try:
        return json_value(text.encode())
    except msgspec.DecodeError:
        return text
