"""Checkpoints of a run: written atomically, tied to one run; the newest two are kept.

Each has the digests of its files, so that one which a disk has damaged is not gone on from, but the
one before it.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from train.packed import ARRAYS_FILE, COUNTS_FILE
from train.train_config import TrainConfig
from ultralink_data import atomic

STAGING = "staging"
LOSSES_FILE = "losses.json"
DIGESTS_FILE = "digests.json"
INPUTS_FILE = "inputs.json"
KEPT = 2
"""Checkpoints of a run that stay: the newest, and one should that be damaged."""
_NAME = re.compile(r"checkpoint-(\d+)")


def run_folder(work: Path, model: str, packed: Path, config: TrainConfig, seed: int) -> Path:
    """The folder under `work` of the run with these inputs.

    A different model (by fingerprint), data, config or seed gives a different folder, so that no
    run resumes from another run's checkpoint. The checkpoint interval, the number of devices and
    how they share a model do not matter.
    """
    return folder_of(work, inputs_of(model, packed, config, seed))


class RunInputs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a run is made from: model and data by fingerprint."""

    model: str
    data: str
    recipe: TrainConfig
    seed: int


def inputs_of(model: str, packed: Path, config: TrainConfig, seed: int) -> RunInputs:
    """The inputs of a run; `model` is a fingerprint."""
    data = hashlib.sha256()
    for name in (ARRAYS_FILE, COUNTS_FILE):
        with (packed / name).open("rb") as file:
            data.update(hashlib.file_digest(file, "sha256").digest())
    recipe = msgspec.structs.replace(config, checkpoint_every=0, devices=1, shard=False)
    return RunInputs(model=model, data=data.hexdigest(), recipe=recipe, seed=seed)


def folder_of(work: Path, inputs: RunInputs) -> Path:
    """The folder under `work` of the run with these inputs."""
    return work / hashlib.sha256(msgspec.json.encode(inputs)).hexdigest()[:16]


def note_inputs(run: Path, inputs: RunInputs) -> None:
    """Write beside a run's checkpoints what it is made from."""
    atomic.write_bytes(run / INPUTS_FILE, msgspec.json.encode(inputs))


def of_other_data(notes: Iterable[Path], inputs: RunInputs) -> Iterator[tuple[int, Path]]:
    """Newest step and folder of runs that differ from one in their data alone.

    `notes` are files that `note_inputs` wrote, of any version.
    """
    for file in notes:
        try:
            found = msgspec.json.decode(file.read_bytes(), type=RunInputs)
        except (OSError, msgspec.DecodeError):
            continue
        at = newest(file.parent)
        if at is not None and found != inputs == msgspec.structs.replace(found, data=inputs.data):
            yield at[0], file.parent


def newest(run: Path) -> tuple[int, Path] | None:
    """Step and folder of the newest complete checkpoint of a run; None without one."""
    return max(_all(run), default=None)


def usable(run: Path) -> tuple[tuple[int, Path] | None, tuple[int, ...]]:
    """The newest checkpoint as `newest` gives it whose files are those that were written.

    Also the steps of the newer ones, which are damaged.
    """
    damaged: list[int] = []
    for step, path in sorted(_all(run), reverse=True):
        if _is_whole(path):
            return (step, path), tuple(damaged)
        damaged.append(step)
    return None, tuple(damaged)


def _all(run: Path) -> list[tuple[int, Path]]:
    return [
        (int(match[1]), path)
        for path in (run.iterdir() if run.is_dir() else ())
        if (match := _NAME.fullmatch(path.name))
    ]


def _is_whole(checkpoint: Path) -> bool:
    try:
        said = msgspec.json.decode((checkpoint / DIGESTS_FILE).read_bytes(), type=dict[str, str])
        return said == _digests(checkpoint)
    except (OSError, msgspec.DecodeError):
        return False


def _digests(checkpoint: Path) -> dict[str, str]:
    """SHA-256 of each file of a checkpoint, by its path in there."""
    found = {}
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file() and path.name != DIGESTS_FILE:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[path.relative_to(checkpoint).as_posix()] = digest
    return found


def stage(run: Path) -> Path:
    """An empty folder for writing a checkpoint; leftovers of a killed run are deleted."""
    folder = run / STAGING
    shutil.rmtree(folder, ignore_errors=True)
    with atomic.disk_errors(run):
        folder.mkdir(parents=True)
    return folder


def commit(run: Path, step: int) -> None:
    """Make the staged checkpoint of `step` the newest one, and delete all but `KEPT`.

    Those of later steps are damaged, since the run has not gone on from them.
    """
    name = f"checkpoint-{step}"
    staged = run / STAGING / name
    atomic.write_bytes(staged / DIGESTS_FILE, msgspec.json.encode(_digests(staged)))
    atomic.replace_directory(staged, run / name)
    kept = sorted((found for found in _all(run) if found[0] <= step), reverse=True)[:KEPT]
    for found in _all(run):
        if found not in kept:
            _remove(found[1])


def _remove(path: Path) -> None:
    """Delete a checkpoint, renaming it first so that a partial one is never seen."""
    doomed = path.with_name(f".old-{path.name}")
    shutil.rmtree(doomed, ignore_errors=True)
    os.replace(path, doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def write_losses(folder: Path, losses: list[float]) -> None:
    """Write the loss curve so far beside the checkpoint's weights."""
    atomic.write_bytes(folder / LOSSES_FILE, msgspec.json.encode(losses))


def read_losses(folder: Path) -> list[float]:
    """The loss curve up to a checkpoint, one number per step."""
    return msgspec.json.decode((folder / LOSSES_FILE).read_bytes(), type=list[float])
