"""`ultralink-bench data ground`: dialogues grounded in the passages of articles."""

import argparse

from harness import show
from harness.building.ground_stage import ground_stage
from harness.options.endpoint_options import access, asking
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.errors import ConfigError
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.stage.outcome import stage_paths


def ground_command(arguments: argparse.Namespace) -> int:
    """Make a dialogue of each passage.

    Raises:
        ConfigError: an option out of its range, or a language without prompts.
        DataError: a bad page.
        LLMError, BudgetError: rows stay open; what was done is kept.
    """
    manifest = ground_stage(
        arguments.pages,
        arguments.out,
        _config(arguments),
        access=access(arguments),
        limit=arguments.limit,
        display=TERMINAL,
    )
    show.print_tables(tables(f"ground: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    return 0


def _config(arguments: argparse.Namespace) -> GroundConfig:
    try:
        return GroundConfig(
            passage_tokens=arguments.passage_tokens,
            context_tokens=arguments.context_tokens,
            with_document=not arguments.without_document,
            max_rounds=arguments.max_rounds,
            answer_reply_tokens=arguments.answer_reply_tokens,
            asking=asking(arguments),
        )
    except ValueError as error:
        raise ConfigError(str(error), hint="see `ultralink-bench data ground --help`") from error
