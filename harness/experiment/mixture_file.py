"""A mixture in TOML, where a dataset is asked for: its file read, and the node of its rows.

    [[datasets]]
    folder = "data/release"
    weight = 3

    [[datasets]]
    folder = "data/english"
    weight = 1

Decoded strictly: an error names file and line (docs/mixtures.md).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from harness.engine.jobs import Artefact, external
from harness.engine.mixture_stage import mixed_input
from harness.engine.stage_configs import MixtureConfig
from harness.experiment.folder_names import folder_languages, require_dataset, variant_names
from harness.options.toml_file import TomlFile
from train.train_config import Template
from ultralink_data.errors import BenchError, DataError
from ultralink_data.mixture.mixture_config import (
    Curriculum,
    Mixture,
    MixtureFault,
    check,
    curriculum,
)

_FIELDS = "the fields of a mixture: docs/mixtures.md"


def is_mixture(data: Path | str) -> bool:
    """Whether what was named as training data is the file of a mixture, not a folder."""
    return Path(data).suffix == ".toml" and not Path(data).is_dir()


class MixtureFile(NamedTuple):
    """A mixture as its file has it, its datasets all named, and their folders."""

    path: Path
    mixture: Mixture
    folders: tuple[Path, ...]

    @property
    def curriculum(self) -> Curriculum:
        """The order, as packing needs it."""
        return curriculum(self.mixture)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of all datasets."""
        found = [code for folder in self.folders for code in folder_languages(str(folder))]
        return tuple(sorted(set(found)))

    def require_languages(self, languages: Sequence[str]) -> None:
        """Check that a dataset of it has each of these languages.

        Raises:
            DataError: none has one.
        """
        missing = [language for language in languages if language not in self.languages]
        if missing:
            raise DataError(
                f"no dataset of {self.path} has a row in {', '.join(missing)}",
                hint=f"they have {', '.join(self.languages)}; choose --languages among these",
            )

    def config(self, languages: Sequence[str], template: Template) -> MixtureConfig:
        """The config of the stage that draws its rows: what decides them, and nothing else."""
        parts = [
            msgspec.structs.replace(part, folder="", stage=None) for part in self.mixture.datasets
        ]
        plain = Mixture(
            datasets=tuple(parts),
            rows=self.mixture.rows,
            tokens=self.mixture.tokens,
            repeats=self.mixture.repeats,
        )
        return MixtureConfig(mixture=plain, languages=tuple(languages), template=template)

    def inputs(self) -> dict[str, Artefact]:
        """The folders as inputs of the stage."""
        return {mixed_input(n): external(folder) for n, folder in enumerate(self.folders)}

    def extra(self) -> dict[str, str]:
        """What the stage is told and no key knows: the file, for its errors."""
        return {"mixture": str(self.path)}

    def seed(self, seed: int) -> int:
        """The seed of the draw: its own, or else `seed`."""
        return seed if self.mixture.seed is None else self.mixture.seed

    def plain(self) -> Any:
        """What it says as plain JSON types, for records."""
        return msgspec.to_builtins(self.mixture)


def read_mixture(path: Path) -> MixtureFile:
    """The mixture in a file, checked, with the folders that it names.

    Raises:
        ConfigError: it is no TOML, a field is unknown, missing or wrong, or two do not go together;
            file and line are named.
        DataError: a dataset is not there or has no rows; file and line are named.
        PrerequisiteError: there is no such file.
    """
    file = TomlFile(path, "mixture", _FIELDS, "check the path")
    read = file.decoded(Mixture)
    folders = tuple(path.parent / part.folder for part in read.datasets)
    given = zip(read.datasets, folders, strict=True)
    unnamed = [str(folder) for part, folder in given if not part.name]
    names = iter(variant_names(unnamed))
    mixture = msgspec.structs.replace(
        read,
        datasets=tuple(
            part if part.name else msgspec.structs.replace(part, name=next(names))
            for part in read.datasets
        ),
    )
    try:
        check(mixture)
    except MixtureFault as fault:
        file.refuse(fault.place, fault.message)
    for number, folder in enumerate(folders):
        try:
            _check_folder(folder)
        except BenchError as error:
            where = file.said(("datasets", number, "folder"))
            raise type(error)(f"{where}: {error.message}", hint=error.hint) from error
    return MixtureFile(path, mixture, folders)


def _check_folder(folder: Path) -> None:
    """Refuse what is no dataset; a folder that is not there with what it is relative to.

    Raises:
        DataError: it is none.
    """
    if not folder.is_dir():
        raise DataError(
            f"no folder {folder}",
            hint="name a folder with {language}_{kind}.jsonl files, relative to the mixture's file",
        )
    require_dataset(folder)
