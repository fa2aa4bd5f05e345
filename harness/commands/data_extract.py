"""`ultralink-bench data extract`: a MediaWiki dump, or extracted texts, to clean articles."""

import argparse
from pathlib import Path

from harness import show
from harness.building.extract_stage import extract_stage, is_incomplete
from harness.building.recipe_parts import Articles, Recipe
from harness.options.config_options import config_from, given_field
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.stage.outcome import stage_paths

INCOMPLETE = 3
"""Exit code where a dump ends within a page or rows are bad: what is whole was kept."""


def extract_command(arguments: argparse.Namespace) -> int:
    """Extract the articles; a cut dump or bad rows give what is whole, and exit code 3.

    Raises:
        ConfigError: an unknown language, or an option out of its range.
        DataError: a source that is not what its format says.
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
    return INCOMPLETE if is_incomplete(manifest) else 0
