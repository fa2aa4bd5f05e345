"""Checkpoints of a run: written atomically, tied to one run; only the newest is kept."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import msgspec

from train.packed import ARRAYS_FILE, COUNTS_FILE
from train.train_config import TrainConfig
from ultralink_data import atomic

STAGING = "staging"
LOSSES_FILE = "losses.json"
_NAME = re.compile(r"checkpoint-(\d+)")


def run_folder(work: Path, model: str, packed: Path, config: TrainConfig, seed: int) -> Path:
    """The folder under `work` of the run with these inputs.

    A different model (by fingerprint), data, config or seed gives a different folder, so that no
    run resumes from another run's checkpoint. The checkpoint interval and the number of devices do
    not matter.
    """
    recipe = msgspec.structs.replace(config, checkpoint_every=0, devices=1)
    digest = hashlib.sha256(msgspec.json.encode([model, recipe, seed]))
    for name in (ARRAYS_FILE, COUNTS_FILE):
        with (packed / name).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return work / digest.hexdigest()[:16]


def newest(run: Path) -> tuple[int, Path] | None:
    """Step and folder of the newest complete checkpoint of a run; None without one."""
    found = [
        (int(match[1]), path)
        for path in (run.iterdir() if run.is_dir() else ())
        if (match := _NAME.fullmatch(path.name))
    ]
    return max(found, default=None)


def stage(run: Path) -> Path:
    """An empty folder for writing a checkpoint; leftovers of a killed run are deleted."""
    folder = run / STAGING
    shutil.rmtree(folder, ignore_errors=True)
    with atomic.disk_errors(run):
        folder.mkdir(parents=True)
    return folder


def commit(run: Path, step: int) -> None:
    """Make the staged checkpoint of `step` the newest one and delete older ones."""
    name = f"checkpoint-{step}"
    atomic.replace_directory(run / STAGING / name, run / name)
    for path in run.iterdir():
        match = _NAME.fullmatch(path.name)
        if match and int(match[1]) != step:
            _remove(path)


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
