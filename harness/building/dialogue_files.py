"""Files of dialogues from any source: stage outputs, release files, datasets.

The format of a file is detected from its first row: stages write whole dialogues, a release only id
and turns. A stage's manifest is beside its output.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from ultralink_data import languages
from ultralink_data.completion import first_fault, read_marker
from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.json_text import json_value
from ultralink_data.stage.outcome import StageManifest, sha256, stage_paths
from ultralink_data.store import dataset, release, unread_rows


class DialogueFile(NamedTuple):
    """A file to read: `cell` is language and kind of a release file, None for dialogues."""

    path: Path
    cell: tuple[str, Kind] | None
    stage: StageManifest | None

    def rows(self) -> Iterator[Dialogue]:
        """Its dialogues.

        Raises:
            DataError: a bad row, or an unknown language.
        """
        if self.cell is not None:
            yield from release.read_file(self.path, *self.cell)
            return
        yield from (row for _, row in stage_rows(self.path))

    def hashes(self) -> list[str]:
        """Hashes of the file's content."""
        provenance = release.provenance_path(self.path)
        beside = [provenance] if self.cell is not None and provenance.exists() else []
        return [sha256(path) for path in (self.path, *beside)]


def stage_rows(path: Path) -> Iterator[tuple[int, Dialogue]]:
    """Line numbers and dialogues of a file that a stage has written.

    Raises:
        DataError: a bad row, or an unknown language.
    """
    for number, row in release.decode_lines(path, Dialogue):
        with release.at_line(path, number):
            languages.get(row.language)
        yield number, row


def dialogues(path: Path) -> Iterator[Dialogue]:
    """All dialogues of a file or folder, one by one; a dataset is checked first.

    Raises:
        ConfigError, DataError: see `sources_in`; or a dataset does not match its manifest.
    """
    if (path / dataset.MANIFEST).is_file():
        yield from dataset.stream(path)
        return
    for source in sources_in(path):
        yield from source.rows()


def sources_in(
    path: Path, language: str | None = None, kind: str | None = None
) -> Iterator[DialogueFile]:
    """The files of dialogues at `path`, a file or a folder, each with the stage that wrote it.

    Raises:
        ConfigError: a folder without files, an unknown language, or `language` without `kind`.
        DataError: no such file, rows in a form that is not read, a release file whose name lacks
            language and kind, or a stage's output that was changed since.
    """
    if not path.exists():
        raise DataError(f"cannot read {path}: no such file or folder", hint="check the path")
    if path.is_dir():
        unread_rows.refuse(path)
    files = dataset.release_files(path) if path.is_dir() else [path]
    if not files:
        raise ConfigError(
            f"{path} holds no {{language}}_{{kind}}.jsonl file", hint="check the folder"
        )
    if (language is None) != (kind is None):
        raise ConfigError(
            "--languages and --kind go together", hint="give both, or name files by both"
        )
    for file in files:
        stage = _stage(file)
        if stage is not None or _holds_dialogues(file):
            if language is not None:
                raise ConfigError(
                    f"{file}: its rows have their own language and kind",
                    hint="give --languages and --kind for release files only",
                )
            yield DialogueFile(file, None, stage)
        else:
            yield DialogueFile(file, _cell(file, language, kind), None)


def _cell(file: Path, language: str | None, kind: str | None) -> tuple[str, Kind]:
    if language is not None and kind is not None:
        cell = language, release.as_kind(kind)
        _check_name(file, cell)
    else:
        cell = release.parse_file_name(file)
    languages.get(cell[0])
    return cell


def _check_name(file: Path, cell: tuple[str, Kind]) -> None:
    """Check that the name of a release file says nothing else than the options.

    Raises:
        ConfigError: it names another language or kind.
    """
    try:
        named = release.parse_file_name(file)
    except DataError:
        return  # the options are there for such names
    if named != cell and named[0] in languages.names():
        raise ConfigError(
            f"{file}: its name says {' '.join(named)}, and the options {' '.join(cell)}",
            hint="leave out --languages and --kind, or rename the file",
        )


def _stage(file: Path) -> StageManifest | None:
    """The manifest of the stage that wrote `file`; None if there is none."""
    if file.suffix != ".jsonl" or not stage_paths(file).manifest.exists():
        return None
    path = stage_paths(file).manifest
    manifest = read_marker(path, StageManifest)
    if not isinstance(manifest, StageManifest):
        raise DataError(str(manifest), hint="run the stage again")
    written = [mark for mark in manifest.marks if mark.name == file.name]
    fault = first_fault(path, written, [file])
    if fault is not None:
        raise DataError(
            f"{file} has changed since its stage wrote it: it {fault.detail}",
            hint=f"run the stage again, or remove {path.name} to import the file as it is",
        )
    return manifest


def _holds_dialogues(file: Path) -> bool:
    """Whether the first row has turns, as stages write them; the reader reports a bad row."""
    try:
        with file.open("rb") as lines:
            first = json_value(lines.readline())
    except (OSError, msgspec.DecodeError):
        return False
    return isinstance(first, dict) and "turns" in first
