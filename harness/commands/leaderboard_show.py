"""`ultralink-bench leaderboard show`: rankings of what has run, in the terminal or as text."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from harness import show
from harness.commands.leaderboard_forms import print_or_write
from harness.commands.leaderboard_pairs import show_pairs
from harness.commands.opened_store import opened
from leaderboard.filter_words import Condition
from leaderboard.ranking import Ranking, ranked_rows, rankings
from leaderboard.ranking_tables import flat_table, ranking_table
from leaderboard.render import latex_text, to_csv, to_markdown
from leaderboard.row_filters import ROW_WORDS, filter_rows
from leaderboard.table import Table
from leaderboard.visible_text import visible_json

_OPTIONS: Final = {"task": "tasks", "language": "languages"}
"""Options that are called otherwise than the filter's word."""

_BRAILLE: Final = "\u2847"


def show_leaderboard(arguments: argparse.Namespace) -> int:
    """Print every ranking of the rows that are asked for.

    Raises:
        ConfigError: a name or a column that nothing has; names the nearest.
        PrerequisiteError: there is no such store.
    """
    collection = opened(arguments.runs)
    if arguments.matrix:
        return show_pairs(arguments, collection)
    rows = ranked_rows(collection)
    found = rankings(filter_rows(rows, _asked(arguments)))
    texts: Mapping[str, Callable[[], str]] = {
        "json": lambda: _json(found),
        "csv": lambda: to_csv(flat_table(found)),
        "markdown": lambda: "\n".join(map(to_markdown, _tables(found, arguments))),
        "latex": lambda: latex_text(_tables(found, arguments)),
    }
    print_or_write(arguments, texts, lambda: _tables(found, arguments, drawn=True))
    if all(row.origin == "published" for row in rows):
        show.warn(f"nothing in {arguments.runs} has a score: what can be shown was published")
    if not found:
        show.warn("no score is left: every one is filtered out")
    return 0


def _asked(arguments: argparse.Namespace) -> list[Condition]:
    """The conditions that the options stand for."""
    found = []
    for word, kind in ROW_WORDS.items():
        given = getattr(arguments, _OPTIONS.get(word, word))
        if given:
            values = (given,) if isinstance(given, str) else tuple(given)
            found.append(Condition(key=word, kind=kind, operator="=", values=values))
    return found


def _tables(
    found: Sequence[Ranking], arguments: argparse.Namespace, *, drawn: bool = False
) -> list[Table]:
    columns = tuple(arguments.columns or ())
    return [
        ranking_table(
            ranking,
            columns,
            arguments.sort or "",
            drawn=drawn,
            plain=not _can_show(_BRAILLE),
            most=show.console().width if drawn else None,
        )
        for ranking in found
    ]


def _can_show(character: str) -> bool:
    """Whether standard output's encoding has a character."""
    try:
        character.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _json(found: Sequence[Ranking]) -> str:
    return visible_json(msgspec.json.format(msgspec.json.encode(found), indent=2).decode()) + "\n"
