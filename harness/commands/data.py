"""`ultralink-bench data`: make, import, prune and describe datasets, outside the store."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from harness import show
from harness.building.assemble import assemble
from leaderboard.table import Cell, Column, Row, Table
from ultralink_data import dataset, prune, release
from ultralink_data.dataset import Count, Manifest
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, DataError


def starter(arguments: argparse.Namespace) -> int:
    """Write the starter set as a dataset folder."""
    from ultralink_data.starter.dialogues import starter_dialogues

    refuse_existing(arguments.out)
    try:
        rows = starter_dialogues(arguments.seed, arguments.per_template)
    except ValueError as error:
        raise ConfigError(str(error), hint="give another --per-template") from error
    recipe = f"starter(seed={arguments.seed}, per_template={arguments.per_template})"
    return _written(arguments.out, dataset.write(arguments.out, rows, recipe=recipe))


def stats(arguments: argparse.Namespace) -> int:
    """Print rows, turns and bytes by language and kind."""
    rows = list(_read(arguments.dataset))
    show.print_tables([counts_table(str(arguments.dataset), dataset.count(rows))])
    show.console().print(f"fingerprint {dataset.fingerprint(rows)}")
    return 0


def convert(arguments: argparse.Namespace) -> int:
    """Make one dataset folder of outputs of stages, release files and datasets, read strictly.

    With `--from`, dialogues of a published file: see `data_sources`.
    """
    if arguments.source:
        from harness.commands.data_sources import sources_command

        return sources_command(arguments)
    refuse_existing(arguments.out)
    manifest = assemble(
        arguments.files, arguments.out, language=arguments.language, kind=arguments.kind
    )
    return _written(arguments.out, manifest)


def prune_command(arguments: argparse.Namespace) -> int:
    """Keep a seeded part of the translated math and code rows."""
    refuse_existing(arguments.out)
    try:
        keep = prune.parse_keep(arguments.keep)
    except ValueError as error:
        raise ConfigError(f"--keep: {error}", hint="for example 2k, 1/8 or all") from error
    source = dataset.read_manifest(arguments.dataset)
    rows = dataset.read(arguments.dataset)
    kept = prune.prune(rows, keep, arguments.seed)
    manifest = dataset.write(
        arguments.out,
        kept,
        recipe=f"prune(keep={arguments.keep}, seed={arguments.seed})",
        parents=[source.fingerprint],
        dropped={"pruned": len(rows) - len(kept)},
    )
    return _written(arguments.out, manifest)


def refuse_existing(out: Path) -> None:
    """A dataset is never written over another.

    Raises:
        ConfigError: `out` exists.
    """
    if out.exists():
        raise ConfigError(f"{out} exists already", hint="choose another folder, or remove it")


def _read(folder: Path) -> Sequence[Dialogue]:
    if (folder / dataset.MANIFEST).is_file():
        return dataset.read(folder)
    files = _release_files([folder])
    return [d for f in files for d in release.read_file(f, *release.parse_file_name(f))]


def _release_files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise DataError(f"cannot read {path}: no such file or folder", hint="check the path")
        files = dataset.release_files(path) if path.is_dir() else [path]
        if not files:
            raise ConfigError(
                f"{path} holds no {{language}}_{{kind}}.jsonl file", hint="check the folder"
            )
        found += files
    return found


def _written(out: Path, manifest: Manifest) -> int:
    show.print_tables([counts_table(str(out), manifest.counts, manifest.dropped)])
    show.console().print(f"fingerprint {manifest.fingerprint}")
    show.print_paths([out])
    return 0


def counts_table(
    title: str, counts: Sequence[Count], dropped: dict[str, int] | None = None
) -> Table:
    """Rows, turns and bytes by language and kind, with sums."""
    columns = ("language", "kind", "rows", "turns", "bytes")
    rows = [
        Row(cells=(_text(c.language), _text(c.kind), *map(_number, (c.rows, c.turns, c.bytes))))
        for c in counts
    ]
    sums = (sum(getattr(c, name) for c in counts) for name in ("rows", "turns", "bytes"))
    rows.append(Row(cells=(_text("all"), _text(""), *map(_number, sums)), section=True))
    notes = tuple(f"{count:,} rows dropped: {why}" for why, count in (dropped or {}).items())
    return Table(
        title=title,
        columns=tuple(
            Column(name=name, align="left" if place < 2 else "right")
            for place, name in enumerate(columns)
        ),
        rows=tuple(rows),
        notes=notes,
    )


def _text(text: str) -> Cell:
    return Cell(text=text, raw=text)


def _number(number: int) -> Cell:
    return Cell(text=f"{number:,}", raw=number)
