"""Where a trained model comes from: the file `_provenance.json` in its folder.

Its name begins with `_`, so that it does not count in the fingerprint of the model: the same
weights made at another time are the same model. Transformers does not read it.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from harness.engine.artefact_store import MARKER, Circumstances, Marker
from harness.engine.mixture_stage import mixed_cells
from train.train_config import TrainConfig
from ultralink_data.errors import DataError
from ultralink_data.mixture.mixture_config import MixedCell
from ultralink_data.store.json_rows import explained

if TYPE_CHECKING:
    from harness.engine.jobs import Job

PROVENANCE: Final = "_provenance.json"
STAGE: Final = "train"
"""The stage whose models carry one."""


class TrainedCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows and tokens of one language and kind that were trained on; those seen twice count twice.

    `learned` are the tokens with a loss. Of the data, counted once: `over` dialogues were longer
    than the limit, `split` of these became several rows; `cut` and `dropped` are rows, and
    `dropped_tokens` what was never trained on. All are 0 in files of earlier versions.
    """

    language: str
    kind: str
    rows: int
    tokens: int
    learned: int
    over: int = 0
    split: int = 0
    cut: int = 0
    dropped: int = 0
    dropped_tokens: int = 0


class TrainedOn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The dataset: where it was, the fingerprint of its rows, and what of it was trained on.

    `again` of its rows are another answer of their dialogue (`train.packed.CellCount`). `mixture`
    counts what was drawn from each dataset, where it is a mixture.
    """

    path: str | None
    fingerprint: str
    languages: tuple[str, ...]
    cells: tuple[TrainedCell, ...]
    again: int = 0
    mixture: tuple[MixedCell, ...] = ()


class HeldOutCell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of one language and kind that the loss was measured on, and their learned tokens."""

    language: str
    kind: str
    rows: int
    learned: int


class HeldOutRows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The dataset that the loss was measured on and that was not trained on."""

    fingerprint: str
    cells: tuple[HeldOutCell, ...]


class BaseModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The model that the training began with, and where that comes from, if it is known."""

    path: str
    fingerprint: str
    provenance: "ModelProvenance | None"


class ModelProvenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model was trained. `fingerprint` is that of the folder's own files.

    `recipe` is the whole config of the training, `steps` the number of optimiser steps it took.
    `validation` are rows held out of it, if there were any.
    """

    schema: Literal[1]
    fingerprint: str
    base: BaseModel
    dataset: TrainedOn
    recipe: TrainConfig
    seed: int
    steps: int
    made: Circumstances
    validation: HeldOutRows | None = None


def write_provenance(folder: Path, job: "Job", fingerprint: str, made: Circumstances) -> None:
    """Write the file into the folder of a model that `job` has trained."""
    from train.packed import Packed
    from train.plan import plan

    packed = Path(job.inputs["packed"].path)
    marker = msgspec.json.decode((packed / MARKER).read_bytes(), type=Marker)
    recipe, seed = msgspec.convert(job.config, TrainConfig), job.seed or 0
    data = Packed.load(packed)
    seen = plan(data, recipe, seed)
    base = job.inputs["model"]
    found = ModelProvenance(
        schema=1,
        fingerprint=fingerprint,
        base=BaseModel(
            path=str(Path(base.path).absolute()),
            fingerprint=base.fingerprint,
            provenance=read_provenance(Path(base.path)),
        ),
        dataset=TrainedOn(
            path=_absolute(job.extra.get("dataset")),
            fingerprint=marker.inputs["dataset"],
            languages=tuple(marker.config["languages"]),
            cells=tuple(
                TrainedCell(
                    language=cell.language,
                    kind=cell.kind,
                    rows=cell.rows,
                    tokens=cell.tokens,
                    learned=cell.loss_tokens,
                    over=whole.over,
                    split=whole.split,
                    cut=whole.truncated,
                    dropped=whole.dropped,
                    dropped_tokens=whole.dropped_tokens,
                )
                for cell, whole in zip(seen.cells, data.counts.cells, strict=True)
            ),
            again=data.counts.again,
            mixture=mixed_cells(Path(job.extra["mixture"])) if "mixture" in job.extra else (),
        ),
        recipe=recipe,
        seed=seed,
        steps=seen.steps,
        made=made,
        validation=_held_out(job),
    )
    _write(folder, found)


def _held_out(job: "Job") -> HeldOutRows | None:
    from train.packed import Packed

    if "validation" not in job.inputs:
        return None
    packed = Path(job.inputs["validation"].path)
    marker = msgspec.json.decode((packed / MARKER).read_bytes(), type=Marker)
    return HeldOutRows(
        fingerprint=marker.inputs["dataset"],
        cells=tuple(
            HeldOutCell(language=c.language, kind=c.kind, rows=c.rows, learned=c.loss_tokens)
            for c in Packed.load(packed).counts.cells
        ),
    )


def _write(folder: Path, found: ModelProvenance) -> None:
    text = msgspec.json.format(msgspec.json.encode(found), indent=2)
    (folder / PROVENANCE).write_bytes(text + b"\n")


def restate(folder: Path, fingerprint: str) -> None:
    """Let the provenance in a folder be about the files that are there: a part of the model's."""
    found = read_provenance(folder)
    if found is not None:
        _write(folder, msgspec.structs.replace(found, fingerprint=fingerprint))


def _absolute(path: str | None) -> str | None:
    return None if path is None else str(Path(path).absolute())


def read_provenance(folder: Path) -> ModelProvenance | None:
    """Where the model in a folder comes from; None if the folder does not say.

    Raises:
        DataError: the file is damaged or of another version.
    """
    path = folder / PROVENANCE
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=ModelProvenance)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: {explained(str(error))}",
            hint="it says how the model was trained; move it away to go on without",
        ) from error
