"""Train small models on both datasets and compare them: the second half of a gate."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from harness.engine.artefact_store import Store
from harness.engine.graph import Graph
from harness.engine.pool import training_pool
from harness.experiment.chosen_config import chosen_config
from harness.experiment.dataset_variants import dataset_ablation, with_datasets
from harness.experiment.differing import same_trainings
from harness.experiment.nodes import Experiment
from harness.experiment.run_plan import timing, training_plans
from harness.gate.gate_config import FILE, GateConfig, place_of
from harness.progress.display import Display
from harness.statistics.policy import Policy
from leaderboard.records import ExperimentReport

_HINTS: Final[Mapping[str, str]] = {
    "profile": "name the profile in `profile`",
    "languages": "name each of `languages` once",
    "tasks": "name each of `tasks` once",
    "seeds": "name each of `seeds` once",
    "runs": "name a benchmark in `tasks`",
}


class Proxy(NamedTuple):
    """The experiment that a gate runs, and where its artefacts are."""

    experiment: Experiment
    store: Store
    command: tuple[str, ...]


def proxy(
    gate: GateConfig,
    folders: tuple[str, str],
    store: Store,
    benchmarks: Path | None,
    command: tuple[str, ...],
    warn: Callable[[str], None],
    settings: str = FILE,
) -> Proxy:
    """The experiment whose reference is the first of two folders; `settings` is the gate's file.

    Raises:
        ConfigError: a setting of the gate that does not fit.
        PrerequisiteError: a folder or file is not there.
    """
    ablation = dataset_ablation(folders, ("--baseline", "--candidate"))
    config = chosen_config(
        gate.profile,
        languages=gate.languages,
        tasks=gate.tasks,
        seeds=gate.seeds,
        settings=gate.set,
        hints=_HINTS,
        place=lambda field: place_of(field, Path(settings)),
    )
    config = with_datasets(config, folders, warn, chosen=bool(gate.languages), settings=settings)
    return Proxy(
        Experiment(ablation, config, benchmarks=benchmarks, command=command), store, command
    )


def train_and_compare(
    asked: Proxy, out: Path, started: datetime, policy: Policy, display: Display
) -> tuple[ExperimentReport, list[Path]] | None:
    """Make what the store lacks, and write the report of the comparison into `out`.

    None if both sides would train the same model, as their rows differ in nothing that is trained.

    Raises:
        BenchError: see the stages.
    """
    experiment, store, command = asked
    config = experiment.config
    graph = Graph(experiment.nodes(), store, display.warn)
    with training_pool(config.workers, config.train.threads, store) as pool:
        graph.make_missing(experiment.data_names(), pool, display)
        if len(same_trainings(experiment, graph.made)) < len(experiment.variants):
            return None
        time = timing(graph, store, experiment)
        graph.make_missing(experiment.run_names(), pool, display, time)
        plans = training_plans(experiment, graph.made)
    from harness.experiment.kept_report import experiment_report

    return experiment_report(experiment, graph.made, plans, out, started, command, policy=policy)
