"""`ultralink-bench run`: an ablation from data to table."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from harness import show
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.graph import Graph
from harness.engine.pool import Pool
from harness.experiment import ablations, profiles
from harness.experiment.config import ExperimentConfig, config_hash
from harness.experiment.nodes import Experiment
from harness.experiment.run_plan import expected_seconds, plan_tables, training_plans
from harness.options.settings import apply_settings
from tasks.eval_config import check
from ultralink_data import languages as known_languages
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset


def run(arguments: argparse.Namespace) -> int:
    """Plan, make what is missing, write records and tables, print them."""
    started = datetime.now(UTC)
    config = resolve(arguments)
    ablation = ablations.get(arguments.ablation)
    check(config.eval)
    command = tuple(arguments.command_line)
    experiment = Experiment(ablation, config, benchmarks=arguments.benchmarks, command=command)
    store = Store(arguments.runs)
    graph = Graph(experiment.nodes(), store, show.warn)
    with Pool(config.workers, store, worker_environment(config.train.threads)) as pool:
        show.make(graph, ["data"], pool)
        _require_rows(graph, config)
        show.make(graph, experiment.data_names(), pool)
        plans = training_plans(experiment, graph.made)
        missing = graph.look_up(experiment.run_names())
        seconds = expected_seconds(experiment, missing, store)
        show.print_tables(plan_tables(experiment, graph.made, plans, missing, seconds))
        if arguments.dry_run:
            _print_config(config)
            return 0
        show.make(graph, experiment.run_names(), pool)
    from harness.experiment.report import write_experiment
    from leaderboard.report_tables import report_tables

    out = arguments.out or store.root / "reports" / f"{ablation.name}-{config.profile}"
    report, paths = write_experiment(experiment, graph.made, plans, out, started, command)
    show.print_tables(report_tables(report))
    show.print_paths([*paths, *_sample_folders(graph)])
    return 0


def resolve(arguments: argparse.Namespace) -> ExperimentConfig:
    """The profile with every option of the command line applied.

    Raises:
        ConfigError: an unknown name or a value that does not fit.
    """
    config = profiles.get(arguments.profile)
    if arguments.languages:
        _check_languages(arguments.languages)
        config = profiles.with_languages(config, arguments.languages)
    if arguments.tasks:
        config = profiles.with_tasks(config, arguments.tasks)
    changes = {
        name: value
        for name, value in (("seeds", arguments.seeds), ("variants", arguments.variants))
        if value
    }
    try:
        config = msgspec.structs.replace(config, **changes)
    except ValueError as error:
        raise ConfigError(str(error), hint="write --seeds 0,1,2") from error
    config = apply_settings(config, arguments.settings)
    _check_languages(config.languages)
    if arguments.budget == "epochs":
        config = profiles.with_epochs(config)
    return config


def _check_languages(codes: Sequence[str]) -> None:
    for code in codes:
        known_languages.get(code)


def _require_rows(graph: Graph, config: ExperimentConfig) -> None:
    """Check that the data, before pruning, has a row in every language asked for."""
    counts = dataset.read_manifest(graph.made["data"].path).counts
    dataset.require_language(counts, config.languages, config.data.folder or "the starter set")


def _sample_folders(graph: Graph) -> list[Path]:
    return sorted({m.path / "samples" for name, m in graph.made.items() if name[:5] == "eval/"})


def _print_config(config: ExperimentConfig) -> None:
    out = show.console()
    out.print(f"config {config_hash(config)}:")
    text = msgspec.json.format(msgspec.json.encode(config), indent=2).decode()
    out.print(text, soft_wrap=True)
