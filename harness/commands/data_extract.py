"""`ultralink-bench data extract`: a MediaWiki dump to clean articles."""

import argparse

from harness import show
from harness.building.extract import extract_stage, is_cut
from harness.stage_report import tables
from ultralink_data.errors import ConfigError
from ultralink_data.extract import ExtractConfig
from ultralink_data.stages import stage_paths

INCOMPLETE = 3
"""Exit code where the dump ends within a page: what is whole was kept."""


def extract_command(arguments: argparse.Namespace) -> int:
    """Extract the articles; a dump cut in mid-page gives what is whole, and exit code 3.

    Raises:
        ConfigError: an unknown language, or an option out of its range.
        DataError: no MediaWiki export.
    """
    try:
        config = ExtractConfig(min_tokens=arguments.min_tokens, max_tokens=arguments.max_tokens)
    except ValueError as error:
        raise ConfigError(str(error), hint="give other bounds") from error
    manifest = extract_stage(
        arguments.dump, arguments.language, arguments.out, config, processes=arguments.processes
    )
    show.print_tables(tables(f"extract: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    return INCOMPLETE if is_cut(manifest) else 0
