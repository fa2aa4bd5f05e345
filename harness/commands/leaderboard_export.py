"""`ultralink-bench leaderboard export`: runs in the forms that others read."""

import argparse

from harness import show
from harness.commands.opened_store import opened
from leaderboard.exchange.export_files import (
    ExportedFiles,
    ExportOptions,
    check_new,
    chosen_runs,
    exported,
    write_export,
)
from leaderboard.exchange.to_hub import check_repository, hub_task
from leaderboard.visible_text import visible
from ultralink_data.errors import ConfigError


def export_results(arguments: argparse.Namespace) -> int:
    """Write the runs of a store, or some of them, into a new folder.

    Raises:
        ConfigError: an unknown run, an option of another form, a folder that is not empty.
        DataError: a sample file is damaged.
        PrerequisiteError: no store, or the folder is not writable.
    """
    _check(arguments)
    options = ExportOptions(
        form=arguments.format,
        organization=arguments.organization,
        hub=dict(map(hub_task, arguments.hub_dataset or ())),
        source_url=arguments.source_url,
    )
    check_new(arguments.out)
    collection = opened(arguments.runs)
    runs = chosen_runs(collection, arguments.run or ())
    if arguments.push and len(runs) != 1:
        raise ConfigError(
            f"--push goes to one model, and these are {len(runs)} runs", hint="name one with --run"
        )
    found = exported(collection, runs, options, everything=not arguments.run)
    for note in found.notes:
        show.warn(visible(f"left out of {note}"))
    show.print_paths(write_export(found, arguments.out))
    if arguments.push:
        _print_push(arguments.push, found)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse options of another form, and a push that is not a dry run."""
    hub = arguments.format == "hub"
    for option, given in (
        ("--push", arguments.push),
        ("--hub-dataset", arguments.hub_dataset),
        ("--source-url", arguments.source_url),
        ("--dry-run", arguments.dry_run),
    ):
        if given and not hub:
            raise ConfigError(f"{option} is for --format hub", hint="leave it out")
    if arguments.dry_run and not arguments.push:
        raise ConfigError("--dry-run shows a push", hint="add --push OWNER/MODEL")
    if arguments.push:
        check_repository(arguments.push)
        if not arguments.dry_run:
            raise ConfigError(
                "this command sends nothing: --push needs --dry-run",
                hint=f"then `hf upload {arguments.push} DIR . --create-pr` sends what it shows",
            )


def _print_push(repository: str, found: ExportedFiles) -> None:
    """What would be sent, byte by byte, and where to."""
    console = show.console()
    console.print(f"nothing was sent; to huggingface.co/{repository} would go:", markup=False)
    for name, data in sorted(found.files.items()):
        console.print(f"{name} ({len(data)} bytes):", markup=False, soft_wrap=True)
        for line in data.decode().splitlines():
            console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
