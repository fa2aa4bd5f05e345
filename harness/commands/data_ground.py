"""`ultralink-bench data ground`: dialogues grounded in the passages of articles."""

import argparse

from harness import show
from harness.building.ground_stage import ground_stage
from harness.building.recipe_parts import GroundStep
from harness.commands.stage_end import require_accepted
from harness.options.config_options import config_from, given_field
from harness.options.endpoint_options import access
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.stage.outcome import stage_paths


def ground_command(arguments: argparse.Namespace) -> int:
    """Make a dialogue of each passage.

    Raises:
        ConfigError: an option out of range, or a language without prompts.
        DataError: no row was accepted, or a bad page.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    manifest = ground_stage(
        arguments.pages,
        arguments.out,
        config_from(arguments, GroundConfig),
        access=access(arguments),
        limit=given_field(arguments, GroundStep, "limit"),
        display=TERMINAL,
    )
    show.print_tables(tables(f"ground: {show.short(arguments.out)}", manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    require_accepted(manifest, arguments.out)
    return 0
