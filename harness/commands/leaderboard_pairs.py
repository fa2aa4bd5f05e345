"""`ultralink-bench leaderboard show --matrix`: every model against every other."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from harness import show
from harness.commands.leaderboard_forms import print_or_write
from harness.comparing.pairwise import pair_matrices
from leaderboard.collection import Collection
from leaderboard.pair_matrix import PairMatrix, matrix_table
from leaderboard.ranking import FULL_SCALE
from leaderboard.render import latex_text, to_csv, to_markdown
from ultralink_data.errors import ConfigError, unknown_name

_OTHER: Final = ("origin", "model", "text", "sort", "columns")
"""Options that choose rows of rankings, and mean nothing for pairs."""


def show_pairs(arguments: argparse.Namespace, collection: Collection) -> int:
    """Print the matrices that are asked for; without languages, one for each task and metric.

    Raises:
        ConfigError: an option that is about rankings, or a name that no matrix has.
    """
    for name in _OTHER:
        if getattr(arguments, name):
            raise ConfigError(
                f"--{name} is of rankings, not of --matrix",
                hint="leave it out; --task, --languages, --metric and --profile choose matrices",
            )
    pairs = pair_matrices(collection)
    for note in pairs.notes:
        show.warn(note)
    found = list(_chosen(pairs.matrices, arguments))
    tables = [matrix_table(matrix) for matrix in found]
    texts: Mapping[str, Callable[[], str]] = {
        "json": lambda: msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n",
        "csv": lambda: "\n".join(map(to_csv, tables)),
        "markdown": lambda: "\n".join(map(to_markdown, tables)),
        "latex": lambda: latex_text(tables),
    }
    print_or_write(arguments, texts, lambda: tables)
    if not found:
        show.warn("no two models are left that were asked alike and share problems")
    return 0


def _chosen(matrices: Iterable[PairMatrix], arguments: argparse.Namespace) -> Iterator[PairMatrix]:
    kept = list(matrices)
    for option, field in (("tasks", "task"), ("metric", "metric"), ("profile", "profile")):
        kept = _having(kept, field, getattr(arguments, option))
    if arguments.languages:
        yield from _having(kept, "language", arguments.languages)
        return
    seen: set[tuple[str, ...]] = set()
    for matrix in kept:
        about = (matrix.task, matrix.task_version, matrix.protocol, matrix.profile, matrix.metric)
        if about not in seen:
            seen.add(about)
            yield matrix


def _having(matrices: list[PairMatrix], field: str, asked: Iterable[str]) -> list[PairMatrix]:
    """Those of which a field is one of the values asked for; all if none is asked for.

    Raises:
        ConfigError: no matrix has one of the values.
    """
    names = (asked,) if isinstance(asked, str) else tuple(asked or ())
    if not names or not matrices:
        return matrices
    values = {_value(matrix, field) for matrix in matrices}
    for name in names:
        if name not in values:
            raise unknown_name(field, name, sorted(values))
    return [matrix for matrix in matrices if _value(matrix, field) in names]


def _value(matrix: PairMatrix, field: str) -> str:
    value = str(getattr(matrix, field))
    return "full" if field == "profile" and value in FULL_SCALE else value
