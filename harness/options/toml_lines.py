"""On which line of a TOML text a value stands, for errors: `tomllib` keeps no lines."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Keys from the top, with the number of the element (from 0) after an array of tables."""

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_KEYS = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEYS})\s*\]")
_ENTRY = re.compile(rf"\s*({_KEYS})\s*=")
_LONG = re.compile(r"\"\"\"|'''")


def line_of(text: str, place: Place) -> int | None:
    """The number, from 1, of the line that opens what is nearest to `place`; None at the top.

    That is the longest beginning of `place` that a header or a key names: of a value in an inline
    table it is the line where that table begins.
    """
    place = tuple(word for part in place for word in _words(part))
    best, line = 0, None
    for number, found in _named(text):
        # A key that is a path (`"a.b"`) stands for its parts.
        length = len(found)
        if length > best and place[:length] == found:
            best, line = length, number
    return line


def _named(text: str) -> Iterator[tuple[int, Place]]:
    """Line and place of every header and key."""
    counts: Counter[Place] = Counter()
    table: Place = ()
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        marks = _LONG.findall(line)
        if inside:
            inside = "" if inside in marks else inside
            continue
        if header := _HEADER.match(line):
            table = _opened(_parts(header[2]), header[1] == "[[", counts)
            yield number, table
        elif entry := _ENTRY.match(line):
            yield number, (*table, *_parts(entry[1]))
        inside = marks[0] if len(marks) % 2 else ""


def _opened(keys: list[str], array: bool, counts: "Counter[Place]") -> Place:
    """The place of a table; a part of it that is an array of tables is its last element."""
    place: Place = ()
    for depth, key in enumerate(keys):
        place = (*place, key)
        if array and depth == len(keys) - 1:
            counts[place] += 1
        if counts[place]:
            place = (*place, counts[place] - 1)
    return place


def _parts(keys: str) -> list[str]:
    found = (part.strip("\"'") for part in re.findall(_PART, keys))
    return [word for part in found for word in part.split(".")]


def _words(part: str | int) -> tuple[str | int, ...]:
    """A key as `_parts` has it: one with dots is a path."""
    return tuple(part.split(".")) if isinstance(part, str) else (part,)
