"""`ultralink-bench data extract`: make clean articles from a MediaWiki dump or extracted texts."""

import argparse
from pathlib import Path

from harness import show
from harness.building.extract_stage import extract_stage, is_incomplete
from harness.building.recipe_parts import Articles, Recipe
from harness.commands.stage_end import require_accepted
from harness.options.config_options import config_from, given_field
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.stage.outcome import stage_paths

INCOMPLETE = 3
"""Exit code if a dump ends within a page or rows are bad; complete articles were kept."""


def extract_command(arguments: argparse.Namespace) -> int:
    """Extract the articles; with a truncated dump or bad rows, keep the rest and exit with 3.

    Raises:
        ConfigError: an unknown language, or an option out of range.
        DataError: the source does not match its format.
    """
    articles = config_from(arguments, Articles, file=str(arguments.source))
    manifest = extract_stage(
        arguments.source,
        articles.language,
        arguments.out,
        articles.bounds,
        format=articles.format,
        index=None if articles.index is None else Path(articles.index),
        processes=given_field(arguments, Recipe, "processes"),
        display=TERMINAL,
    )
    show.print_tables(tables(f"extract: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    require_accepted(manifest, arguments.out)
    return INCOMPLETE if is_incomplete(manifest) else 0
