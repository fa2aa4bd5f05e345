"""Rows as other programs write them: ids as integers, and texts that became numbers."""

import json
import re
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

_INTEGER_ID: Final = re.compile(r"got `(?:int|float)` - at `\$(?:\.\w+)*\.(?:id|\w+_id)`")
"""msgspec calls an integer of more than 64 bits a float."""
_NUMBER: Final = re.compile(r"Expected `str[^`]*`, got `(?:int|float|bool)`")

CAUSE: Final = (
    "a text became a number there: `datasets` 5.2 reads a column whose values have several types "
    'as JSON, in which "12" is 12'
)
"""Why a text is a number, as far as is known."""

CURE: Final = (
    "write the file again from its origin with texts only, or load it with `features=` of strings"
)


def decode(decoder: msgspec.json.Decoder[T], line: bytes) -> T:
    """A row, in which an id that is an integer is taken as its digits.

    Raises:
        msgspec.DecodeError: it is not JSON, or no such row.
    """
    try:
        return decoder.decode(line)
    except msgspec.ValidationError as error:
        if _INTEGER_ID.search(str(error)) is None:
            raise
    row_type: type[T] = decoder.type
    return convert(json.loads(line), row_type)  # all digits of integers of any length


def convert(value: Any, row_type: type[T]) -> T:
    """A decoded row as `row_type`, in which an id that is an integer is taken as its digits.

    Raises:
        msgspec.ValidationError: it is no such row.
    """
    try:
        return msgspec.convert(value, row_type)
    except msgspec.ValidationError as error:
        if _INTEGER_ID.search(str(error)) is None:
            raise
    return msgspec.convert(_with_text_ids(value), row_type)


def _with_text_ids(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        key: str(inner) if _is_integer_id(key, inner) else _with_text_ids(inner)
        for key, inner in value.items()
    }


def _is_integer_id(key: str, value: Any) -> bool:
    return type(value) is int and (key == "id" or key.endswith("_id"))


def is_number_for_text(problem: str) -> bool:
    """Whether a problem that `decode` names is a number or a truth value where a text must be."""
    return _NUMBER.search(problem) is not None


def explained(problem: str) -> str:
    """A problem that `decode` names, with its likely cause where one is known."""
    return f"{problem} ({CAUSE})" if is_number_for_text(problem) else problem
