"""`ultralink-bench margins REPORT -o FILE`: margins from an A/A run of one's own."""

import argparse
from pathlib import Path

from harness import show
from harness.experiment.finished_runs import FinishedRuns, finished_runs
from harness.experiment.further_seeds import NOISE_RECORDS
from harness.experiment.margin_files import MEASURED, MarginFile, origin, write_margins
from leaderboard.table import Table, text_table
from ultralink_data.errors import DataError


def margins(arguments: argparse.Namespace) -> int:
    """Measure margins on the reference's runs, print them and write them to a file."""
    from harness.statistics.own_margins import margins_for_runs, measured_margins

    runs = _runs_of_one(arguments.runs_of, arguments.reference, arguments.runs)
    try:
        found, study = measured_margins(runs.measured()[runs.reference])
    except ValueError as error:
        raise DataError(
            f"{runs.source}: {error}",
            hint="run the reference with more: --variants NAME --seeds 0,1,2,3,4,5,6,7,8",
        ) from error
    first = runs.records[runs.reference][0][1]
    made = MarginFile(
        schema=1,
        kind="margins",
        margins=margins_for_runs(found),
        measured=tuple(found),
        variant=runs.reference,
        seeds=runs.seeds,
        profile=runs.profile,
        config={name: first.config[name] for name in MEASURED if name in first.config},
        task_versions=dict(first.task_versions),
    )
    write_margins(arguments.out, made)
    alarms = study.method("two_way").primary
    show.print_tables([_table(made, f"{alarms.worse} of {alarms.comparisons}")])
    out = show.console()
    out.print(origin(arguments.out, made), soft_wrap=True)
    show.print_paths([arguments.out])
    return 0


def _runs_of_one(paths: list[Path], reference: str | None, store: Path) -> FinishedRuns:
    """The runs of the reference alone, those of its noise floor among them."""
    more = [path / NOISE_RECORDS for path in paths if (path / NOISE_RECORDS).is_dir()]
    runs = finished_runs(paths, reference)
    return finished_runs([*paths, *more], runs.reference, (runs.reference,), store=store)


def _table(made: MarginFile, alarms: str) -> Table:
    rows = [
        (
            one.task,
            one.metric + (" *" if one.primary else ""),
            *(f"{value:.4f}" for value in (one.noise_floor, one.even_odds, one.margin)),
            f"[{one.low:.4f}, {one.high:.4f}]",
        )
        for one in made.measured
    ]
    taken = {
        name: getattr(made.margins, name)
        for name in made.margins.__struct_fields__
        if getattr(made.margins, name) is not None
    }
    told = ", ".join(f"{name} {value:g}" for name, value in taken.items()) or "none"
    return text_table(
        f"Margins of {made.variant}, {len(made.seeds)} seeds",
        ("task", "metric", "noise floor", "even odds", "margin", "95 %"),
        rows,
        f"a run takes: {told} (the largest of those marked *, rounded up to half a point)",
        "shares, or logarithms of bits per byte; noise floor: what groups of identical data differ "
        "by in 2.5 % of cases; even odds: within which they are non-inferior in half of all cases",
        f"identical data called worse with these seeds: {alarms} primary comparisons (nominal "
        "2.5 %; they overlap)",
        f"the interval is that of a spread between {len(made.seeds)} seeds; whether a loss of that "
        "size matters is for you to say, before the results are seen",
    )
