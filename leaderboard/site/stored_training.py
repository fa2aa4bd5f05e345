"""The trainings of a store's models: how each went, found by what the model is."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from leaderboard.training_charts import StepPoint
from ultralink_data.about_files import METRICS, VALIDATION

_ARTEFACT = "artefact.json"


class _Circumstances(msgspec.Struct, frozen=True):
    wall_seconds: float | None = None


class _Artefact(msgspec.Struct, frozen=True):
    """What is needed of an artefact's own file; its other fields belong to the store."""

    fingerprint: str
    circumstances: _Circumstances = _Circumstances()


class _StepLine(msgspec.Struct, frozen=True):
    step: int
    loss: float | None = None
    learning_rate: float = 0.0


class StoredTraining(NamedTuple):
    """The steps of a training, held-out losses by step, and its wall time in seconds if known."""

    steps: tuple[StepPoint, ...]
    validation: dict[int, float]
    wall_seconds: float | None


class StoredTrainings:
    """The trainings of the models in a store, by the fingerprint of the model."""

    def __init__(self, store: Path) -> None:
        self._found: dict[str, tuple[Path, _Artefact]] = {}
        for path in sorted((store / "models").glob(f"*/{_ARTEFACT}")):
            artefact = _read(path, _Artefact)
            if artefact is not None and (path.parent / METRICS).is_file():
                self._found.setdefault(artefact.fingerprint, (path.parent, artefact))

    def of(self, fingerprint: str) -> StoredTraining | None:
        """How the model was trained; None if the store does not have it, or no step of it."""
        found = self._found.get(fingerprint)
        if found is None:
            return None
        folder, artefact = found
        steps = [
            StepPoint(one.step, one.loss, one.learning_rate) for one in _lines(folder / METRICS)
        ]
        if not steps:
            return None
        held_out = _lines(folder / VALIDATION)
        validation = {one.step: one.loss for one in held_out if one.loss is not None}
        return StoredTraining(tuple(steps), validation, artefact.circumstances.wall_seconds)


T = TypeVar("T")


def _read(path: Path, kind: type[T]) -> T | None:
    """The content of a file; None if it is damaged, as `store verify` says better."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _lines(path: Path) -> Sequence[_StepLine]:
    """The lines that can be read: a killed training may leave half of one at the end."""
    found = []
    if path.is_file():
        for line in path.read_bytes().splitlines():
            try:
                found.append(msgspec.json.decode(line, type=_StepLine))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue
    return found
