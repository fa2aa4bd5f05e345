"""JSON as Python writes it: with `NaN` and `Infinity`, which JSON does not have."""

import json
from typing import Any

import msgspec

from ultralink_data.json_text import json_value


def decoded(text: bytes) -> Any:
    """The value of one line; numbers that are none come as such, so that they can be told.

    Raises:
        msgspec.DecodeError: it is no JSON, by Python's rules either, or not UTF-8.
    """
    try:
        return json_value(text)
    except msgspec.DecodeError:
        try:
            value = json.loads(text)
            if b"\\u" in text:  # half a character, which no file can hold
                json.dumps(value, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError):  # no JSON, no UTF-8, too many digits, too deep
            pass
        else:
            return value
        raise
