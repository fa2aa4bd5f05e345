"""JSON as Python writes it: with `NaN` and `Infinity`, which JSON does not have."""

import json
from typing import Any

import msgspec


def decoded(text: bytes | str) -> Any:
    """The value of one line; numbers that are none come as such, so that they can be told.

    Raises:
        msgspec.DecodeError: it is no JSON, by Python's rules either.
        UnicodeDecodeError: bytes that are not UTF-8.
    """
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            pass
        raise
