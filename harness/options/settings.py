"""`--set field.field=value` on a typed configuration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

from harness.options.config_fields import without_none
from harness.options.field_list import listed_fields
from harness.options.settable import shown_by
from ultralink_data.errors import ConfigError
from ultralink_data.json_text import json_value
from ultralink_data.nearest import nearest

C = TypeVar("C", bound=msgspec.Struct)


def apply_settings(config: C, settings: Sequence[str], option: str = "--set") -> C:
    """`config` with `field.field=value` settings; existing fields only.

    `option` is what the user calls them, for errors.

    A value is read as JSON if it is valid JSON, else as text; for a field of text it is always
    text, unless it is quoted or null. A field below a parent that is null gives the parent its
    defaults first.

    Raises:
        ConfigError: an unknown field (the nearest are offered), or a value that its type or
            the field's own check refuses.
    """
    values = []
    for setting in settings:
        path, mark, text = setting.partition("=")
        if not mark:
            raise ConfigError(
                f"{option} {setting!r} has no value",
                hint=f"write it as field=value{_listed(config)}",
            )
        values.append((path.strip(), read_value(type(config), path.strip(), text)))
    return with_values(config, values, f"{option} {' '.join(settings)}")


def with_values(config: C, values: Iterable[tuple[str, Any]], said: str) -> C:
    """`config` with values (plain JSON types) of fields by path; `said` is where they were given.

    Raises:
        ConfigError: as in `apply_settings`.
    """
    data = msgspec.to_builtins(config)
    opened: set[str] = set()
    for path, value in values:
        opened.update(_put(data, type(config), path, value))
    try:
        return msgspec.convert(data, type(config))
    except msgspec.ValidationError as error:
        hint = f"a value is JSON: 3, 0.5, true, null, [1, 2] or text{_listed(config)}"
        if opened and "missing required field" in str(error):
            null = ", ".join(sorted(opened))
            hint = f"{null} is null in this config: set each field that it requires as well"
        raise ConfigError(f"{said}: {error}", hint=hint) from error


def read_value(config: type, path: str, text: str) -> Any:
    """The value that a text stands for in the field at `path`, as plain JSON types."""
    kind = _kind(config, path)
    try:
        value = json_value(text.encode())
    except msgspec.DecodeError:
        return text
    return text if kind is str and not isinstance(value, str | None) else value


def value_paths(config: type, table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Path and value of each field in nested tables, whose keys may be paths themselves.

    A table is taken apart as far as the fields of `config` are structs.
    """
    for key, value in table.items():
        struct = _inside(config, key)
        if isinstance(value, Mapping) and value and struct is not None:
            yield from ((f"{key}.{path}", one) for path, one in value_paths(struct, value))
        else:
            yield key, value


def _inside(config: type | None, path: str) -> type | None:
    """The struct in the field at `path`; None where it holds none."""
    for part in path.split("."):
        config = _struct_of(config, part)
    return config


def _kind(config: type | None, path: str) -> Any:
    """The type of the field at `path`, without None; None where there is no such field."""
    parents, _, name = path.rpartition(".")
    config = _inside(config, parents) if parents else config
    if config is None:
        return None
    kinds = (without_none(f.type) for f in msgspec.structs.fields(config) if f.encode_name == name)
    return next(kinds, None)


def _put(data: dict[str, Any], kind: type, path: str, value: Any) -> list[str]:
    """Set one field; returns the null parents that became structs on the way."""
    parts = path.split(".")
    here: Any = data
    struct: type | None = kind
    opened = []
    for depth, part in enumerate(parts):
        if not isinstance(here, dict) or part not in here | _names(struct):
            raise unknown_field(path, kind)
        struct = _struct_of(struct, part)
        if depth == len(parts) - 1:
            here[part] = value
        elif here.get(part) is None and struct is not None:
            # A parent that is null begins with the defaults of its type.
            here[part] = {}
            opened.append(".".join(parts[: depth + 1]))
        here = here.get(part)
    return opened


def _names(struct: type | None) -> dict[str, None]:
    return {} if struct is None else {f.encode_name: None for f in msgspec.structs.fields(struct)}


def _struct_of(struct: type | None, name: str) -> type | None:
    """The struct that a field holds, or may hold if it is null by default; else None."""
    if struct is None:
        return None
    for field in msgspec.structs.fields(struct):
        if field.encode_name == name:
            union = get_origin(field.type) in (Union, UnionType)
            kinds = list(filter(_is_struct, get_args(field.type) if union else (field.type,)))
            return kinds[0] if len(kinds) == 1 else None
    return None


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def unknown_field(path: str, kind: type) -> ConfigError:
    """The error for a path that no field of a config has; offers the nearest."""
    near = nearest(path, [field.path for field in listed_fields(kind)])
    meant = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
    listed = f"{_shown(kind)} lists all" if _shown(kind) else "check the name"
    return ConfigError(f"unknown config field {path!r}", hint=f"{meant}{listed}")


def _shown(kind: type) -> str:
    return f"`{command}`" if (command := shown_by(kind)) else ""


def _listed(config: msgspec.Struct) -> str:
    """Where the fields are listed, as the end of a hint."""
    shown = _shown(type(config))
    return f"; {shown} lists fields and types" if shown else ""
