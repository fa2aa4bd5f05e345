"""`ultralink-bench data translate`: translate English dialogues into other languages."""

import argparse

from harness import show
from harness.building.translate_stage import translate_stage
from harness.commands.stage_end import require_accepted
from harness.options.config_options import config_from
from harness.options.endpoint_options import access
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.stage.outcome import stage_paths
from ultralink_data.translation.translate_config import TranslateConfig


def translate_command(arguments: argparse.Namespace) -> int:
    """Translate each dialogue into each language.

    Raises:
        ConfigError: an option out of range, or an unknown language.
        DataError: no row was accepted, or a bad row.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    manifest = translate_stage(
        arguments.rows,
        arguments.languages,
        arguments.out,
        config_from(arguments, TranslateConfig),
        access=access(arguments),
        limit=arguments.limit,
        display=TERMINAL,
    )
    show.print_tables(tables(f"translate: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    require_accepted(manifest, arguments.out)
    return 0
