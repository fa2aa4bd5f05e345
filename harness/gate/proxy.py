"""Train small models on both datasets and compare them: the second half of a gate."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.graph import Graph
from harness.engine.pool import Pool
from harness.experiment import profiles
from harness.experiment.config import ExperimentConfig
from harness.experiment.dataset_variants import dataset_ablation, with_datasets
from harness.experiment.nodes import Experiment
from harness.experiment.run_plan import training_plans
from harness.experiment.run_time import run_time
from harness.gate.gate_config import GateConfig
from harness.options.config_options import refusing
from harness.options.settings import apply_settings
from harness.progress.terminal import TERMINAL
from harness.statistics.policy import Policy
from leaderboard.records import ExperimentReport


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
) -> Proxy:
    """The experiment whose reference is the first of two folders.

    Raises:
        ConfigError: a setting of the gate that does not fit.
        PrerequisiteError: a folder or file is not there.
    """
    ablation = dataset_ablation(folders, ("--baseline", "--candidate"))
    config = with_datasets(experiment_config(gate), folders, warn, chosen=bool(gate.languages))
    return Proxy(
        Experiment(ablation, config, benchmarks=benchmarks, command=command), store, command
    )


def experiment_config(gate: GateConfig) -> ExperimentConfig:
    """The gate's profile with its settings applied.

    Raises:
        ConfigError: an unknown name, or a value that does not fit.
    """
    config = profiles.get(gate.profile)
    if gate.languages:
        with refusing("name each of `languages` once"):
            config = profiles.with_languages(config, gate.languages)
    if gate.tasks:
        with refusing("name each of `tasks` once"):
            config = profiles.with_tasks(config, gate.tasks)
    if gate.seeds:
        with refusing("name each of `seeds` once"):
            config = msgspec.structs.replace(config, seeds=gate.seeds)
    return apply_settings(config, gate.set)


def train_and_compare(
    asked: Proxy, out: Path, started: datetime, policy: Policy
) -> tuple[ExperimentReport, list[Path]] | None:
    """Make what the store lacks, and write the report of the comparison into `out`.

    None if both sides would train the same model, as their rows differ in nothing that is trained.

    Raises:
        BenchError: see the stages.
    """
    experiment, store, command = asked
    config = experiment.config
    graph = Graph(experiment.nodes(), store, TERMINAL.warn)
    with Pool(config.workers, store, worker_environment(config.train.threads)) as pool:
        graph.make_missing(experiment.data_names(), pool, TERMINAL)
        packed = {graph.made[f"pack/{v.name}"].marker.fingerprint for v in experiment.variants}
        if len(packed) < len(experiment.variants):
            return None
        plans = training_plans(experiment, graph.made)
        missing = graph.makers(experiment.run_names())
        time = run_time(experiment, plans, missing, store)
        graph.make_missing(experiment.run_names(), pool, TERMINAL, time)
    from harness.experiment.report import write_experiment

    return write_experiment(experiment, graph.made, plans, out, started, command, policy=policy)
