"""`ultralink-bench power`: which difference a design can see, and what a smaller one needs."""

import argparse
from pathlib import Path

import msgspec

from harness import show
from harness.engine.artefact_store import Store
from harness.experiment import profiles
from harness.experiment.finished_runs import FinishedRuns, finished_runs, run_seconds, stored_report
from harness.experiment.margin_files import read_margins
from harness.options.config_options import is_given, refusing
from harness.statistics.verdict import Margins
from ultralink_data.errors import DataError


def power(arguments: argparse.Namespace) -> int:
    """Print what a design of seeds and problems can see, from finished runs."""
    from harness.statistics.design_power import POWER
    from harness.statistics.power_study import PowerQuestion, power_report
    from leaderboard.power_tables import power_tables

    paths = arguments.runs_of or [_stored(arguments.runs, arguments.profile)]
    runs = finished_runs(paths, arguments.reference, arguments.variants or (), store=arguments.runs)
    if len(runs.seeds) < 2:
        raise DataError(
            f"{runs.source} has one seed: what seeds add cannot be told",
            hint="run with more: --seeds 0,1,2",
        )
    with refusing("see `ultralink-bench power --help`"):
        wished = Margins(accuracy=arguments.difference_accuracy, bpb=arguments.difference_bpb)
        question = PowerQuestion(
            seeds=len(runs.seeds) if arguments.seeds is None else arguments.seeds,
            problems=arguments.problems,
            power=POWER if arguments.power is None else arguments.power,
            margins=_margins(arguments, runs),
            wished=wished,
        )
    report = power_report(runs.sample(run_seconds(runs, Store(arguments.runs))), question)
    if not report.lines:
        raise DataError(
            f"{runs.source}: no task and metric with any spread that all runs share",
            hint="choose variants of the same tasks with --variants",
        )
    show.print_tables(power_tables(report, short=not arguments.all))
    return 0


def _stored(runs: Path, profile: str) -> Path:
    profiles.get(profile)
    found = stored_report(runs, profile)
    if found is None:
        raise DataError(
            f"{runs} has no finished run of profile {profile} with two or more seeds",
            hint="give a report folder, or run an ablation first",
        )
    return found


def _margins(arguments: argparse.Namespace, runs: FinishedRuns) -> Margins:
    """Those given, else those of a file, else those of the report, else those of the profile."""
    if arguments.margins is not None:
        own = read_margins(arguments.margins).margins
    elif runs.report is not None:
        own = msgspec.convert(runs.report.margins, Margins)
    else:
        known = runs.profile in profiles.PROFILES
        own = profiles.get(runs.profile).margins if runs.profile and known else Margins()
    given = {
        name: getattr(arguments, f"Margins.{name}")
        for name in Margins.__struct_fields__
        if is_given(arguments, Margins, name)
    }
    return msgspec.structs.replace(own, **given)
