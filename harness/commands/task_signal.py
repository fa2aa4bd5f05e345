"""`ultralink-bench tasks signal REPORT...`: which task and metric can tell variants apart."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from harness import show
from harness.experiment.finished_runs import Checkpoints, FinishedRuns, finished_runs
from harness.options.config_options import refusing
from leaderboard.table import Table
from ultralink_data.errors import ConfigError, DataError

if TYPE_CHECKING:
    from harness.statistics.score_arrays import Runs


def task_signal(arguments: argparse.Namespace) -> int:
    """Print signal to noise for each report, and how far they agree with the last one."""
    from harness.statistics.signal_to_noise import signals
    from leaderboard.signal_tables import signal_table

    paths: list[Path] = arguments.reports
    found = [_runs(path, arguments) for path in paths]
    names = _names(found, paths)
    measured = [runs.measured() for runs in found]
    tables: list[Table] = []
    for name, runs, arms in zip(names, found, measured, strict=True):
        own = signals(arms)
        if not own:
            raise DataError(
                f"{runs.source}: {len(runs.records)} variants with {len(runs.seeds)} seeds",
                hint="signal and noise need two variants with two seeds, on a task off its floor",
            )
        told = own if arguments.all else [one for one in own if one.language == "non-en"] or own
        seeds = f"{len(runs.seeds)} seeds of {', '.join(runs.records)}"
        tables.append(signal_table(f"Signal and noise, {name} ({seeds})", told, runs.notes))
        tables += _over_checkpoints(name, runs, arms, every=arguments.all)
    scales: dict[str, Mapping[str, Runs]] = dict(zip(names, measured, strict=True))
    if len(paths) > 1:
        tables.append(_agreement(scales, every=arguments.all))
        tables += _by_length(found, measured, every=arguments.all)
    show.print_tables(tables)
    return 0


def _runs(path: Path, arguments: argparse.Namespace) -> FinishedRuns:
    return finished_runs(
        [path], arguments.reference, arguments.variants or (), store=arguments.runs
    )


def _by_length(
    found: list[FinishedRuns], measured: "Sequence[Mapping[str, Runs]]", *, every: bool
) -> list[Table]:
    """What as much certainty takes at each length, of reports that differ in it; else nothing."""
    from harness.statistics.checkpoint_quality import checkpoint_lines
    from leaderboard.checkpoint_tables import step_table

    steps = [_one_length(runs) for runs in found]
    last = steps[-1]
    if last is None or len(set(steps)) < len(steps):
        return []
    shares = [(length or 0) / last for length in steps]
    if not all(shares):
        return []
    lines = checkpoint_lines(measured, shares)
    told = lines if every else [line for line in lines if line.language == "non-en"] or lines
    return [step_table(told, [str(length) for length in steps], lengths=True)]


def _one_length(runs: FinishedRuns) -> int | None:
    """The steps of all trainings of a report; None where they differ."""
    steps = {record.steps for records in runs.records.values() for _, record in records}
    return steps.pop() if len(steps) == 1 else None


def _over_checkpoints(
    name: str, runs: FinishedRuns, ends: "Mapping[str, Runs]", *, every: bool
) -> list[Table]:
    """Which proxy to trust at which step, of a report with checkpoints; else nothing."""
    from harness.statistics.checkpoint_quality import checkpoint_lines
    from leaderboard.checkpoint_tables import step_table, trust_table

    kept = runs.checkpoints()
    if not kept:
        return []
    first = next(iter(kept.values()))[0]
    points: list[Mapping[str, Runs]] = [
        {arm: [runs.measured_run(*own[number]) for own in records] for arm, records in kept.items()}
        for number in range(len(first))
    ]
    shares = [(record.at_step or 0) / (record.steps or 1) for _, record in first]
    lines = checkpoint_lines([*points, ends], [*shares, 1.0])
    told = lines if every else [line for line in lines if line.language == "non-en"] or lines
    steps = _step_names(kept, shares)
    return [trust_table(f"Which proxy to trust, {name}", told, steps), step_table(told, steps)]


def _step_names(kept: "Mapping[str, Sequence[Checkpoints]]", shares: Sequence[float]) -> list[str]:
    """The steps, if all trainings have the same ones, else shares of the training."""
    found = {
        (*(record.at_step for _, record in own), own[0][1].steps)
        for records in kept.values()
        for own in records
    }
    if len(found) == 1:
        return [str(step) for step in next(iter(found))]
    return [f"{100 * share:.0f} %" for share in (*shares, 1.0)]


def _agreement(scales: "dict[str, Mapping[str, Runs]]", *, every: bool) -> Table:
    from harness.statistics.scale_agreement import proxy_lines
    from leaderboard.signal_tables import agreement_table

    with refusing("give reports of runs of the same variants"):
        lines = proxy_lines(scales)
    if not lines:
        raise DataError(
            "the reports share no task, metric and language", hint="run them on the same tasks"
        )
    told = lines if every else [line for line in lines if line.language == "non-en"] or lines
    return agreement_table(told, list(scales))


def _names(found: list[FinishedRuns], paths: list[Path]) -> list[str]:
    """The names of scales: steps where these differ, else the folders."""
    steps = [str(next(iter(runs.records.values()))[0][1].steps) for runs in found]
    folders = [path.name or str(path) for path in paths]
    names = [f"{n} steps" for n in steps] if len(set(steps)) == len(steps) > 1 else folders
    if len(set(names)) < len(names):
        names = [str(path) for path in paths]
    if len(set(names)) < len(names):
        raise ConfigError("a report is given twice", hint="give each scale once")
    return names
