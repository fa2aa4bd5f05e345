"""`ultralink-bench data diversity`: measure how varied dialogues are, alone or against others."""

import argparse
from pathlib import Path

import msgspec

from harness import show
from harness.building.article_share import article_share
from harness.building.dialogue_files import dialogues
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.options.config_options import config_from
from harness.progress.terminal import TERMINAL
from harness.statistics.diversity_config import DiversityConfig
from harness.statistics.diversity_study import study
from harness.statistics.estimators import wilson
from leaderboard.diversity_results import Share, Study
from leaderboard.diversity_tables import share_table, study_tables
from leaderboard.render import to_markdown
from leaderboard.table import Table
from ultralink_data import atomic
from ultralink_data.documents import Page
from ultralink_data.errors import DataError
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.store import release

_OPENING = "### Diversity"


class DiversityReport(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers that `-o FILE.json` writes; a missing interval is null."""

    first: str
    against: str | None
    part: str
    seed: int
    study: Study
    shares: dict[str, list[Share]]


def diversity(arguments: argparse.Namespace) -> int:
    """Print measures with intervals, openings of questions, and shares of articles used.

    Raises:
        ConfigError: a bad option, or an existing output that is not a report.
        DataError: a bad row, or two sets without a shared dialogue.
    """
    config = config_from(arguments, DiversityConfig)
    passage_tokens = config_from(arguments, GroundConfig).passage_tokens
    refuse_foreign_json(arguments.json, DiversityReport)
    refuse_foreign_markdown(arguments.markdown, _OPENING)
    against: Path | None = arguments.baseline
    with TERMINAL.work("diversity") as meter:
        found = study(
            meter.over(dialogues(arguments.dialogues)),
            meter.over(dialogues(against)) if against is not None else None,
            config,
        )
    if not found.measures:
        raise DataError(
            f"{arguments.dialogues} and {against} share no dialogue",
            hint="dialogues with the same id are compared: ground the same passages for both",
        )
    names = [arguments.dialogues.name, against.name if against is not None else None]
    if names[0] == names[1]:
        names = [str(arguments.dialogues), str(against)]
    tables = study_tables(found, str(names[0]), names[1])
    shares: dict[str, list[Share]] = {}
    if arguments.pages is not None:
        for path in filter(None, (arguments.dialogues, against)):
            pages = (page for _, page in release.decode_lines(arguments.pages, Page))
            shares[str(path)] = article_share(pages, dialogues(path), passage_tokens)
            tables.append(
                share_table(f"Articles used: {show.short(path)}", shares[str(path)], wilson)
            )
    show.print_tables(tables)
    report = DiversityReport(
        first=str(arguments.dialogues),
        against=str(against) if against is not None else None,
        part=config.part,
        seed=config.seed,
        study=found,
        shares=shares,
    )
    write_report(report, tables, arguments.json, arguments.markdown)
    return 0


def write_report(
    report: msgspec.Struct, tables: list[Table], json: Path | None, markdown: Path | None
) -> None:
    """Write a report as JSON and its tables as Markdown, if requested, and print the paths.

    Raises:
        PrerequisiteError: the disk is full or a folder is not writable.
    """
    if json is not None:
        text = msgspec.json.format(msgspec.json.encode(report), indent=2)
        atomic.write_bytes(json, text + b"\n")
    if markdown is not None:
        atomic.write_text(markdown, "\n".join(to_markdown(table) for table in tables))
    written = [path for path in (json, markdown) if path is not None]
    if written:
        show.print_paths(written)
