"""Prune a dataset: keep part of its translated math and code, as a new dataset."""

from pathlib import Path
from typing import NamedTuple

from harness.engine.stage_code import StageCode, building_code
from harness.progress.display import QUIET, Display
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset
from ultralink_data.store.dataset import Manifest
from ultralink_data.whole import prune
from ultralink_data.whole.prune import Problems
from ultralink_data.whole.prune_config import By, parse_keep


def prune_code(by: By) -> StageCode:
    """The code that decides which rows stay, in whatever language; numpy only by similarity."""
    return building_code(
        __name__,
        "ultralink_data.whole.prune",
        "ultralink_data.store.dataset",
        idle=frozenset({"numpy"}) if by == "source" else frozenset(),
    )


class Pruned(NamedTuple):
    """The pruned dataset's manifest, and the source problems before and after."""

    manifest: Manifest
    before: list[Problems]
    after: list[Problems]


def prune_dataset(
    source: Path,
    out: Path,
    *,
    keep: str,
    seed: int,
    by: By = "source",
    replace: bool = False,
    display: Display = QUIET,
) -> Pruned:
    """Write the pruned dataset `out`, atomically; `source` is read several times.

    Memory holds the origins of math and code rows and, for similarity, their questions, but no
    answers.

    Raises:
        ConfigError: `keep` is not a number of rows, or `out` exists and is not a dataset that may
            be replaced.
        DataError: `source` is not a dataset, or not what its manifest says.
    """
    try:
        kept = parse_keep(keep)
    except ValueError as error:
        raise ConfigError(f"--keep: {error}", hint="for example 2k, 1/8 or all") from error
    if out.exists() and not (replace and (out / dataset.MANIFEST).is_file()):
        raise ConfigError(f"{out} exists already", hint="choose another folder, or remove it")
    made_from = dataset.check(source)
    names = prune.chosen(dataset.stream(source, verify=False), kept, seed, by)
    left = (row for row in dataset.stream(source, verify=False) if prune.stays(row, names))
    code = prune_code(by)
    how = "" if by == "source" else f", by={by}"
    may_go = sum(
        count.rows
        for count in made_from.counts
        if count.kind in prune.TRANSLATED_KINDS and count.language != prune.SOURCE_LANGUAGE
    )
    with display.work("prune") as meter:
        manifest = dataset.write(
            out,
            meter.over(left),
            recipe=f"prune(keep={keep}, seed={seed}{how})",
            parents=[made_from.fingerprint],
            dropped={"pruned": may_go - len(names)},
            code_version=code.source,
            packages=code.packages,
            stages=made_from.stages,
        )
    both = (prune.problems(dataset.stream(path, verify=False)) for path in (source, out))
    return Pruned(manifest, *both)
