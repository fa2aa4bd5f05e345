"""`ultralink-bench data meaning`: check existing translations by meaning."""

import argparse

from harness import show
from harness.building.meaning_stage import meaning_stage
from harness.commands.measuring import report_measured
from harness.options.config_options import config_from
from harness.options.endpoint_options import access
from harness.progress.terminal import TERMINAL
from leaderboard.meaning_tables import meaning_table
from ultralink_data.store import release
from ultralink_data.translation.meaning_config import MeaningConfig
from ultralink_data.translation.meaning_report import MeaningRow, counts


def meaning_command(arguments: argparse.Namespace) -> int:
    """Ask what translated turns and their sources say, and compare.

    Raises:
        ConfigError: options out of range.
        DataError: a bad row, or no turn whose source is there.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    manifest = meaning_stage(
        arguments.translated,
        arguments.source,
        arguments.out,
        config_from(arguments, MeaningConfig),
        access=access(arguments),
        display=TERMINAL,
    )
    found = counts(row for _, row in release.decode_lines(arguments.out, MeaningRow))
    table = meaning_table(f"meaning: {show.short(arguments.out)}", found)
    report_measured(arguments.out, manifest, "counts", found, table)
    return 0
