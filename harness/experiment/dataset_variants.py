"""`run --data A B`: datasets as the variants of an ablation, the first of them the reference.

Languages need not be the same on both sides. A language of the profile that no dataset has is left
out, with a word; one that only some have is asked of all, and stands as MISSING where a variant had
no row of it to train on (`missing_languages`).
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from harness.engine.graph import Made
from harness.experiment import profiles
from harness.experiment.ablation import Ablation, Change, Variant
from harness.experiment.config import ExperimentConfig
from harness.experiment.folder_names import folder_languages, variant_names
from harness.experiment.nodes import Experiment
from leaderboard.gaps import MISSING, Gap
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError
from ultralink_data.folders import walk
from ultralink_data.store import dataset, release, unread_rows

_LONGEST_TITLE: Final = 80
"""Characters of the ablation's name: reports are filed under it."""


def dataset_ablation(folders: Sequence[str], options: Sequence[str] = ()) -> Ablation:
    """The ablation whose variants are these dataset folders; the first is the reference.

    `options` are the options that name the folders, for errors: one each, or none for `--data`.

    Raises:
        ConfigError: fewer than two folders, or one that is named twice.
        PrerequisiteError: a folder is not there.
        DataError: a folder has no release file.
    """
    check_folders(folders, options or ["--data"] * len(folders))
    names = variant_names(folders)
    first, *others = names
    listed = others[0] if len(others) == 1 else f"{', '.join(others[:-1])} or {others[-1]}"
    return Ablation(
        name=dataset_title(folders),
        question=f"What changes if a model is trained on {listed} instead of {first}?",
        reference=first,
        variants=tuple(
            Variant(name=name, label=folder, change=_trained_on(folder))
            for name, folder in zip(names, folders, strict=True)
        ),
        may_miss_languages=True,
        given_by="--data",
    )


def dataset_title(folders: Sequence[str]) -> str:
    """The name of the ablation whose variants are these folders."""
    return f"data-{'-'.join(variant_names(folders))}"[:_LONGEST_TITLE].rstrip("-._")


def _trained_on(folder: str) -> Change:
    def change(config: ExperimentConfig) -> ExperimentConfig:
        return msgspec.structs.replace(
            config, data=msgspec.structs.replace(config.data, folder=folder)
        )

    return change


def check_folders(folders: Sequence[str], options: Sequence[str]) -> None:
    """Check that these are two or more dataset folders; `options` name them, one each.

    Raises:
        ConfigError, PrerequisiteError, DataError: see `dataset_ablation`.
    """
    if len(folders) < 2:
        raise ConfigError(
            f"--data compares datasets and got only {', '.join(folders)}",
            hint="name the reference first, then one or more others: --data OLD NEW",
        )
    seen: set[Path] = set()
    for name, option in zip(folders, options, strict=True):
        folder = Path(name)
        if folder.is_file():
            raise ConfigError(
                f"{option}: {folder} is a file, not a folder",
                hint="make a dataset of it with `ultralink-bench data convert FILE -o FOLDER`",
            )
        if not folder.is_dir():
            raise PrerequisiteError(
                f"{option}: no folder {folder}",
                hint="name folders with {language}_{kind}.jsonl files",
            )
        below = _rows_below(folder, folders)
        if below is not None:
            raise DataError(
                f"{option}: {below} is in a folder below {folder}, where no row is read",
                hint=f"move the file into {folder}, or name its own folder",
            )
        if not dataset.release_files(folder):
            raise DataError(
                f"{option}: {folder} has no {{language}}_{{kind}}.jsonl file",
                hint="name the folder that holds them, or make a dataset with "
                "`ultralink-bench data convert FILES -o FOLDER`",
            )
        unread_rows.refuse(folder, option)
        if _real(folder) in seen:
            raise ConfigError(
                f"{option} names {_real(folder)} again: a dataset does not differ from itself",
                hint="name different folders",
            )
        seen.add(_real(folder))


def _real(path: Path) -> Path:
    """The path without links; one that leads back to itself stays, where `resolve` would raise."""
    return Path(os.path.realpath(path))


def _rows_below(folder: Path, named: Sequence[str]) -> Path | None:
    """A release file deeper in a dataset folder, which would be passed over without a word.

    Hidden folders, those of provenance, datasets of their own and folders that are `named` too are
    left alone.
    """
    others = {_real(Path(name)) for name in named}
    for root, names, _ in walk(folder):
        here = Path(root)
        own = here != folder and ((here / dataset.MANIFEST).is_file() or _real(here) in others)
        below = () if own else sorted(names)
        names[:] = [n for n in below if not n.startswith(".") and n != release.PROVENANCE]
        found = [] if own or here == folder else dataset.release_files(here)
        if found:
            return found[0]
    return None


def with_datasets(
    config: ExperimentConfig,
    folders: Sequence[str],
    warn: Callable[[str], None],
    *,
    chosen: bool,
    settings: str = "",
    languages_by: str = "",
) -> ExperimentConfig:
    """The config with the first folder as its data, in the languages that the folders have.

    If the user has `chosen` languages, or set others than the profile's, they stay as they are. A
    task of which no language is left is left out; `warn` is told of that and of each language left
    out. `settings` is the file that the config is from, "" if options said it; `languages_by` is
    what chose the languages to train on, where that is not --languages.

    Raises:
        ConfigError: nothing is left to evaluate, or the config names a folder of its own.
    """
    tasks, languages, set_ = (
        (f"{name} in {settings}" if settings else f"--{name}")
        for name in ("tasks", "languages", "set")
    )
    languages = languages_by or languages
    if config.data.folder is not None:
        raise ConfigError(
            f"{set_} data.folder={config.data.folder}: the datasets are named already",
            hint="leave it out; the first of them is the reference",
        )
    data = msgspec.structs.replace(config.data, folder=folders[0])
    config = msgspec.structs.replace(config, data=data)
    present = [language for folder in folders for language in folder_languages(folder)]
    others = sorted(set(present) - set(config.languages))
    if others:
        warn(
            f"{', '.join(others)}: rows in these languages are not trained on, as this run asks "
            f"{', '.join(config.languages)} ({languages})"
        )
    if chosen or config.languages != profiles.get(config.profile).languages:
        return config
    kept = tuple(language for language in config.languages if language in present)
    absent = [language for language in config.languages if language not in kept]
    runs = [run for run in config.eval.runs if set(run.languages) & set(kept)]
    if not runs:
        raise ConfigError(
            f"the datasets have {', '.join(sorted(set(present))) or 'no row'}, and no task of "
            f"profile {config.profile} asks that",
            hint=f"choose {tasks} and {languages}",
        )
    dropped = [run.task for run in config.eval.runs if run not in runs]
    if absent:
        unasked = f", so {', '.join(dropped)} is not asked" if dropped else ""
        warn(f"{', '.join(absent)}: no dataset has a row, left out{unasked}")
    evaluation = msgspec.structs.replace(config.eval, runs=tuple(runs))
    return profiles.with_languages(msgspec.structs.replace(config, eval=evaluation), kept)


def missing_gaps(experiment: Experiment, made: Mapping[str, Made]) -> list[Gap]:
    """`missing_languages` of an experiment whose data are made; none where it allows none."""
    if not experiment.ablation.may_miss_languages:
        return []
    rows = {}
    for variant in experiment.variants:
        found: Counter[str] = Counter()
        for count in dataset.read_manifest(made[experiment.dataset_name(variant)].path).counts:
            found[count.language] += count.rows
        rows[variant.name] = found
    return missing_languages(rows, experiment.ablation.reference, experiment.config.languages)


def missing_languages(
    rows: Mapping[str, Mapping[str, int]], reference: str, languages: Iterable[str]
) -> list[Gap]:
    """A gap for each variant and language of which only one side of the comparison has rows.

    `rows` are those to train on, by variant and language.
    """
    found = []
    for language in languages:
        for variant in rows:
            sides = (variant, reference)
            counts = [rows[side].get(language, 0) for side in sides]
            if variant == reference or all(counts) or not any(counts):
                continue
            less, more = sides if not counts[0] else sides[::-1]
            text = (
                f"{MISSING} in {less}: no row to train on ({max(counts):,} in {more}); its scores "
                "are of a model that saw none"
            )
            found.append(Gap(variant=variant, task="", metric="", language=language, text=text))
    return found
