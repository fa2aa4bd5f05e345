"""`ultralink-bench run`: run an ablation from data to table."""

import argparse
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from harness import show
from harness.commands.deciding import exit_code, policy_of, warn_of_open_answer, warn_of_unasked
from harness.commands.run_config import question, refuse_idle_settings
from harness.engine.artefact_store import Store
from harness.engine.graph import Graph
from harness.engine.pool import training_pool
from harness.experiment.ablation import Ablation
from harness.experiment.ablation_parameters import plain_parameters
from harness.experiment.checkpoint_plan import refuse_full_disk, refuse_points
from harness.experiment.config import ExperimentConfig, config_hash
from harness.experiment.differing import differing
from harness.experiment.earlier_looks import earlier_looks, note_look
from harness.experiment.further_seeds import further_seeds, leading_to
from harness.experiment.nodes import Experiment
from harness.experiment.preparing import prepared
from harness.experiment.run_plan import plan_tables, timing, training_plans
from harness.experiment.run_time import run_time
from harness.experiment.spending import refuse_cost, spending, spending_text
from harness.experiment.until_decided import SeedLooks, made_until_decided
from harness.experiment.until_decided import seed_looks as planned_looks
from harness.options import defaults
from harness.progress.display import Display
from harness.progress.terminal import TERMINAL
from harness.statistics.policy import Policy
from tasks.eval_config import check
from ultralink_data import atomic
from ultralink_data.store import dataset

if TYPE_CHECKING:
    from leaderboard.looks import Look
    from leaderboard.records import ExperimentReport
    from leaderboard.table import Table


class Answered(NamedTuple):
    """The answer of an experiment, and where it stands; `samples` is None where none are kept."""

    report: "ExperimentReport"
    paths: list[Path]
    out: Path
    samples: Path | None


class Audience(NamedTuple):
    """Who follows an experiment: `display` is told what goes on, `plan` gets the plan's tables."""

    display: Display
    plan: Callable[[Iterable["Table"]], None]


def run(arguments: argparse.Namespace) -> int:
    """Plan, make missing artefacts, write records and tables, and print them."""
    from leaderboard.answer import answer_table
    from leaderboard.report_tables import report_tables

    policy = policy_of(arguments)
    found = carried_out(arguments, policy, Audience(TERMINAL, show.print_tables))
    if found is None:
        return 0
    report = found.report
    show.print_tables(report_tables(report) if arguments.verbose else report.tables)
    show.print_tables([answer_table(report)])
    if arguments.verbose:
        show.print_paths([*found.paths, *([] if found.samples is None else [found.samples])])
    else:
        _print_places(found.out, report, found.samples)
    return exit_code(arguments, report.effects, report.gaps, policy)


def carried_out(
    arguments: argparse.Namespace, policy: Policy, audience: Audience
) -> Answered | None:
    """Plan an experiment, make what is missing and write its report; None for a mere plan.

    Raises:
        BenchError: what was asked cannot be, or something outside failed.
    """
    started = datetime.now(UTC)
    display, command = audience.display, tuple(arguments.command_line)
    ablation, config, experiment, seed_looks = _asked(arguments, display)
    warn_of_unasked(policy, config, display.warn)
    store = Store(arguments.runs)
    out = arguments.out or defaults.reports(store.root, f"{ablation.name}-{config.profile}")
    atomic.check_writable(out / "report.json")
    most, dry = arguments.max_cost, arguments.dry_run
    if not prepared(ablation, store.root, display, dry_run=dry, most=most):
        return None
    whole = experiment if seed_looks is None else experiment.with_seeds(seed_looks.seeds)
    graph = Graph(whole.nodes(), store, display.warn)
    with training_pool(config.workers, config.train.threads, store) as pool:
        graph.make_missing(experiment.source_names(), pool, display)
        _require_rows(graph, experiment)
        spend = spending(experiment, graph.look_up(experiment.data_names()))
        refuse_cost(spend, arguments.max_cost)
        if spend:
            display.say(spending_text(spend))
            if arguments.dry_run:
                display.say("a dry run asks nobody, so the plan ends here")
                return None
        graph.make_missing(experiment.data_names(), pool, display)
        experiment = differing(experiment, graph.made, display.warn)
        plans = training_plans(experiment, graph.made)
        refuse_points(experiment, plans)
        missing = graph.makers(experiment.run_names())
        if seed_looks is not None:
            display.say(seed_looks.told())
        time = run_time(experiment, plans, missing, store)
        audience.plan(plan_tables(experiment, graph.made, plans, missing, time, spend))
        if arguments.dry_run:
            _print_power(experiment, graph, store)
            _print_config(config, ablation)
            return None
        if missing:
            refuse_full_disk(experiment, missing, store)
            # The import takes a moment, while this process would only wait.
            Thread(target=import_module, args=("harness.experiment.report",)).start()
        if seed_looks is None:
            graph.make_missing(experiment.run_names(), pool, display, time)
        else:
            timed, note = partial(timing, graph, store), partial(_note, store, graph, seed_looks)
            experiment = made_until_decided(
                experiment, seed_looks, graph, pool, display, timed, note, policy
            )
        plans = training_plans(experiment, graph.made)
    from harness.experiment.kept_report import experiment_report
    from harness.experiment.sample_links import link_samples

    looks = _seen(store, graph, seed_looks, experiment)
    report, paths = experiment_report(
        experiment, graph.made, plans, out, started, command, looks, policy, seed_looks
    )
    _note(store, graph, seed_looks, experiment)
    return Answered(report, paths, out, link_samples(experiment, graph.made, out))


def _asked(
    arguments: argparse.Namespace, display: Display
) -> tuple[Ablation, ExperimentConfig, Experiment, SeedLooks | None]:
    """The question, its config, what is made for it, and the looks at it if seeds are added."""
    ablation, config = question(arguments, display.warn)
    experiment = Experiment(
        ablation,
        config,
        arguments.variants or (),
        benchmarks=arguments.benchmarks,
        command=tuple(arguments.command_line),
    )
    refuse_idle_settings(arguments, experiment)
    if arguments.checkpoints is not None:
        experiment = experiment.with_checkpoints(arguments.checkpoints)
        refuse_points(experiment)
    for variant in experiment.variants:
        check(experiment.of(variant).eval)
    refuse_cost({}, arguments.max_cost)
    more = arguments.until_decided
    seed_looks = None if more is None else planned_looks(config, more)
    experiment = _with_noise_floor(experiment, arguments, seed_looks)
    warn_of_open_answer(arguments, config, display.warn)
    return ablation, config, experiment, seed_looks


def _with_noise_floor(
    experiment: Experiment, arguments: argparse.Namespace, seed_looks: SeedLooks | None
) -> Experiment:
    """The experiment with further seeds of its reference, after all that it may add itself."""
    config, asked = experiment.config, arguments.noise_floor
    if seed_looks is not None:
        config = msgspec.structs.replace(config, seeds=seed_looks.seeds)
        asked = False if asked is None else asked
    each = len(leading_to(experiment.ablation.reference, experiment.variants))
    seeds = further_seeds(config, len(experiment.variants), asked, each=each)
    return experiment.with_further_seeds(seeds)


def _require_rows(graph: Graph, experiment: Experiment) -> None:
    """Check that the rows before any stage have every language that a variant needs.

    Where variants may miss languages, one of them must have each.
    """
    sources = experiment.source_names()
    found = {name: dataset.read_manifest(graph.made[name].path).counts for name in sources}
    if experiment.ablation.may_miss_languages:
        every = [count for counts in found.values() for count in counts]
        where = " and ".join(str(experiment.of(v[0]).data.folder) for v in sources.values())
        dataset.require_language(every, experiment.config.languages, where)
        return
    for name, variants in sources.items():
        counts = found[name]
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


def _seen(
    store: Store, graph: Graph, plan: SeedLooks | None, experiment: Experiment
) -> "tuple[Look, ...]":
    """Earlier looks at these differences that the plan does not allow for."""
    variants = _compared(experiment, graph)
    return earlier_looks(store.root, experiment.ablation.name, experiment.config, variants, plan)


def _note(store: Store, graph: Graph, plan: SeedLooks | None, experiment: Experiment) -> None:
    """Remember that the differences of these seeds were shown."""
    variants = _compared(experiment, graph)
    note_look(store.root, experiment.ablation.name, experiment.config, variants, plan)


def _print_places(out: Path, report: "ExperimentReport", samples: Path | None) -> None:
    """Where everything is, in two lines; `--verbose` names each file."""
    text = f"all tables: {show.short(out / 'table.md')} (or --verbose); beside it table.csv, "
    text += f"table.tex, report.json, records of {len(report.records)} runs"
    if samples is not None:
        text += f", {samples.name} by variant and seed"
    if report.checkpoints:
        text += f"\n{len(report.checkpoints)} checkpoints: which proxy to trust is in "
        text += f"`ultralink-bench tasks signal {show.short(out)}`"
    show.console().print(text, soft_wrap=True)


def _print_power(experiment: Experiment, graph: Graph, store: Store) -> None:
    from harness.experiment.plan_power import planned_power

    found = planned_power(experiment, graph.made, store)
    if isinstance(found, str):
        show.console().print(found)
    else:
        show.print_tables(found)


def _print_config(config: ExperimentConfig, ablation: Ablation) -> None:
    out = show.console()
    if own := plain_parameters(ablation):
        out.print(f"parameters of {ablation.name} (--with NAME=VALUE):")
        out.print(msgspec.json.format(msgspec.json.encode(own), indent=2).decode(), soft_wrap=True)
    out.print(f"config {config_hash(config)}:")
    text = msgspec.json.format(msgspec.json.encode(config), indent=2).decode()
    out.print(text, soft_wrap=True)
