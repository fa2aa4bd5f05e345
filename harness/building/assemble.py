"""Assemble one dataset from stage outputs, release files and datasets.

The manifest of a stage goes into the manifest of the dataset, with those of earlier stages, which
are found by the hashes of their output. Rows whose text holds control tokens or thinking are left
out and listed: most trainers would read them as the real tokens.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from harness.building.dialogue_files import DialogueFile, sources_in
from harness.engine.stage_code import building_code
from harness.progress.display import QUIET, Display
from ultralink_data import atomic
from ultralink_data.completion import differing, read_marker, taken
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import DataError
from ultralink_data.stage.outcome import Rejected, StageManifest
from ultralink_data.store import dataset
from ultralink_data.store.dataset import Manifest
from ultralink_data.text.control_tokens import MARK_REASONS, first_mark

REJECTED = "rejected.jsonl"
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
    stages are counted in `dropped`, as are rows with control tokens, which are written to
    `rejected.jsonl` in `out`. If `out` is complete and was made from the same files by the
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
    refused: list[Rejected] = []
    with display.work("convert") as meter, atomic.new_directory(out) as folder:
        rows = _counted(_rows(sources, refused), refused, dropped)
        manifest = dataset.write_into(
            folder,
            meter.over(rows),
            recipe=recipe,
            parents=parents,
            dropped=dropped,
            code_version=code.source,
            packages=code.packages,
            stages=_distinct([*carried, *_before(stages, folders), *stages]),
        )
        if refused:
            lines = b"".join(msgspec.json.encode(reject) + b"\n" for reject in refused)
            (folder / REJECTED).write_bytes(lines)
    if refused:
        reasons = ", ".join(reason for reason in MARK_REASONS if dropped[reason])
        display.warn(f"{len(refused)} rows were left out ({reasons}): see {out / REJECTED}")
    return manifest


def rejects(manifest: StageManifest) -> Counter[str]:
    """Rows that a stage rejected, by reason, over all languages."""
    found: Counter[str] = Counter()
    for tally in manifest.tallies:
        if tally.what == "rejected":
            found[tally.reason] += tally.count
    return found


def _rows(sources: Sequence[DialogueFile], refused: list[Rejected]) -> Iterator[Dialogue]:
    """The rows that are taken; the others are added to `refused`."""
    found = False
    for source in sources:
        for row in source.rows():
            mark = first_mark(row.texts)
            if mark is None:
                found = True
                yield row
                continue
            detail = f"{source.path.name}: turn {mark[0]} holds {mark[1].text!r}"
            refused.append(
                Rejected(id=row.id, language=row.language, reason=mark[1].reason, detail=detail)
            )
    if not found:
        names = ", ".join(str(source.path) for source in sources)
        why = f": {refused[0].detail}" if refused else ""
        raise DataError(
            f"{names}: no row{why}", hint="every row was rejected; see the reject files"
        )


def _counted(
    rows: Iterator[Dialogue], refused: Sequence[Rejected], dropped: Counter[str]
) -> Iterator[Dialogue]:
    """The rows; behind the last, `dropped` counts those that were refused."""
    yield from rows
    dropped.update(reject.reason for reject in refused)


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
        manifest = read_marker(path, StageManifest)
        if isinstance(manifest, StageManifest):
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
