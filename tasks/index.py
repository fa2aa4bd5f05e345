"""What the command line must know about each benchmark, read from source without importing any.

`tasks.registry` imports the benchmarks, and checks that they are as this index says.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from tasks.benchmarks import exporting

READ: Final = (
    *("name", "graded_by", "checked_by_default", "evaluated_by_default", "human_translations"),
)
"""The attributes of a benchmark's class that are read from its source."""
_ATTRIBUTE: Final = re.compile(
    rf"^    ({'|'.join(READ)}): ClassVar\[.+\] = (.+)$",
    re.MULTILINE,
)


class IndexEntry(NamedTuple):
    """One benchmark: its module's file, and what its class says (see `tasks.benchmark`)."""

    path: Path
    name: str
    graded_by: str
    checked_by_default: bool
    evaluated_by_default: bool
    human_translations: str


@cache
def entries() -> tuple[IndexEntry, ...]:
    """The benchmarks, in the order of their names.

    Raises:
        ValueError: a module without a literal `name`, or a value that is no literal.
    """
    return tuple(sorted((entry(path) for path in exporting()), key=lambda one: one.name))


def names(graded_by: str = "") -> tuple[str, ...]:
    """The names of all benchmarks, or of those that `grade` treats in this way."""
    return tuple(one.name for one in entries() if graded_by in ("", one.graded_by))


def checked_by_default() -> tuple[str, ...]:
    """The benchmarks that `data check` looks for where nobody says which."""
    return tuple(one.name for one in entries() if one.checked_by_default)


def evaluated_by_default() -> tuple[str, ...]:
    """The benchmarks that `eval` and `tasks export` take where nobody says which."""
    return tuple(one.name for one in entries() if one.evaluated_by_default)


def human_translations() -> tuple[str, ...]:
    """The benchmarks that people translated, so that `data quality` can compare with them."""
    return tuple(one.name for one in entries() if one.human_translations)


def entry(path: Path) -> IndexEntry:
    """What a benchmark's module says of itself.

    Raises:
        ValueError: as of `entries`.
    """
    found: dict[str, Any] = {"graded_by": "outputs", "human_translations": ""}
    found |= {"checked_by_default": False, "evaluated_by_default": False}
    for name, text in _ATTRIBUTE.findall(path.read_text(encoding="utf-8")):
        try:
            found[name] = ast.literal_eval(text)
        except (SyntaxError, ValueError) as error:
            raise ValueError(f"{path}: `{name}` must be a literal, got {text!r}") from error
    if "name" not in found:
        raise ValueError(f'{path}: no line `name: ClassVar[str] = "..."` in its benchmark\'s class')
    return IndexEntry(path=path, **found)
