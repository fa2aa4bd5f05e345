"""`ultralink-bench data meaning`: check existing translations by meaning."""

import argparse

import msgspec

from harness import show
from harness.building.meaning_stage import meaning_stage
from harness.options.config_options import config_from
from harness.options.endpoint_options import access
from harness.progress.terminal import TERMINAL
from leaderboard.meaning_tables import meaning_table
from leaderboard.stage_tables import tables
from ultralink_data.atomic import write_bytes
from ultralink_data.stage.outcome import stage_paths
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
    paths = stage_paths(arguments.out)
    found = counts(row for _, row in release.decode_lines(paths.rows, MeaningRow))
    report = arguments.out.with_name(f"{arguments.out.stem}.counts.json")
    write_bytes(report, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    title = f"meaning: {show.short(arguments.out)}"
    show.print_tables([meaning_table(title, found), *tables("replies", manifest)])
    show.print_paths([*paths[:3], report])
    return 0
