"""Where in a TOML file what a decoder refuses stands: msgspec names no key of a mapping."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from harness.options.toml_lines import Place

_ANY_KEY: Final = "..."
"""What msgspec writes, in brackets, for the key of a mapping."""


def fault_of(data: dict[str, Any], kind: Any, error: msgspec.ValidationError) -> tuple[Place, str]:
    """Place and words of the error that decoding `data` as `kind` raised.

    The place ends with the field that is unknown, or that the words of a check name. In the words,
    the keys of mappings stand in for msgspec's `[...]`.
    """
    said = str(error)
    inside = re.search(r" - at `\$(.*)`$", said)
    place: Place = ()
    for name, index in re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", inside[1] if inside else ""):
        if index == _ANY_KEY:
            place = (*place, _refused_key(data, kind, place, said))
        else:
            place = (*place, int(index) if index else name)
    words = said[: inside.start()] if inside else said
    shown = f"{words} - at field `{_path(place)}`" if place else words
    unknown = re.search(r"unknown field `([^`]*)`", words)
    named = (unknown[1],) if unknown else named_in(words, _value(data, place))
    return (*place, *named), shown


def named_in(words: str, value: Any) -> Place:
    """The key of a table that an error names, and that inside it: () if it names none.

    A check of a struct names its field in words alone: "limit must be 1 or more, got 0".
    """
    if not isinstance(value, Mapping):
        return ()
    mentions = [
        (found.start(), key)
        for key in value
        if (found := re.search(rf"(?<![\w'\"]){re.escape(key)}(?!\w)", words))
    ]
    if not mentions:
        return ()
    _, first = min(mentions)
    return (first, *named_in(words, value[first]))


def _refused_key(data: dict[str, Any], kind: Any, place: Place, said: str) -> str:
    """The first key of the mapping at `place` that alone brings the same error."""
    keys = list(_value(data, place))
    for key in keys[:-1]:
        try:
            msgspec.convert(_with_one_key(data, place, key), kind)
        except msgspec.ValidationError as error:
            if str(error) == said:
                return str(key)
    return str(keys[-1])


def _with_one_key(data: Any, place: Place, key: str) -> Any:
    """A copy of `data` whose mapping at `place` has this key alone."""
    if not place:
        return {key: data[key]}
    copy: Any = dict(data) if isinstance(data, dict) else list(data)
    copy[place[0]] = _with_one_key(data[place[0]], place[1:], key)
    return copy


def _value(data: Any, place: Place) -> Any:
    for part in place:
        data = data[part]
    return data


def _path(place: Place) -> str:
    """`a.b[0].c`."""
    return "".join(_parts(place)).removeprefix(".")


def _parts(place: Place) -> Iterator[str]:
    for part in place:
        yield f"[{part}]" if isinstance(part, int) else f".{part}"
