"""`--set field.field=value` on a typed configuration."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from ultralink_data.errors import ConfigError, unknown_name

C = TypeVar("C", bound=msgspec.Struct)


def apply_settings(config: C, settings: Sequence[str]) -> C:
    """`config` with `field.field=value` settings; existing fields only.

    A value is read as JSON where it is valid JSON, else as text.

    Raises:
        ConfigError: an unknown field (the nearest are offered), or a value that its type or
            the field's own check refuses.
    """
    data = msgspec.to_builtins(config)
    for setting in settings:
        path, mark, text = setting.partition("=")
        if not mark:
            raise ConfigError(f"--set {setting!r} has no value", hint="write it as field=value")
        _put(data, path.strip(), _value(text))
    try:
        return msgspec.convert(data, type(config))
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"--set {' '.join(settings)}: {error}",
            hint="a value is JSON: 3, 0.5, true, null, [1, 2] or text",
        ) from error


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    parts = path.split(".")
    here: Any = data
    for depth, part in enumerate(parts):
        if not isinstance(here, dict) or part not in here:
            raise unknown_name("config field", path, _field_names(data, parts[:depth]))
        if depth == len(parts) - 1:
            here[part] = value
        here = here[part]


def _field_names(data: Mapping[str, Any], prefix: Sequence[str]) -> list[str]:
    here: Any = data
    for part in prefix:
        here = here[part]
    start = "".join(f"{part}." for part in prefix)
    return [start + name for name in here] if isinstance(here, dict) else [start.rstrip(".")]


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode())
    except msgspec.DecodeError:
        return text
