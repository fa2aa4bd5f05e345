"""`ultralink-bench data convert --format`: make English dialogues from published files."""

import argparse

from harness import show
from harness.building.sources_stage import is_cut, sources_stage
from harness.commands.stage_end import require_accepted
from harness.progress.terminal import TERMINAL
from leaderboard.stage_tables import tables
from ultralink_data.errors import ConfigError
from ultralink_data.stage.outcome import stage_paths

INCOMPLETE = 3
"""Exit code if the file ends within a row; complete rows were kept."""


def sources_command(arguments: argparse.Namespace) -> int:
    """Convert one published file; if it is cut within a row, keep the rest and exit with 3.

    Raises:
        ConfigError: several files, an option for release files, or an unknown source.
        DataError: not a file of this source.
    """
    if len(arguments.files) != 1:
        raise ConfigError(
            f"--format {arguments.format} with {len(arguments.files)} files",
            hint="convert one published file at a time",
        )
    if arguments.language or arguments.kind:
        raise ConfigError(
            f"--format {arguments.format} sets language and kind",
            hint="omit --languages and --kind",
        )
    manifest = sources_stage(arguments.files[0], arguments.format, arguments.out, display=TERMINAL)
    title = f"convert {arguments.format}: {show.short(arguments.out)}"
    show.print_tables(tables(title, manifest))
    show.print_paths(stage_paths(arguments.out)[:3])
    require_accepted(manifest, arguments.out)
    return INCOMPLETE if is_cut(manifest) else 0
