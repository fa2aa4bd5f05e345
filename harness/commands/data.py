"""`ultralink-bench data`: make, import and prune datasets, outside the store."""

import argparse
from pathlib import Path

from harness import show
from harness.building.assemble import assemble
from harness.building.prune_stage import prune_dataset
from harness.options.config_options import config_from
from harness.progress.terminal import TERMINAL
from leaderboard.dataset_tables import counts_table
from leaderboard.prune_tables import problems_table
from ultralink_data.errors import ConfigError
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.store import dataset
from ultralink_data.store.dataset import Manifest
from ultralink_data.whole.prune_config import PruneStep


def starter(arguments: argparse.Namespace) -> int:
    """Write the starter set as a dataset folder."""
    from ultralink_data.starter.dialogues import starter_dialogues

    refuse_existing(arguments.out)
    config = config_from(arguments, StarterConfig)
    rows = starter_dialogues(config.seed, config.per_template)
    recipe = f"starter(seed={config.seed}, per_template={config.per_template})"
    return _written(arguments.out, dataset.write(arguments.out, rows, recipe=recipe))


def convert(arguments: argparse.Namespace) -> int:
    """Make one dataset folder from stage outputs, release files and datasets, read strictly.

    With `--format`, make dialogues from a published file: see `data_sources`.
    """
    if arguments.format:
        from harness.commands.data_sources import sources_command

        return sources_command(arguments)
    refuse_existing(arguments.out)
    manifest = assemble(
        arguments.files,
        arguments.out,
        language=arguments.language,
        kind=arguments.kind,
        display=TERMINAL,
    )
    return _written(arguments.out, manifest)


def prune_command(arguments: argparse.Namespace) -> int:
    """Keep part of the translated math and code rows, drawn by seed or chosen by similarity."""
    step = config_from(arguments, PruneStep)
    pruned = prune_dataset(
        arguments.dataset,
        arguments.out,
        keep=step.keep,
        seed=step.seed,
        by=step.by,
        display=TERMINAL,
    )
    show.print_tables([problems_table(pruned.before, pruned.after)])
    return _written(arguments.out, pruned.manifest)


def refuse_existing(out: Path) -> None:
    """Check that no dataset would be overwritten.

    Raises:
        ConfigError: `out` exists.
    """
    if out.exists():
        raise ConfigError(f"{out} exists", hint="choose another folder, or remove it")


def _written(out: Path, manifest: Manifest) -> int:
    show.print_tables([counts_table(str(out), manifest.counts, manifest.dropped)])
    show.console().print(f"fingerprint {manifest.fingerprint}")
    show.print_paths([out])
    return 0
