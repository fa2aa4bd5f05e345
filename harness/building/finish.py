"""The end of a build: one dataset of all accepted rows, pruned and checked.

`built.json` is its completion marker: while it matches, nothing is redone.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from harness.building.assemble import assemble
from harness.building.benchmark_items import benchmark_items
from harness.building.check_stage import check_code, check_dataset, drop
from harness.building.check_step import CheckStep
from harness.building.prune_stage import prune_code, prune_dataset
from harness.building.recipe_parts import Recipe
from harness.engine.stage_code import StageCode, building_code
from harness.progress.display import QUIET, Display
from leaderboard.check_tables import check_tables
from leaderboard.render import to_markdown
from ultralink_data import atomic
from ultralink_data.checking.check_report import CheckReport, encode, read_report
from ultralink_data.completion import FileMark, key_of, look, mark_file, marker_text, sealed
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset
from ultralink_data.store.dataset import Manifest
from ultralink_data.store.front_matter import README

RECORD = "built.json"
REPORT = "check.json"


class BuiltRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finished build: what it was made from (`key`), its content (`fingerprint`), its files."""

    key: str
    fingerprint: str
    recipe: Recipe
    files: tuple[FileMark, ...]
    seal: str = ""

    @property
    def marks(self) -> tuple[FileMark, ...]:
        """Its files, in the form that `ultralink_data.completion` checks."""
        return self.files


def require_own(out: Path) -> None:
    """Check that a build may write `out/dataset`.

    Raises:
        ConfigError: something is there that is not a dataset.
    """
    final = out / "dataset"
    if final.exists() and not (final / dataset.MANIFEST).is_file():
        raise ConfigError(
            f"{final} exists and is not a dataset", hint="name another folder with -o"
        )


def finish(
    recipe: Recipe,
    files: Sequence[Path],
    out: Path,
    *,
    benchmarks: Path | None,
    display: Display = QUIET,
) -> tuple[Manifest, CheckReport | None]:
    """Write `out/dataset`, and `out/check.json` with its tables if the recipe asks for a check.

    Raises:
        DataError: no row was accepted, or none is left.
        PrerequisiteError: a benchmark file is missing.
    """
    final = out / "dataset"
    whole = out / "stages" / "assembled"
    assembled = assemble(files, whole, replace=True, display=display)
    key = _key(recipe, assembled, benchmarks)
    atomic.recover_directory(final)
    found = look(out / RECORD, BuiltRecord, key, owned=lambda: dataset.release_files(final))
    if found.done is not None:
        return dataset.read_manifest(final), read_report(out / REPORT) if recipe.check else None
    report = None
    if recipe.prune is not None:
        pruned = out / "stages" / "pruned"
        step = recipe.prune
        prune_dataset(
            whole,
            pruned,
            keep=step.keep,
            seed=step.seed,
            by=step.by,
            replace=True,
            display=display,
        )
        whole = pruned
    if recipe.check is not None:
        with display.work("check") as meter:
            report = _check(recipe.check, whole, out, benchmarks, recipe.processes, meter.moved)
        manifest = drop(whole, report, final, recipe.check.drop, replace=True)
    else:
        with atomic.new_directory(final) as folder:
            shutil.copytree(whole, folder, dirs_exist_ok=True)
        manifest = dataset.read_manifest(final)
    record = BuiltRecord(
        key=key,
        fingerprint=manifest.fingerprint,
        recipe=recipe,
        files=tuple(mark_file(path, out) for path in _written(out, report)),
    )
    atomic.write_bytes(out / RECORD, marker_text(sealed(record)))
    return manifest, report


def _written(out: Path, report: CheckReport | None) -> Iterator[Path]:
    """The files of this last step, except `built.json` and the card, which its owner edits."""
    files = (path for path in (out / "dataset").rglob("*") if path.is_file())
    yield from sorted(path for path in files if path.name != README)
    if report is not None:
        yield from (out / REPORT, _tables(out))


def _tables(out: Path) -> Path:
    return (out / REPORT).with_suffix(".md")


def _key(recipe: Recipe, assembled: Manifest, benchmarks: Path | None) -> str:
    """Hash of everything that decides the output of this last step."""
    items = tuple(benchmark_items(recipe.check.against, benchmarks)) if recipe.check else ()
    languages = {item.language for item in items} | {c.language for c in assembled.counts}
    return key_of(
        assembled.fingerprint,
        assembled.recipe,
        assembled.parents,
        recipe.prune,
        recipe.check,
        tuple(finish_code(recipe, languages)),
        items,
    )


def finish_code(recipe: Recipe, languages: Iterable[str]) -> Iterator[StageCode]:
    """The code of this last step, with that of the parts that the recipe asks for."""
    tables = ("leaderboard.check_tables", "leaderboard.render") if recipe.check else ()
    yield building_code(__name__, "ultralink_data.store.dataset", *tables)
    if recipe.prune is not None:
        yield prune_code(recipe.prune.by)
    if recipe.check is not None:
        yield check_code(languages)


def _check(
    step: CheckStep,
    source: Path,
    out: Path,
    benchmarks: Path | None,
    processes: int,
    advance: Callable[[int], None],
) -> CheckReport:
    report = check_dataset(
        source,
        step.config,
        against=step.against,
        benchmarks=benchmarks,
        processes=processes,
        advance=advance,
    )
    atomic.write_bytes(out / REPORT, encode(report))
    tables = "\n".join(map(to_markdown, check_tables(report)))
    atomic.write_text(_tables(out), tables)
    return report
