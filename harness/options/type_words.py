"""The type of a config's field in words: what `--set FIELD=VALUE` takes."""

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

_WORDS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
}


def type_words(kind: Any) -> str:
    """`number`, `text or null`, `cosine | linear`, `list of text`, ..."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return "group of fields"
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " | ".join(map(str, inside))
    if origin in (Union, UnionType):
        parts = [type_words(one) for one in inside if one is not NoneType]
        return " or ".join([*parts, *(["null"] if NoneType in inside else [])])
    if origin is dict:
        return f"table of {type_words(inside[1])}"
    if origin is tuple:
        return f"list of {type_words(inside[0])}"
    return _WORDS.get(kind, getattr(kind, "__name__", str(kind)))
