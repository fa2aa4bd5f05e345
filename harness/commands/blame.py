"""`ultralink-bench blame OLD NEW`: which changed rows cost a language its score?"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import numpy as np

from harness import show
from harness.blame.blamed import Blamed, blamed
from harness.blame.changed_units import changed_units, write_with
from harness.blame.lost_scores import SHOWN, lost_scores, refuse_unscored
from harness.blame.subset_training import Lost, SubsetTrainer, log_loss
from harness.commands.data_diversity import write_report
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.jobs import package_versions
from harness.engine.pool import Pool
from harness.experiment.chosen_config import chosen_config
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import check_folders, with_datasets
from harness.progress.terminal import TERMINAL
from leaderboard.blame_records import (
    BlameReport,
    BlameVerdict,
)
from leaderboard.blame_tables import OPENING, blame_sentence, blame_tables
from leaderboard.visible_text import visible
from ultralink_data import atomic
from ultralink_data.errors import ConfigError

_LEAST: Final = 0.001
"""A log ratio of bits: no search for less than that, however surely it is lost."""
_FEWEST_SEEDS: Final = 2
_EXIT: Final[dict[BlameVerdict, int]] = {"named": 0, "no loss": 1, "undecided": 4}
_HINTS: Final = {
    "profile": "choose a profile with --profile",
    "languages": "write --languages ru",
    "tasks": "name each of --tasks once",
    "seeds": "write --seeds 0,1,2",
    "runs": "name a benchmark with --tasks",
}


def blame(arguments: argparse.Namespace) -> int:
    """Train without some of the changes until one group of them is to blame, and print it.

    Raises:
        BenchError: bad options, a dataset that cannot be read, or an error of a stage.
    """
    refuse_foreign_json(arguments.json, BlameReport)
    refuse_foreign_markdown(arguments.markdown, OPENING)
    if arguments.write is not None:
        _refuse_existing(arguments.write)
    folders = arguments.old, arguments.new
    check_folders([str(folder) for folder in folders], ("OLD", "NEW"))
    config = _config(arguments)
    refuse_unscored(config, arguments.language)
    units = changed_units(*folders, TERMINAL)
    store = Store(arguments.runs)
    command = tuple(arguments.command_line)
    with (
        TemporaryDirectory(prefix="ultralink-blame.") as scratch,
        Pool(config.workers, store, worker_environment(config.train.threads)) as pool,
    ):
        trainer = SubsetTrainer(
            config, folders, Path(scratch), store, pool, TERMINAL, arguments.benchmarks, command
        )
        old, new = trainer.old_and_new()
        losses = lost_scores(old, new, arguments.language)
        lost = Lost(losses[0].task, losses[0].language)
        before, after = ([log_loss(run, lost) for run in side.runs] for side in (old, new))
        explained = losses[0].p < SHOWN and np.mean(after) - np.mean(before) > _LEAST
        found = Blamed()
        if explained:
            sides, most = (before, after), arguments.most
            found = blamed(units, trainer, lost, sides, most=most, display=TERMINAL)
    report = BlameReport(
        schema=1,
        kind="blame",
        verdict=_verdict(found) if explained else "no loss",
        old=show.short(arguments.old),
        new=show.short(arguments.new),
        losses=tuple(losses),
        changed=int(units.groups.rows.sum()),
        groups=len(units.suspects),
        left_out=units.left_out,
        suspects=found.suspects,
        probability=found.probability,
        trainings=found.trainings,
        undone=found.undone,
        trained=trainer.spent.trainings,
        made=trainer.spent.made,
        seconds=round(trainer.spent.seconds, 1),
        config=msgspec.to_builtins(config),
        command=command,
        versions=package_versions(),
    )
    tables = blame_tables(report)
    show.print_tables(tables)
    write_report(report, tables, arguments.json, arguments.markdown)
    if arguments.write is not None and report.verdict == "named":
        write_with(arguments.write, arguments.new, found.changes)
        show.print_paths([arguments.write])
    show.console().print(visible(blame_sentence(report)), soft_wrap=True)
    return _EXIT[report.verdict]


def _refuse_existing(out: Path) -> None:
    if out.exists():
        raise ConfigError(f"{out} exists already", hint="choose another folder, or remove it")
    atomic.check_writable(out)


def _config(arguments: argparse.Namespace) -> ExperimentConfig:
    """The profile with the options applied, and the old dataset as its data."""
    config = chosen_config(
        arguments.profile,
        languages=(),
        tasks=arguments.tasks or (),
        seeds=arguments.seeds or (),
        settings=arguments.settings,
        hints=_HINTS,
    )
    if len(config.seeds) < _FEWEST_SEEDS:
        raise ConfigError(
            f"blame has one seed ({config.seeds[0]}), and the noise is seen from two on",
            hint="write --seeds 0,1,2",
        )
    folders = str(arguments.old), str(arguments.new)
    return with_datasets(config, folders, TERMINAL.warn, chosen=False)


def _verdict(found: Blamed) -> BlameVerdict:
    return "named" if found.undone and found.undone[0].low > 0 else "undecided"
