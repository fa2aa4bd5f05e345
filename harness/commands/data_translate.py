"""`ultralink-bench data translate`: English dialogues into other languages."""

import argparse

from harness import show
from harness.building.translate_stage import translate_stage
from harness.options.endpoint_options import access, asking
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.errors import ConfigError
from ultralink_data.stage.outcome import stage_paths
from ultralink_data.translation.translate_config import TranslateConfig


def translate_command(arguments: argparse.Namespace) -> int:
    """Translate each dialogue into each language.

    Raises:
        ConfigError: an option out of its range, or an unknown language.
        DataError: a bad row.
        LLMError, BudgetError: rows stay open; what was done is kept.
    """
    manifest = translate_stage(
        arguments.rows,
        arguments.to,
        arguments.out,
        translate_config(arguments),
        access=access(arguments),
        limit=arguments.limit,
        display=TERMINAL,
    )
    show.print_tables(tables(f"translate: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    return 0


def translate_config(arguments: argparse.Namespace) -> TranslateConfig:
    """The settings that the options name.

    Raises:
        ConfigError: one out of its range.
    """
    try:
        return TranslateConfig(
            names=arguments.names,
            context_tokens=arguments.context_tokens,
            max_turn_tokens=arguments.max_turn_tokens,
            reply_factor=arguments.reply_factor,
            asking=asking(arguments),
        )
    except ValueError as error:
        raise ConfigError(str(error), hint="see the command's --help") from error
