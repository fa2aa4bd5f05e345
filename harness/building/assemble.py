"""Assemble one dataset from stage outputs, release files and datasets.

The manifest of a stage goes into the manifest of the dataset, with those of earlier stages, which
are found by the hashes of their output.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness.building.dialogue_files import DialogueFile, sources_in
from harness.engine.stage_code import building_code
from harness.progress.display import QUIET, Display
from ultralink_data.completion import differing, taken
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.stage.outcome import StageManifest
from ultralink_data.store import dataset
from ultralink_data.store.dataset import Manifest

CODE = ("ultralink_data.store.dataset", "ultralink_data.store.release")


def assemble(
    files: Sequence[Path],
    out: Path,
    *,
    language: str | None = None,
    kind: str | None = None,
    replace: bool = False,
    display: Display = QUIET,
) -> Manifest:
    """Write the dataset `out` from all rows of files and folders; memory stays bounded.

    `language` and `kind` apply to release files whose names do not state them. Rejects of the
    stages are counted in `dropped`. If `out` is complete and was made from the same files by the
    same code, nothing is done. With `replace`, another dataset at `out` is replaced.

    Raises:
        ConfigError: `out` is something else and may not be replaced, an unknown language, or
            `language` without `kind`.
        DataError: a bad row, a duplicate id, a stage's output that was changed since, or no row.
    """
    sources = [source for path in files for source in sources_in(path, language, kind)]
    stages = [source.stage for source in sources if source.stage is not None]
    carried, parents = _parents(files, sources)
    recipe = f"convert({', '.join(path.name for path in files)})"
    code = building_code(__name__, *CODE)
    parts = dataset.dataset_parts(recipe, parents, code.source, code.packages)
    found = dataset.look_at(out, parts)
    if found.done is not None:
        return found.done
    if out.exists() and not (replace and found.state != "absent"):
        others = differing(found.marker.parts, parts) if found.marker is not None else ()
        raise taken(out, found, hint="choose another folder, or remove it", others=others)
    dropped: Counter[str] = Counter()
    for stage in stages:
        dropped.update(rejects(stage))
    folders = {source.path.parent for source in sources}
    with display.work("convert") as meter:
        return dataset.write(
            out,
            meter.over(_rows(sources)),
            recipe=recipe,
            parents=parents,
            dropped=dict(sorted(dropped.items())),
            code_version=code.source,
            packages=code.packages,
            stages=_distinct([*carried, *_before(stages, folders), *stages]),
        )


def rejects(manifest: StageManifest) -> Counter[str]:
    """Rows that a stage rejected, by reason, over all languages."""
    found: Counter[str] = Counter()
    for tally in manifest.tallies:
        if tally.what == "rejected":
            found[tally.reason] += tally.count
    return found


def _rows(sources: Sequence[DialogueFile]) -> Iterator[Dialogue]:
    found = False
    for source in sources:
        for row in source.rows():
            found = True
            yield row
    if not found:
        names = ", ".join(str(source.path) for source in sources)
        raise DataError(f"{names}: no row", hint="every row was rejected; see the reject files")


def _parents(
    files: Sequence[Path], sources: Sequence[DialogueFile]
) -> tuple[list[StageManifest], list[str]]:
    """Stages of the datasets among `files`, and fingerprints and hashes of all inputs.

    If a dataset's files were changed, the files are the parents, not the dataset.
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
    """Stages in these folders that wrote the input of `stages`, and so on; earliest first."""
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
