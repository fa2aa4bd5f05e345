"""Runs -> files of another form: which runs, and a folder of theirs for each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from leaderboard.collection import Collection, StoredRun
from leaderboard.exchange.to_csv import csv_bytes
from leaderboard.exchange.to_eee import eee_files, left_out
from leaderboard.exchange.to_hub import HubTask, hub_files
from leaderboard.exchange.to_lm_eval import lm_eval_files
from leaderboard.score_rows import all_rows, run_rows
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError

ExportForm: TypeAlias = Literal["lm-eval", "eee", "csv", "hub"]
EXPORT_FORMS: Final[tuple[ExportForm, ...]] = ("lm-eval", "eee", "csv", "hub")


class ExportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a form needs that no run says; `hub` is by task and language (`mgsm_zh`)."""

    form: ExportForm
    organization: str = "unknown"
    hub: Mapping[str, HubTask] = {}
    source_url: str = ""


class ExportedFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Files by relative path, and what was left out of them."""

    files: dict[str, bytes]
    notes: tuple[str, ...]


def chosen_runs(collection: Collection, names: Sequence[str]) -> list[StoredRun]:
    """The runs with these names, or all but noise floors and checkpoints.

    Raises:
        ConfigError: no run has a name, or there is no run.
        DataError: several runs have a name.
    """
    if names:
        return list({run.key: run for run in map(collection.run, names)}.values())
    runs = [run for run in collection.runs if run.role == "run"]
    if not runs:
        raise ConfigError(
            f"{collection.folder} has no run to export",
            hint="name the store with --runs, or a run with --run",
        )
    return runs


def exported(
    collection: Collection, runs: Sequence[StoredRun], options: ExportOptions, *, everything: bool
) -> ExportedFiles:
    """The files of these runs; `everything` adds judged comparisons to CSV.

    Raises:
        ConfigError: a run has nothing for the form.
        DataError: a sample file is damaged.
    """
    files: dict[str, bytes] = {}
    notes: list[str] = []
    if options.form == "csv":
        rows = all_rows(collection) if everything else [r for run in runs for r in run_rows(run)]
        return ExportedFiles(files={"scores.csv": csv_bytes(rows)}, notes=())
    for run in runs:
        if options.form == "lm-eval":
            files |= {f"{run.key}/{name}": data for name, data in lm_eval_files(run).items()}
        elif options.form == "eee":
            files |= eee_files(run, options.organization)
            if count := left_out(run):
                notes.append(f"{run.name}: {count} samples that nobody graded")
        else:
            found, refused = hub_files(run, options.hub, options.source_url)
            prefix = "" if len(runs) == 1 else f"{run.key}/"
            files |= {f"{prefix}{name}": data for name, data in found.items()}
            notes += (f"{run.name}: {why}" for why in refused)
    return ExportedFiles(files=files, notes=tuple(notes))


def write_export(found: ExportedFiles, folder: Path) -> list[Path]:
    """Write the files into a new folder, all or none; returns their paths.

    Raises:
        ConfigError: the folder holds something.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    check_new(folder)
    with atomic.new_directory(folder, replaces=False) as made:
        for name, data in sorted(found.files.items()):
            atomic.write_bytes(made / name, data)
    return [folder / name for name in sorted(found.files)]


def check_new(folder: Path) -> None:
    """Refuse a folder that holds something.

    Raises:
        ConfigError: it does.
        DataError: it cannot be read.
    """
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise DataError(
            f"cannot read {folder}: {error.strerror or error}", hint="choose another -o"
        ) from error
    if taken:
        raise ConfigError(f"{folder} is not empty", hint="choose a new folder for -o")
