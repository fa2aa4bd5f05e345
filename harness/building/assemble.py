"""One dataset of all that was built: outputs of stages, release files, datasets.

Which form a file has is read off its first row: stages write whole dialogues, a release only id and
turns. Beside a stage's output stands its manifest; it goes into the manifest of the dataset, with
those of the stages before it that are found by what they left.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from harness.source_hash import source_hash
from ultralink_data import dataset, languages, release
from ultralink_data.dataset import Manifest
from ultralink_data.dialogue import Dialogue, Kind
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.stages import StageManifest, sha256, stage_paths

CODE = "ultralink_data.dataset"


class Source(NamedTuple):
    """A file to be taken up: `cell` is language and kind of a release file, None of dialogues."""

    path: Path
    cell: tuple[str, Kind] | None
    stage: StageManifest | None

    def rows(self) -> Iterator[Dialogue]:
        """Its dialogues.

        Raises:
            DataError: a bad row, or a language that is not known.
        """
        if self.cell is not None:
            yield from release.read_file(self.path, *self.cell)
            return
        for number, row in release.decode_lines(self.path, Dialogue):
            try:
                languages.get(row.language)
            except ConfigError as error:
                raise DataError(
                    f"{self.path}:{number}: {error.message}", hint=error.hint
                ) from error
            yield row

    def hashes(self) -> list[str]:
        """Hashes of what is read."""
        provenance = self.path.with_suffix(".provenance.jsonl")
        beside = [provenance] if self.cell is not None and provenance.exists() else []
        return [sha256(path) for path in (self.path, *beside)]


def assemble(
    files: Sequence[Path],
    out: Path,
    *,
    language: str | None = None,
    kind: str | None = None,
    replace: bool = False,
) -> Manifest:
    """Write the dataset `out` of all rows of files and folders; memory stays bounded.

    `language` and `kind` say what release files hold whose names do not say it. Rejects of the
    stages are counted in `dropped`. Where `out` was made of the very same files by the same code
    and is whole, nothing is done; with `replace` another dataset at `out` gives way.

    Raises:
        ConfigError: `out` is something else and may not be replaced, an unknown language, or
            `language` without `kind`.
        DataError: a bad row, an id twice, a stage's output that was changed since, or no row.
    """
    sources = [source for path in files for source in _sources(path, language, kind)]
    stages = [source.stage for source in sources if source.stage is not None]
    carried, parents = _parents(files, sources)
    recipe = f"convert({', '.join(path.name for path in files)})"
    made = _made_before(out, recipe, parents, replace=replace)
    if made is not None:
        return made
    dropped: Counter[str] = Counter()
    for stage in stages:
        dropped.update(rejects(stage))
    folders = {source.path.parent for source in sources}
    return dataset.write(
        out,
        _rows(sources),
        recipe=recipe,
        parents=parents,
        dropped=dict(sorted(dropped.items())),
        code_version=source_hash(CODE),
        stages=_distinct([*carried, *_before(stages, folders), *stages]),
    )


def rejects(manifest: StageManifest) -> Counter[str]:
    """Rows that a stage rejected, by reason, over all languages."""
    found: Counter[str] = Counter()
    for tally in manifest.tallies:
        if tally.what == "rejected":
            found[tally.reason] += tally.count
    return found


def _rows(sources: Sequence[Source]) -> Iterator[Dialogue]:
    found = False
    for source in sources:
        for row in source.rows():
            found = True
            yield row
    if not found:
        names = ", ".join(str(source.path) for source in sources)
        raise DataError(f"{names}: no row", hint="every row was rejected; see the reject files")


def _sources(path: Path, language: str | None, kind: str | None) -> Iterator[Source]:
    if not path.exists():
        raise DataError(f"cannot read {path}: no such file or folder", hint="check the path")
    files = dataset.release_files(path) if path.is_dir() else [path]
    if not files:
        raise ConfigError(
            f"{path} holds no {{language}}_{{kind}}.jsonl file", hint="check the folder"
        )
    if (language is None) != (kind is None):
        raise ConfigError(
            "--language and --kind stand together", hint="give both, or name files by both"
        )
    for file in files:
        stage = _stage(file)
        if stage is not None or _holds_dialogues(file):
            if language is not None:
                raise ConfigError(
                    f"{file}: its rows say their language and kind themselves",
                    hint="give --language and --kind for release files only",
                )
            yield Source(file, None, stage)
        else:
            yield Source(file, _cell(file, language, kind), None)


def _cell(file: Path, language: str | None, kind: str | None) -> tuple[str, Kind]:
    if language is not None and kind is not None:
        cell = language, release.as_kind(kind)
    else:
        cell = release.parse_file_name(file)
    languages.get(cell[0])
    return cell


def _stage(file: Path) -> StageManifest | None:
    """The manifest of the stage that wrote `file`, None where there is none."""
    if file.suffix != ".jsonl" or not stage_paths(file).manifest.exists():
        return None
    path = stage_paths(file).manifest
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=StageManifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}", hint="run the stage again") from error
    if sha256(file) not in {x.sha256 for x in manifest.files if x.name == file.name}:
        raise DataError(
            f"{file}: is not what its stage wrote (sha256)",
            hint=f"run the stage again, or take {path.name} away to import the file as it is",
        )
    return manifest


def _holds_dialogues(file: Path) -> bool:
    """Whether the first row has turns, as stages write it; a bad row is for the reader to name."""
    try:
        with file.open("rb") as lines:
            first = msgspec.json.decode(lines.readline())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(first, dict) and "turns" in first


def _parents(
    files: Sequence[Path], sources: Sequence[Source]
) -> tuple[list[StageManifest], list[str]]:
    """Stages of the datasets among `files`, and what all is made of: fingerprints and hashes.

    A dataset whose files were changed is no parent; its files are.
    """
    stages: list[StageManifest] = []
    parents: list[str] = []
    inside: set[Path] = set()
    for folder in (path for path in files if (path / dataset.MANIFEST).is_file()):
        try:
            manifest = dataset.check(folder)
        except DataError:
            continue
        stages += manifest.stages
        parents.append(manifest.fingerprint)
        inside.add(folder)
    for source in sources:
        if source.path.parent not in inside:
            parents += source.hashes()
    return stages, parents


def _before(stages: Sequence[StageManifest], folders: set[Path]) -> list[StageManifest]:
    """Stages in these folders that wrote what `stages` read, and so on; earliest first."""
    known: dict[str, StageManifest] = {}
    for path in sorted(path for folder in folders for path in folder.glob("*.manifest.json")):
        try:
            manifest = msgspec.json.decode(path.read_bytes(), type=StageManifest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        known |= {file.sha256: manifest for file in manifest.files}
    found: list[StageManifest] = []
    todo = list(stages)
    while todo:
        wanted = todo.pop().stage.inputs
        new = [known[x] for x in wanted if x in known and known[x] not in (*found, *stages)]
        found = [*new, *found]
        todo += new
    return found


def _distinct(stages: Sequence[StageManifest]) -> list[StageManifest]:
    return list({stage.stage.key: stage for stage in stages}.values())


def _made_before(
    out: Path, recipe: str, parents: Sequence[str], *, replace: bool
) -> Manifest | None:
    if not out.exists():
        return None
    with suppress(DataError):
        manifest = dataset.check(out)
        same = (recipe, tuple(parents), source_hash(CODE))
        if (manifest.recipe, manifest.parents, manifest.code_version) == same:
            return manifest
    if replace and (out / dataset.MANIFEST).is_file():
        return None
    raise ConfigError(
        f"{out} exists already, and is not the dataset of these files",
        hint="choose another folder, or remove it",
    )
