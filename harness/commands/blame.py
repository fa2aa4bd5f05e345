"""`ultralink-bench blame OLD NEW`: which changed rows cost a language its score?"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import msgspec
import numpy as np

from harness import show
from harness.blame.blame_search import Searched, search
from harness.blame.changed_units import ChangeUnits, Undoable, changed_units, write_with
from harness.blame.lost_scores import SHOWN, lost_scores
from harness.blame.subset_training import Lost, SubsetTrainer, WithoutChanges, log_loss
from harness.commands.data_diversity import write_report
from harness.commands.own_files import refuse_foreign_json, refuse_foreign_markdown
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.jobs import package_versions
from harness.engine.pool import Pool
from harness.experiment.chosen_config import chosen_config
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import with_datasets
from harness.progress.terminal import TERMINAL
from harness.statistics.group_testing import Bools, restored
from harness.statistics.proportions import UPPER_TAIL
from leaderboard.blame_records import (
    BlameReport,
    BlameSuspect,
    BlameTraining,
    BlameUndone,
    BlameVerdict,
)
from leaderboard.blame_tables import OPENING, blame_sentence, blame_tables
from leaderboard.visible_text import visible
from ultralink_data import atomic
from ultralink_data.errors import ConfigError

_LEAST: Final = 0.1
"""Percent of bits: no search for less than that, however surely it is lost."""
_FEWEST_SEEDS: Final = 2
_LIKELY: Final = 0.001
"""The probability below which a suspect is not in the report."""
_EXIT: Final[dict[BlameVerdict, int]] = {"named": 0, "no loss": 1, "undecided": 4}
_HINTS: Final = {
    "profile": "choose a profile with --profile",
    "languages": "write --languages ru",
    "tasks": "name each of --tasks once",
    "seeds": "write --seeds 0,1,2",
    "runs": "name a benchmark with --tasks",
}


class _Blamed(NamedTuple):
    """What a search brought; nothing where there was no loss to explain."""

    suspects: tuple[BlameSuspect, ...] = ()
    trainings: tuple[BlameTraining, ...] = ()
    undone: tuple[BlameUndone, ...] = ()
    changes: tuple[Undoable, ...] = ()
    probability: float = 0.0


def blame(arguments: argparse.Namespace) -> int:
    """Train without some of the changes until one group of them is to blame, and print it.

    Raises:
        BenchError: bad options, a dataset that cannot be read, or an error of a stage.
    """
    refuse_foreign_json(arguments.json, BlameReport)
    refuse_foreign_markdown(arguments.markdown, OPENING)
    if arguments.write is not None:
        _refuse_existing(arguments.write)
    config = _config(arguments)
    folders = arguments.old, arguments.new
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
        found = _Blamed()
        old, new = trainer.old_and_new()
        losses = lost_scores(old, new, arguments.language)
        explained = losses[0].p < SHOWN and losses[0].percent > _LEAST
        if explained:
            lost = Lost(losses[0].task, losses[0].language)
            before, after = ([log_loss(run, lost) for run in side.runs] for side in (old, new))
            found = _blamed(units, trainer, lost, (before, after), config, arguments.most)
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


def _blamed(
    units: ChangeUnits,
    trainer: SubsetTrainer,
    lost: Lost,
    sides: tuple[Sequence[float], Sequence[float]],
    config: ExperimentConfig,
    most: int,
) -> _Blamed:
    """Search, then undo the first suspect, and as many other changes beside it, with every seed."""
    old, new = sides
    used: list[int] = []

    def train(subsets: Sequence[Bools]) -> list[float]:
        # A seed of its own each: the same subset twice would otherwise be one training.
        seeds = [max(config.seeds) + 1 + len(used) + n for n in range(len(subsets))]
        used.extend(seeds)
        wanted = [
            WithoutChanges(f"without-{seed}", units.rows(subset), (seed,))
            for seed, subset in zip(seeds, subsets, strict=True)
        ]
        return [of_seeds[0] for of_seeds in trainer.without(wanted, lost)]

    def told(trained: int, first: int, probability: float) -> None:
        name = units.suspects[first].words()
        TERMINAL.say(
            f"{trained} of at most {most} trainings: most likely {name}, {probability:.2f}"
        )

    found = search(units.groups, train, old, new, most=most, at_once=config.workers, told=told)
    suspects = _suspects(units, found)
    trainings = tuple(
        BlameTraining(
            undone=int(units.groups.rows[subset].sum()),
            seed=seed,
            bpb=float(np.exp(value)),
        )
        for seed, subset, value in zip(
            used, found.left_out[len(new) :], found.losses[len(new) :], strict=True
        )
    )
    if not found.certain:
        return _Blamed(suspects, trainings, probability=found.probability)
    changes = units.rows(units.groups.members[found.first])
    others = _as_many_others(units, found.first)
    wanted = [WithoutChanges("blamed", changes, config.seeds)]
    wanted += [WithoutChanges("others", others, config.seeds)] if others else []
    after = trainer.without(wanted, lost)
    name = units.suspects[found.first].words()
    undone = [_undone(name, len(changes), after[0], sides)]
    if others:
        undone.append(_undone("as many others, by chance", len(others), after[1], sides))
    undone.append(_undone("all (OLD)", int(units.groups.rows.sum()), old, sides))
    return _Blamed(suspects, trainings, tuple(undone), tuple(changes), found.probability)


def _suspects(units: ChangeUnits, found: Searched) -> tuple[BlameSuspect, ...]:
    order = np.argsort(-found.probabilities, kind="stable")
    return tuple(
        BlameSuspect(
            name=units.suspects[number].words(),
            facets=dict(units.suspects[number].values),
            rows=int(units.groups.rows[units.groups.members[number]].sum()),
            probability=float(found.probabilities[number]),
        )
        for number in order
        if found.probabilities[number] >= _LIKELY
    )


def _as_many_others(units: ChangeUnits, blamed: int) -> list[Undoable]:
    """Changes outside of a suspect, by chance: as many as it has, or all that there are."""
    others = units.rows(~units.groups.members[blamed])
    count = min(len(others), int(units.groups.rows[units.groups.members[blamed]].sum()))
    chosen = np.random.default_rng(0).permutation(len(others))[:count]
    return [others[number] for number in sorted(chosen)]


def _undone(
    name: str,
    rows: int,
    losses: Sequence[float],
    sides: tuple[Sequence[float], Sequence[float]],
) -> BlameUndone:
    """What a dataset without some changes saves against the new one."""
    old, new = sides
    found = restored(new, losses, UPPER_TAIL)
    percent, low, high = (100 * (1 - np.exp(-value)) for value in found[:3])
    return BlameUndone(
        name=name,
        rows=rows,
        trainings=len(losses),
        percent=float(percent),
        low=float(low),
        high=float(high),
        share=found.value / float(np.mean(new) - np.mean(old)),
    )


def _verdict(found: _Blamed) -> BlameVerdict:
    return "named" if found.undone and found.undone[0].low > 0 else "undecided"
