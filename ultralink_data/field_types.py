"""Whether values have the types that an annotation names, for objects that added files make.

A `msgspec.Struct` does not check what it is made with. In a file that somebody adds, a text where a
tuple belongs (`("one")` without its comma) would be read letter by letter.
"""

import re
import types
from collections.abc import Callable, Mapping
from functools import cache
from reprlib import Repr
from typing import Any, Final, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

Test = Callable[[Any], bool]

_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = 60


class TypedField(NamedTuple):
    """A field, the test of its value, and its type in words."""

    name: str
    fits: Test
    wanted: str


def wrong_field(thing: msgspec.Struct) -> str:
    """What is wrong with the first field that has another type than its class says; else ""."""
    for name, fits, wanted in _fields(type(thing)):
        value = getattr(thing, name)
        if not fits(value):
            return f"{name!r} must be {wanted}, got {told(value, wanted)}"
    return ""


def check_types(thing: msgspec.Struct) -> None:
    """Check all fields.

    Raises:
        ValueError: one has another type; names the field, both types and the value.
    """
    wrong = wrong_field(thing)
    if wrong:
        raise ValueError(f"field {wrong}")


def told(value: object, wanted: str) -> str:
    """A value in an error, with its type; says what a tuple of one needs."""
    said = f"{_SHORT.repr(value)}, of type {type(value).__name__}"
    if isinstance(value, str) and wanted.startswith("tuple"):
        said += " (a tuple of one ends in a comma: (x,))"
    return said


@cache
def _fields(cls: type[msgspec.Struct]) -> tuple[TypedField, ...]:
    try:
        hints = get_type_hints(cls)
    except (NameError, TypeError, AttributeError):  # names that only a type checker knows
        return ()
    found = ((name, hints[name]) for name in cls.__struct_fields__)
    return tuple(TypedField(name, test_of(hint), in_words(hint)) for name, hint in found)


def in_words(hint: Any) -> str:
    """A type as one writes it."""
    plain = isinstance(hint, type) and get_origin(hint) is None
    return hint.__name__ if plain else re.sub(r"\w+\.(?=\w)", "", str(hint))


def test_of(hint: Any) -> Test:
    """The test of a value against a type; of a type that it does not know, everything is."""
    kind, inner = get_origin(hint), get_args(hint)
    if kind in (Union, types.UnionType):
        tests = tuple(map(test_of, inner))
        return lambda value: any(test(value) for test in tests)
    if kind is Literal:
        return lambda value: value in inner
    if kind is tuple:
        return _tuple_test(inner)
    if kind in (list, set, frozenset):
        item = test_of(inner[0])
        return lambda value: isinstance(value, kind) and all(map(item, value))
    if kind is not None and isinstance(kind, type) and issubclass(kind, Mapping):
        key, item = map(test_of, inner)
        return lambda value: (
            isinstance(value, Mapping) and all(map(key, value)) and all(map(item, value.values()))
        )
    if hint is float:
        return lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    known = hint is not Any and not getattr(hint, "_is_protocol", False)
    if known and isinstance(hint, type) and kind is None:
        return lambda value: isinstance(value, hint)
    return lambda value: True


def _tuple_test(inner: tuple[Any, ...]) -> Test:
    if len(inner) == 2 and inner[1] is ...:
        item = test_of(inner[0])
        return lambda value: isinstance(value, tuple) and all(map(item, value))
    tests = tuple(map(test_of, inner))
    return lambda value: (
        isinstance(value, tuple)
        and len(value) == len(tests)
        and all(test(one) for test, one in zip(tests, value, strict=True))
    )
