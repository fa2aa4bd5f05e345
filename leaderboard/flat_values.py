"""Nested settings as lines: the path of each value, and the value."""

from typing import Any

import msgspec


def flat_values(path: str, value: Any) -> dict[str, str]:
    """Each value as JSON by its path below `path`, with dots between names and places of lists."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        found: dict[str, str] = {}
        for key, inner in items:
            end = isinstance(inner, dict | list) and inner
            found |= flat_values(f"{path}{key}" + ("." if end else ""), inner)
        return found
    return {path: msgspec.json.encode(value).decode()}
