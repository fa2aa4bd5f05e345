"""`ultralink-bench data check`: contamination, duplicates, languages and flaws of a dataset."""

import argparse
from pathlib import Path

from harness import show
from harness.building.check_stage import REJECTED, check_dataset, check_drop, drop
from harness.building.check_step import CheckStep
from harness.building.recipe_parts import Recipe
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.options.config_options import config_from, given_field
from harness.progress.terminal import TERMINAL
from leaderboard.check_tables import check_tables
from leaderboard.render import to_markdown
from ultralink_data import atomic
from ultralink_data.checking.check_report import CheckReport, encode
from ultralink_data.errors import ConfigError

NOT_CLEAN = 1
_OPENING = "### Check of "


def check_command(arguments: argparse.Namespace) -> int:
    """Check a dataset; exit code 1 if it is contaminated or over a limit.

    Raises:
        ConfigError: an option out of range, or an existing output that is not a report.
        PrerequisiteError, DataError: a benchmark file or the dataset cannot be read.
    """
    step = config_from(arguments, CheckStep)
    out: Path | None = arguments.out
    if out is not None:
        _check_out(out)
    if arguments.drop_to is not None:
        check_drop(arguments.drop_to, step.drop)
    with TERMINAL.work("check") as meter:
        report = check_dataset(
            arguments.dataset,
            step.config,
            against=step.against,
            benchmarks=arguments.benchmarks,
            processes=given_field(arguments, Recipe, "processes"),
            advance=meter.moved,
        )
    tables = check_tables(report)
    show.print_tables(tables)
    written = []
    if out is not None:
        atomic.write_bytes(out, encode(report))
        markdown = out.with_suffix(".md")
        atomic.write_text(markdown, "\n".join(map(to_markdown, tables)))
        written += [out, markdown]
    if arguments.drop_to is not None:
        drop(arguments.dataset, report, arguments.drop_to, step.drop)
        written += [arguments.drop_to, arguments.drop_to / REJECTED]
    if written:
        show.print_paths(written)
    return NOT_CLEAN if report.complaints() else 0


def _check_out(out: Path) -> None:
    """Check before anything runs that the report would not overwrite another file."""
    if out.suffix != ".json":
        raise ConfigError(f"-o {out}: the report is JSON", hint="name it like report.json")
    refuse_foreign_json(out, CheckReport)
    refuse_foreign_markdown(out.with_suffix(".md"), _OPENING)
