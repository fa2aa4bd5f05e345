"""`ultralink-bench data quality`: translations as numbers."""

import argparse
from pathlib import Path

import msgspec

from harness import show
from harness.building.quality_stage import mgsm_tasks, quality_stage, round_trip_tasks
from harness.options.config_options import config_from
from harness.options.endpoint_options import access
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from leaderboard.table import Table, text_table
from ultralink_data.atomic import write_bytes
from ultralink_data.errors import ConfigError
from ultralink_data.stage.outcome import stage_paths
from ultralink_data.store import release
from ultralink_data.translation.quality import MeasuredRow, QualityScore, scores
from ultralink_data.translation.quality_config import QualityConfig
from ultralink_data.translation.translate_config import TranslateConfig

_WORDS = {"round_trip": "round trip to English", "human": "MGSM's human translations"}


def quality_command(arguments: argparse.Namespace) -> int:
    """Measure round trips of translated files, a model against MGSM, or both.

    Raises:
        ConfigError: options that do not go together, or out of their range.
        DataError: a bad row.
        PrerequisiteError: MGSM's files are not there.
        LLMError, BudgetError: rows stay open; what was done is kept.
    """
    config = config_from(arguments, TranslateConfig)
    amount = config_from(arguments, QualityConfig)
    if bool(arguments.translated) != (arguments.source is not None):
        raise ConfigError(
            "a round trip needs translated files and --source",
            hint="give both, or neither with --mgsm",
        )
    if bool(amount.mgsm) != bool(arguments.to):
        raise ConfigError(
            f"--mgsm {amount.mgsm} with {len(arguments.to)} languages",
            hint="give --mgsm N and --to LANGUAGE together",
        )
    tasks = mgsm_tasks(arguments.to, amount.mgsm, arguments.benchmarks) if arguments.to else []
    inputs: list[Path] = []
    if arguments.translated:
        inputs = [*arguments.translated, arguments.source]
        tasks += round_trip_tasks(
            arguments.translated, arguments.source, amount.sample, config.asking.seed
        )
    manifest = quality_stage(
        tasks,
        arguments.out,
        config,
        access=access(arguments),
        inputs=inputs,
        display=TERMINAL,
    )
    paths = stage_paths(arguments.out)
    found = scores(row for _, row in release.decode_lines(paths.rows, MeasuredRow))
    report = arguments.out.with_name(f"{arguments.out.stem}.scores.json")
    write_bytes(report, msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    title = f"quality: {show.short(arguments.out)}"
    show.print_tables([score_table(title, found), *tables("replies", manifest)])
    show.print_paths([*paths[:3], report])
    return 0


def score_table(title: str, found: list[QualityScore]) -> Table:
    """chrF by measure and language, with the standard error over texts."""
    lines = [
        (
            _WORDS[score.measure],
            score.language,
            f"{score.texts:,}",
            f"{score.corpus:.1f}",
            f"{score.mean:.1f}",
            "" if score.standard_error is None else f"± {score.standard_error:.1f}",
            f"{score.failed_checks}" if score.measure == "human" else "",
        )
        for score in found
    ]
    columns = ("against", "language", "texts", "chrF", "mean of texts", "error", "fail a check")
    return text_table(
        title,
        columns,
        lines,
        "chrF2 of the prose, 0 to 100; error: standard error of the mean over texts. Do not "
        "compare languages: chrF depends on the script",
    )
