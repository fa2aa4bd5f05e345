"""`ultralink-bench run`: run an ablation from data to table."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from threading import Thread

import msgspec

from harness import show
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.graph import Graph
from harness.engine.pool import Pool
from harness.experiment import profiles
from harness.experiment.ablation_files import get_ablation
from harness.experiment.config import ExperimentConfig, config_hash
from harness.experiment.differing import differing
from harness.experiment.earlier_looks import earlier_looks, note_look
from harness.experiment.nodes import Experiment
from harness.experiment.run_plan import expected_seconds, plan_tables, training_plans
from harness.options import defaults
from harness.options.config_options import refusing
from harness.options.settings import apply_settings
from harness.progress.terminal import TERMINAL
from tasks.eval_config import check
from ultralink_data import languages as known_languages
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset


def run(arguments: argparse.Namespace) -> int:
    """Plan, make missing artefacts, write records and tables, and print them."""
    started = datetime.now(UTC)
    config = resolve(arguments)
    ablation = get_ablation(arguments.ablation)
    command = tuple(arguments.command_line)
    experiment = Experiment(
        ablation,
        config,
        arguments.variants or (),
        benchmarks=arguments.benchmarks,
        command=command,
    )
    _refuse_idle_settings(arguments, experiment)
    for variant in experiment.variants:
        check(experiment.of(variant).eval)
    store = Store(arguments.runs)
    graph = Graph(experiment.nodes(), store, TERMINAL.warn)
    with Pool(config.workers, store, worker_environment(config.train.threads)) as pool:
        graph.make_missing(experiment.source_names(), pool, TERMINAL)
        _require_rows(graph, experiment)
        graph.make_missing(experiment.data_names(), pool, TERMINAL)
        experiment = differing(experiment, graph.made, TERMINAL.warn)
        plans = training_plans(experiment, graph.made)
        missing = graph.look_up(experiment.run_names())
        seconds = expected_seconds(experiment, missing, store)
        show.print_tables(plan_tables(experiment, graph.made, plans, missing, seconds))
        if arguments.dry_run:
            _print_config(config)
            return 0
        if missing:
            # The import takes a moment, while this process would only wait.
            Thread(target=import_module, args=("harness.experiment.report",)).start()
        graph.make_missing(experiment.run_names(), pool, TERMINAL)
    from harness.experiment.report import write_experiment
    from leaderboard.report_tables import report_tables

    out = arguments.out or defaults.reports(store.root, f"{ablation.name}-{config.profile}")
    variants = _compared(experiment, graph)
    looks = earlier_looks(store.root, ablation.name, config, variants)
    report, paths = write_experiment(experiment, graph.made, plans, out, started, command, looks)
    note_look(store.root, ablation.name, config, variants)
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
        with refusing("write --languages en,zh"):
            config = profiles.with_languages(config, arguments.languages)
    if arguments.tasks:
        with refusing("name each of --tasks once"):
            config = profiles.with_tasks(config, arguments.tasks)
    if arguments.seeds:
        with refusing("write --seeds 0,1,2"):
            config = msgspec.structs.replace(config, seeds=arguments.seeds)
    config = apply_settings(config, arguments.settings)
    if config.profile != arguments.profile:
        raise ConfigError(
            f"--set profile={config.profile}: the numbers of {arguments.profile} would get the "
            "name of another profile",
            hint="choose a profile with --profile",
        )
    if not config.eval.runs:
        raise ConfigError("nothing is left to evaluate", hint="name a benchmark with --tasks")
    _check_languages(config.languages)
    if arguments.budget == defaults.EQUAL_EPOCHS:
        config = profiles.with_epochs(config)
    return config


def _refuse_idle_settings(arguments: argparse.Namespace, experiment: Experiment) -> None:
    """Refuse a `--set` that changes no variant, as all of them set the field themselves.

    Raises:
        ConfigError: such a setting.
    """
    config, settings = experiment.config, arguments.settings
    for place, setting in enumerate(settings):
        less = [*settings[:place], *settings[place + 1 :]]
        try:
            other = resolve(argparse.Namespace(**{**vars(arguments), "settings": less}))
        except ConfigError:
            continue  # the others need it
        if other == config or other.data.starter != config.data.starter:
            continue  # the base model's text is the experiment's, whatever variants set
        without = Experiment(
            experiment.ablation, other, arguments.variants or (), benchmarks=None, command=()
        )
        if all(without.of(variant) == experiment.of(variant) for variant in experiment.variants):
            raise ConfigError(
                f"--set {setting}: every variant of {experiment.ablation.name} sets this itself",
                hint="leave it out, or choose with --variants",
            )


def _check_languages(codes: Sequence[str]) -> None:
    for code in codes:
        known_languages.get(code)


def _require_rows(graph: Graph, experiment: Experiment) -> None:
    """Check that the rows before any stage have every language that a variant needs."""
    for name, variants in experiment.source_names().items():
        counts = dataset.read_manifest(graph.made[name].path).counts
        for config in map(experiment.of, variants):
            where = config.data.folder or "the starter set"
            dataset.require_language(counts, config.languages, where)


def _compared(experiment: Experiment, graph: Graph) -> dict[str, str]:
    """The variants that are compared with the reference, and fingerprints of their rows."""
    return {
        variant.name: graph.made[experiment.dataset_name(variant)].marker.fingerprint
        for variant in experiment.variants
        if variant.name != experiment.ablation.reference
    }


def _sample_folders(graph: Graph) -> list[Path]:
    return sorted({m.path / "samples" for name, m in graph.made.items() if name[:5] == "eval/"})


def _print_config(config: ExperimentConfig) -> None:
    out = show.console()
    out.print(f"config {config_hash(config)}:")
    text = msgspec.json.format(msgspec.json.encode(config), indent=2).decode()
    out.print(text, soft_wrap=True)
