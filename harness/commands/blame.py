"""`ultralink-bench blame OLD NEW`: which changed rows cost a language its score?"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from harness import show
from harness.blame.blame_plan import (
    MOST_PROVED,
    NotStored,
    StoredTrainer,
    ToDo,
    change_table,
    group_table,
    work_plan,
)
from harness.blame.blamed import Blamed, blamed
from harness.blame.changed_units import ChangeUnits, changed_units, write_with
from harness.blame.lost_scores import Losses, all_losses, refuse_unscored
from harness.blame.subset_training import SubsetTrainer
from harness.commands.data_diversity import write_report
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.engine.artefact_store import Store
from harness.engine.jobs import package_versions
from harness.engine.pool import training_pool
from harness.experiment.chosen_config import chosen_config
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import check_folders, with_datasets
from harness.progress.display import QUIET
from harness.progress.terminal import TERMINAL
from leaderboard.blame_records import (
    BlameReport,
    BlameVerdict,
)
from leaderboard.blame_tables import OPENING, blame_sentence, blame_tables, loss_words
from leaderboard.visible_text import visible
from ultralink_data import atomic
from ultralink_data.errors import ConfigError

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
    units = changed_units(*folders, TERMINAL, config.languages)
    store = Store(arguments.runs)
    command = tuple(arguments.command_line)
    with (
        TemporaryDirectory(prefix="ultralink-blame.") as scratch,
        training_pool(config.workers, config.train.threads, store) as pool,
    ):
        kind = StoredTrainer if arguments.dry_run else SubsetTrainer
        trainer = kind(
            config, folders, Path(scratch), store, pool, TERMINAL, arguments.benchmarks, command
        )
        if isinstance(trainer, StoredTrainer):
            _print_plan(arguments, units, trainer)
            return 0
        losses, found = all_losses(trainer, arguments.language), Blamed()
        if losses.shown:
            sides = losses.old, losses.new
            found = blamed(
                units, trainer, losses.lost, sides, most=arguments.most, display=TERMINAL
            )
    report = BlameReport(
        schema=1,
        kind="blame",
        verdict=_verdict(found) if losses.shown else "no loss",
        old=show.short(arguments.old),
        new=show.short(arguments.new),
        losses=losses.cells,
        changed=int(units.groups.rows.sum()),
        groups=len(units.suspects),
        left_out=units.left_out,
        suspects=found.suspects,
        probability=found.probability,
        shared=found.shared,
        others=found.others,
        named=found.named,
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


def _print_plan(arguments: argparse.Namespace, units: ChangeUnits, trainer: StoredTrainer) -> None:
    """Follow the command as far as the store goes, and print what is left to do."""
    losses, found = None, None
    try:
        losses = all_losses(trainer, arguments.language)
        if losses.shown:
            sides = losses.old, losses.new
            found = blamed(units, trainer, losses.lost, sides, most=arguments.most, display=QUIET)
    except NotStored:
        pass
    show.print_tables([change_table(units), group_table(units)])
    ended = found is not None or (losses is not None and not losses.shown)
    proof = trainer.proof or MOST_PROVED * len(trainer.seeds)
    most = 0 if ended or trainer.proof else arguments.most - trainer.searched
    proof = 0 if ended else proof - trainer.proved
    parts = (
        ToDo("trainings of the search", trainer.searched, most),
        ToDo("trainings of the proof", trainer.proved, proof),
    )
    show.print_tables([work_plan(trainer, parts, None if losses is None else losses.lost)])
    show.console().print(visible(_planned(losses, found)), soft_wrap=True)


def _planned(losses: Losses | None, found: Blamed | None) -> str:
    """The last line of a plan: how far the answer is known."""
    if losses is None:
        return "nothing was trained: what was lost is known once OLD and NEW are trained"
    if not losses.shown:
        closest = loss_words(losses.cells[0], ", ")
        return f"nothing is left to train: no loss is shown, closest is {closest}"
    said = loss_words(losses.cells[0])
    if found is not None:
        return f"nothing is left to train, and the answer is in the store: {said}"
    return f"nothing was trained: {said} would be explained"


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
    # --languages says which loss to explain, and not what is trained on.
    by = f"--profile {config.profile}"
    return with_datasets(config, folders, TERMINAL.warn, chosen=False, languages_by=by)


def _verdict(found: Blamed) -> BlameVerdict:
    return "named" if found.undone and found.undone[0].low > 0 else "undecided"
