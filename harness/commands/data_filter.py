"""`ultralink-bench data filter`, and commands that measure it against labels."""

import argparse
from collections.abc import Sequence

import msgspec

from harness import show
from harness.building.filter_stage import filter_stage, verdicts_path
from harness.commands.stage_end import require_accepted
from harness.options.config_options import config_from, given_field
from harness.options.endpoint_options import access, names_model
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.errors import ConfigError
from ultralink_data.stage.outcome import StageManifest, stage_paths


def filter_command(arguments: argparse.Namespace) -> int:
    """Keep the conversations that are not specific to one culture.

    Raises:
        ConfigError: an option out of range, or no model.
        DataError: a bad row, or a row that is never culture-filtered.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    config = config_from(arguments, FilterConfig)
    if config.model and not names_model(arguments):
        raise ConfigError("no model is named", hint="give --model NAME or --keywords-only")
    manifest = filter_stage(
        arguments.rows,
        arguments.out,
        config,
        access=access(arguments) if config.model else None,
        limit=arguments.limit,
        display=TERMINAL,
    )
    verdicts = stage_paths(verdicts_path(arguments.out))
    judged = msgspec.json.decode(verdicts.manifest.read_bytes(), type=StageManifest)
    show.print_tables(
        [
            *tables(f"verdicts: {show.short(verdicts.rows)}", judged),
            *tables(f"filter: {show.short(arguments.out)}", manifest),
        ]
    )
    show.print_paths([*stage_paths(arguments.out)[:3], verdicts.rows])
    require_accepted(manifest, arguments.out)
    return 0


def score_command(arguments: argparse.Namespace) -> int:
    """Print precision, recall, F1 and kappa of verdicts against labels.

    Raises:
        DataError: a bad line, a duplicate id, or no row in common.
    """
    from harness.statistics.label_agreement import read_scored, score
    from leaderboard.agreement_tables import score_tables

    threshold = given_field(arguments, FilterConfig, "threshold")
    scored = read_scored(arguments.verdicts, arguments.labels)
    title = f"{show.short(arguments.verdicts)} against {show.short(arguments.labels)}"
    show.print_tables(score_tables(title, score(scored, threshold)))
    return 0


def starter_command(arguments: argparse.Namespace) -> int:
    """Write the starter set's English chats as rows to filter, with their labels.

    Raises:
        ConfigError: the folder exists.
        PrerequisiteError: it cannot be written.
    """
    from harness.commands.data import refuse_existing
    from ultralink_data.atomic import disk_errors
    from ultralink_data.starter.culture_cases import labels, rows

    refuse_existing(arguments.out)
    files: dict[str, Sequence[msgspec.Struct]] = {"rows.jsonl": rows(), "labels.jsonl": labels()}
    with disk_errors(arguments.out):
        arguments.out.mkdir(parents=True)
        for name, content in files.items():
            lines = b"".join(msgspec.json.encode(row) + b"\n" for row in content)
            (arguments.out / name).write_bytes(lines)
    show.print_paths([arguments.out / name for name in files])
    return 0
