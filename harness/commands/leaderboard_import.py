"""`ultralink-bench leaderboard import PATH...`: results of other harnesses as run records."""

import argparse
from pathlib import Path

from harness import show
from leaderboard.exchange.directions import Directions
from leaderboard.exchange.import_files import (
    ImportOptions,
    default_name,
    read_sources,
    refuse_foreign,
    write_import,
)
from leaderboard.visible_text import visible


def import_results(arguments: argparse.Namespace) -> int:
    """Read the files, write a folder of records, and say what was left out.

    Raises:
        ConfigError: the folder holds something else than an earlier import.
        DataError: a file is damaged, or of no known form.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    out: Path | None = arguments.out
    if out is not None:
        refuse_foreign(out)
    options = ImportOptions(
        form=arguments.format,
        model=arguments.model,
        language=arguments.language,
        directions=Directions(
            more=arguments.higher_is_better or (), less=arguments.lower_is_better or ()
        ),
    )
    runs = read_sources(arguments.paths, options)
    folder = out or arguments.runs / "reports" / default_name(runs)
    records = write_import(runs, folder)
    for run in runs:
        for note in run.notes:
            show.warn(visible(f"left out of {run.file}: {note}"))
        if not run.model:
            show.warn(visible(f"{run.file} names no model; --model NAME says it"))
    show.print_paths(records)
    return 0
