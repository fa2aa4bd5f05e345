"""The fields of a typed config, each with the text that stands below it in the class.

That text is the one description of a field: `--help` shows it. It is read from the source, as
Python keeps none of it; a config's module must therefore be light (see docs/decisions/015).
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

import msgspec


class ConfigField(NamedTuple):
    """One field: its path (`asking.tries`), type without None, default and text.

    `default` is None where the field is `required`.
    """

    path: str
    type: Any
    default: Any
    required: bool
    text: str


def config_fields(config: type[msgspec.Struct]) -> Iterator[ConfigField]:
    """The fields of a config and, in place of a field that holds a config, the fields of that."""
    yield from _fields(config, None, "")


def _fields(
    config: type[msgspec.Struct], made: msgspec.Struct | None, prefix: str
) -> Iterator[ConfigField]:
    """`made` is what holds the defaults, where a config stands as the default of a field."""
    texts = field_texts(config)
    for field in msgspec.structs.fields(config):
        default = default_of(field) if made is None else getattr(made, field.name)
        path = prefix + field.name
        if isinstance(default, msgspec.Struct):
            yield from _fields(type(default), default, f"{path}.")
        else:
            required = default is msgspec.NODEFAULT
            yield ConfigField(
                path=path,
                type=without_none(field.type),
                default=None if required else default,
                required=required,
                text=texts.get(field.name, ""),
            )


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    """The default of a field, `msgspec.NODEFAULT` where it has none."""
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def changes(
    config: type[msgspec.Struct], given: Mapping[str, Any], made: msgspec.Struct | None = None
) -> dict[str, Any]:
    """The arguments of `config` for values by path; an inner config is remade from its default.

    Raises:
        ValueError: what an inner config refuses.
    """
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(config):
        default = field.default if made is None else getattr(made, field.name)
        inner = {
            path.partition(".")[2]: value
            for path, value in given.items()
            if path.startswith(f"{field.name}.")
        }
        if inner and isinstance(default, msgspec.Struct):
            inside = changes(type(default), inner, default)
            found[field.name] = msgspec.structs.replace(default, **inside)
        elif field.name in given:
            found[field.name] = given[field.name]
    return found


def without_none(kind: Any) -> Any:
    """`X` of `X | None`, any other type as it is."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [one for one in get_args(kind) if one is not NoneType]
        return kinds[0] if len(kinds) == 1 else kind
    return kind


def field_texts(config: type[msgspec.Struct]) -> dict[str, str]:
    """Field name to the text below it, in one line; inherited fields among them."""
    found: dict[str, str] = {}
    for one in reversed(config.__mro__):
        if one is not msgspec.Struct and issubclass(one, msgspec.Struct):
            found |= _texts(one)
    return found


@cache
def _texts(config: type) -> dict[str, str]:
    """The texts in the body of one class, which stands at the top level of its module."""
    found: dict[str, str] = {}
    for node in _tree(str(sys.modules[config.__module__].__file__)).body:
        if isinstance(node, ast.ClassDef) and node.name == config.__name__:
            for field, below in zip(node.body, node.body[1:], strict=False):
                text = _text(below)
                if text and isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                    found[field.target.id] = text
    return found


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text(encoding="utf-8"))


def _text(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split())
    return ""
