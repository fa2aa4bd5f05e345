"""Train on the new dataset with some of its changes undone, and read what a language loses.

A training is the profile's, with one seed; what the store has is not made again. Scored are bits
per byte alone: they move with every training row, where answers of small models are right or wrong
by luck.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from harness.blame.changed_units import Undoable, write_with
from harness.engine.artefact_store import Store
from harness.engine.graph import Graph, Made
from harness.engine.pool import Pool
from harness.experiment.ablation import Ablation, Change, Variant
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import dataset_ablation
from harness.experiment.nodes import Experiment
from harness.experiment.run_plan import training_plans
from harness.experiment.run_time import run_time
from harness.progress.display import Display
from harness.statistics.comparison import Side
from harness.statistics.measured import MeasuredTask
from harness.statistics.scores import measure
from tasks.benchmark import BPB_METRICS
from tasks.eval_config import TaskRun
from ultralink_data.errors import ConfigError, DataError

METRIC: Final = BPB_METRICS[0]


class Lost(NamedTuple):
    """What is to be explained: the bits per byte of a task in a language."""

    task: str
    language: str


class WithoutChanges(NamedTuple):
    """Trainings on the new dataset without some changes: a name of its own, and the seeds."""

    name: str
    undone: Sequence[Undoable]
    seeds: tuple[int, ...]


class TrainingCount(msgspec.Struct):
    """Trainings so far: all, those made now, and the seconds that these and their scores took."""

    trainings: int = 0
    made: int = 0
    seconds: float = 0.0


class SubsetTrainer:
    """Trains and scores; `spent` adds up. `seeds` are those of both datasets.

    `config` is resolved, with the old dataset as its data. `scratch` holds the datasets until they
    are in the store.

    Raises:
        ConfigError: no task of the config has bits per byte, or a folder is no dataset.
    """

    def __init__(
        self,
        config: ExperimentConfig,
        folders: tuple[Path, Path],
        scratch: Path,
        store: Store,
        pool: Pool,
        display: Display,
        benchmarks: Path | None,
        command: tuple[str, ...],
    ) -> None:
        self.spent = TrainingCount()
        self.seeds, self.at_once = config.seeds, config.workers
        self._old, self._new = folders
        self._scratch = scratch
        self._store, self._pool, self._display = store, pool, display
        self._benchmarks, self._command = benchmarks, command
        runs = [run for run in config.eval.runs if has_bits(run)]
        if not runs:
            raise ConfigError(
                f"no task of profile {config.profile} has bits per byte to look at",
                hint="choose other --tasks",
            )
        asked = tuple(msgspec.structs.replace(run, generate=0) for run in runs)
        self._config = _asking(config, asked)
        self._both = dataset_ablation([str(folder) for folder in folders], ("OLD", "NEW"))

    def old_and_new(self) -> tuple[Side, Side]:
        """Both datasets, trained with every seed and scored in every task and language.

        Raises:
            BenchError: see the stages.
        """
        experiment = self._experiment(self._both)
        seeds = self._config.seeds
        made = self._make(experiment, {v.name: seeds for v in experiment.variants})
        sides = [
            Side(
                name=variant.label,
                runs=tuple(
                    tuple(measure(made[f"eval/{variant.name}/{seed}"].path)) for seed in seeds
                ),
            )
            for variant in experiment.variants
        ]
        return sides[0], sides[1]

    def without(self, wanted: Sequence[WithoutChanges], lost: Lost) -> list[list[float]]:
        """The log of the bits per byte that each wanted dataset gives, by seed.

        Raises:
            BenchError: see the stages.
        """
        folders = {}
        for one in wanted:
            folders[one.name] = self._scratch / one.name
            write_with(folders[one.name], self._new, one.undone)
        made = self._make(self._trained_on(folders, lost), {w.name: w.seeds for w in wanted})
        return [
            [log_loss(measure(made[f"eval/{one.name}/{seed}"].path), lost) for seed in one.seeds]
            for one in wanted
        ]

    def _trained_on(self, folders: Mapping[str, Path], lost: Lost) -> Experiment:
        """The experiment whose variants are trained on these datasets and scored in one cell.

        The old dataset is its reference, which is asked a little more than others and not trained.
        """
        variants = [
            Variant(name=name, label=name, change=_trained_on(folder, self._only(lost)))
            for name, folder in folders.items()
        ]
        reference = msgspec.structs.replace(self._both.variants[0], name="reference")
        ablation = msgspec.structs.replace(
            self._both, reference=reference.name, variants=(reference, *variants)
        )
        return self._experiment(ablation)

    def _only(self, lost: Lost) -> tuple[TaskRun, ...]:
        return tuple(
            msgspec.structs.replace(run, languages=(lost.language,))
            for run in self._config.eval.runs
            if run.task == lost.task
        )

    def _experiment(self, ablation: Ablation) -> Experiment:
        return Experiment(
            ablation, self._config, ("all",), benchmarks=self._benchmarks, command=self._command
        )

    def _make(
        self, experiment: Experiment, seeds: Mapping[str, tuple[int, ...]]
    ) -> Mapping[str, Made]:
        """Everything that these variants and seeds need."""
        experiment, graph, runs = self._graph(experiment, seeds)
        graph.make_missing(experiment.data_names(), self._pool)
        asked = asked_names(experiment, runs)
        plans = training_plans(experiment, graph.made)
        time = run_time(experiment, plans, graph.makers(asked), self._store)
        graph.make_missing(asked, self._pool, self._display, time)
        made = graph.made
        self.spent.trainings += len(runs)
        for run in runs:
            new = [made[f"{stage}/{run}"] for stage in ("train", "eval")]
            self.spent.made += not new[0].cached
            self.spent.seconds += sum(
                one.marker.circumstances.wall_seconds for one in new if not one.cached
            )
        return made

    def _graph(
        self, experiment: Experiment, seeds: Mapping[str, tuple[int, ...]]
    ) -> tuple[Experiment, Graph, list[str]]:
        """The experiment of all seeds, its graph, and the runs (`variant/seed`) that are asked."""
        every_seed = tuple(dict.fromkeys(seed for of in seeds.values() for seed in of))
        experiment = experiment.with_seeds(every_seed)
        graph = Graph(experiment.nodes(), self._store, self._display.warn)
        return experiment, graph, [f"{name}/{seed}" for name, of in seeds.items() for seed in of]


def asked_names(experiment: Experiment, runs: Sequence[str]) -> list[str]:
    """The nodes that these runs need, but for those of the data."""
    every = experiment.run_names()
    bases = [name for name in every if name.partition("/")[0] == "base"]
    asked = [f"{stage}/{run}" for run in runs for stage in ("points", "train", "eval")]
    return [*bases, *(name for name in asked if name in every)]


def has_bits(run: TaskRun) -> bool:
    """Whether reference texts of a task are scored."""
    return run.likelihood is None or run.likelihood > 0


def log_loss(measured: Sequence[MeasuredTask], lost: Lost) -> float:
    """The log of a model's bits per byte where the loss is to be explained.

    Raises:
        DataError: it was not scored there.
    """
    for one in measured:
        if (one.task, one.language, one.metric) == (lost.task, lost.language, METRIC):
            bits, size = np.array(list(one.values.values())).sum(axis=0)
            return float(np.log(bits / size))
    raise DataError(
        f"{lost.task} has no bits per byte in {lost.language}", hint="choose another --tasks"
    )


def _asking(config: ExperimentConfig, runs: tuple[TaskRun, ...]) -> ExperimentConfig:
    return msgspec.structs.replace(config, eval=msgspec.structs.replace(config.eval, runs=runs))


def _trained_on(folder: Path, runs: tuple[TaskRun, ...]) -> Change:
    def change(config: ExperimentConfig) -> ExperimentConfig:
        data = msgspec.structs.replace(config.data, folder=str(folder))
        return _asking(msgspec.structs.replace(config, data=data), runs)

    return change
