"""`ultralink-bench data quality`: measure translations."""

import argparse
from pathlib import Path

from harness import show
from harness.building.quality_stage import (
    human_translation_tasks,
    quality_stage,
    round_trip_tasks,
)
from harness.commands.measuring import report_measured
from harness.options.config_options import config_from
from harness.options.endpoint_options import access
from harness.options.parser_asking import human_option
from harness.progress.terminal import TERMINAL
from leaderboard.quality_tables import score_table
from tasks import index
from ultralink_data.errors import ConfigError
from ultralink_data.store import release
from ultralink_data.translation.quality import MeasuredRow, scores
from ultralink_data.translation.quality_config import QualityConfig
from ultralink_data.translation.translate_config import TranslateConfig


def quality_command(arguments: argparse.Namespace) -> int:
    """Measure round trips of translated files, a model against human translations, or both.

    Raises:
        ConfigError: options that do not go together or are out of range.
        DataError: a bad row.
        PrerequisiteError: a benchmark's files are missing.
        LLMError, BudgetError: rows stay open; finished rows are kept.
    """
    config = config_from(arguments, TranslateConfig)
    amount = config_from(arguments, QualityConfig)
    if bool(arguments.translated) != (arguments.source is not None):
        raise ConfigError(
            "a round trip needs translated files and --source",
            hint="give both, or neither with questions to translate, as --mgsm 20 --languages es",
        )
    human = _human(arguments)
    tasks = []
    if human is not None:
        name, count = human
        tasks = human_translation_tasks(name, arguments.languages, count, arguments.benchmarks)
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
    found = scores(row for _, row in release.decode_lines(arguments.out, MeasuredRow))
    title = f"quality: {show.short(arguments.out)}"
    table = score_table(title, found, human[0] if human else "")
    report_measured(arguments.out, manifest, "scores", found, table)
    return 0


def _human(arguments: argparse.Namespace) -> tuple[str, int] | None:
    """The benchmark with the human translations, and the number of questions.

    Raises:
        ConfigError: several, no number of questions, or languages without a benchmark.
    """
    counts = {name: getattr(arguments, human_option(name)) for name in index.human_translations()}
    given = {name: count for name, count in counts.items() if count}
    said = " ".join(f"--{name} {count}" for name, count in given.items())
    if any(count < 0 for count in given.values()):
        raise ConfigError(said, hint="0 or more questions")
    if len(given) > 1:
        raise ConfigError(said, hint="one benchmark at a time: their scores are not comparable")
    if bool(given) != bool(arguments.languages):
        options = " or ".join(f"--{name} N" for name in counts)
        raise ConfigError(
            f"{said or 'no questions'} with {len(arguments.languages)} languages",
            hint=f"give {options} and --languages es,fr together",
        )
    return next(iter(given.items()), None)
