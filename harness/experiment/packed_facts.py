"""What is known of packed data before a training: its plan, its rows, what it trains on.

All of it follows from the content of the packed data, the config and the seed, so it is read from
the arrays once and kept for the next command.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec

from harness.engine.graph import Made
from harness.engine.kept_results import kept
from train.train_config import TrainConfig

if TYPE_CHECKING:
    from train.packed import Packed


_DECIDE_NOTHING: Final[dict[str, Any]] = {
    "checkpoint_every": 0,
    "max_tokens": 2,
    "overlong": "split",
    "packing": False,
    "packing_order": "length",
}
"""One value for fields of a training that change no weight once the data are packed."""

_IN_THE_STEPS: Final[dict[str, Any]] = {
    "steps": 1,
    "epochs": None,
    "micro_batch": 1,
    "warmup_ratio": 0,
}
"""One value for fields whose effect is in the steps (`_steps`), as `sequences_per_step` has too."""


class PlannedCell(msgspec.Struct, frozen=True, kw_only=True):
    """Rows, tokens and learned tokens of one language and kind; those seen twice count twice."""

    language: str
    kind: str
    rows: int
    tokens: int
    loss_tokens: int


class CutCell(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one language and kind that were too long: `cut` of the `rows` that are trained on.

    `lost` are not among these: nothing that is learned was left of them, or they were left out as
    they are. `split` are dialogues that became several rows.
    """

    language: str
    kind: str
    rows: int
    cut: int
    lost: int
    split: int


class PlannedTraining(msgspec.Struct, frozen=True, kw_only=True):
    """The optimiser steps of a training, and what it trains on: of `train.plan.Plan`."""

    steps: int
    cells: tuple[PlannedCell, ...]


Plans: TypeAlias = Mapping[tuple[str, int], PlannedTraining]
"""The plan of each training, by variant and seed."""


class TrainingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the weights of a training, except the model that it begins with.

    `rows` is a hash of the rows as they are trained on, `steps` one of the sequences in each step
    of each seed.
    """

    rows: str
    steps: tuple[str, ...]
    micro_batch: int
    warmup: int
    settings: TrainConfig


def planned_training(made: Made, config: TrainConfig, seed: int) -> PlannedTraining:
    """The exact plan of a training on packed data."""

    def make() -> PlannedTraining:
        from train.plan import plan

        found = plan(_loaded(made), config, seed)
        return msgspec.convert(found, PlannedTraining, from_attributes=True)

    parts = (made.marker.fingerprint, config, seed)
    return kept("plan of a training", parts, PlannedTraining, make)


def planned_until(made: Made, config: TrainConfig, seed: int, step: int) -> PlannedTraining:
    """What a training has seen after `step` of its steps.

    A shorter schedule is the beginning of a longer one (`train.plan.schedule`).
    """
    return planned_training(made, msgspec.structs.replace(config, steps=step, epochs=None), seed)


def packed_cells(made: Made) -> tuple[PlannedCell, ...]:
    """The rows in packed data, by language and kind."""

    def make() -> tuple[PlannedCell, ...]:
        cells = _loaded(made).counts.cells
        return msgspec.convert(cells, tuple[PlannedCell, ...], from_attributes=True)

    parts = made.marker.fingerprint
    return kept("cells of packed data", parts, tuple[PlannedCell, ...], make)


def cut_cells(made: Made) -> tuple[CutCell, ...]:
    """The rows in packed data that were too long, by language and kind."""

    def make() -> tuple[CutCell, ...]:
        return tuple(
            CutCell(
                language=cell.language,
                kind=cell.kind,
                rows=cell.rows,
                cut=cell.truncated,
                lost=cell.dropped,
                split=cell.split,
            )
            for cell in _loaded(made).counts.cells
        )

    return kept("cut rows of packed data", made.marker.fingerprint, tuple[CutCell, ...], make)


def answer_rows(made: Made) -> tuple[int, int]:
    """The rows in packed data, and how many of them are another answer of their dialogue."""

    def make() -> tuple[int, int]:
        counts = _loaded(made).counts
        return counts.rows, counts.again

    return kept("answers of packed data", made.marker.fingerprint, tuple[int, int], make)


def training_facts(made: Made, config: TrainConfig, seeds: Sequence[int]) -> TrainingFacts:
    """What a training on packed data with each of these seeds does.

    Of the config that is neither how often it is saved nor what is in the packed data already.
    """
    train = msgspec.structs.replace(config, **_DECIDE_NOTHING)
    parts = (made.marker.fingerprint, train, seeds)
    return kept("facts of a training", parts, TrainingFacts, lambda: _facts(made, train, seeds))


def _facts(made: Made, train: TrainConfig, seeds: Sequence[int]) -> TrainingFacts:
    from train.plan import step_count, warmup_steps

    packed = _loaded(made)
    count = step_count(packed.sequences, train)
    warmup = warmup_steps(count, train)
    settings = train
    if count <= warmup + 1:
        # The learning rate never falls: the last step is the first at its peak, or before it.
        settings = msgspec.structs.replace(settings, schedule="constant")
    return TrainingFacts(
        rows=_rows(packed),
        steps=tuple(_steps(packed, train, seed) for seed in seeds),
        micro_batch=train.micro_batch,
        warmup=warmup,
        settings=msgspec.structs.replace(
            settings, **_IN_THE_STEPS, sequences_per_step=settings.devices
        ),
    )


def _rows(packed: "Packed") -> str:
    """Hash of the rows as they are trained on: which tokens, in which sequences.

    Tokens after the last learned one of a row decide nothing, as later tokens see them and no
    others; neither do a row's language and kind, and the limit that cut it.
    """
    import numpy as np

    last, starts = packed.last_learned, packed.segment_bounds[:-1]
    seen = np.arange(len(packed.ids)) <= np.repeat(last, packed.segment_tokens)
    digest = hashlib.sha256()
    for array in (packed.ids[seen], packed.loss[seen], last - starts, packed.sequence_segments):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _steps(packed: "Packed", config: TrainConfig, seed: int) -> str:
    """Hash of the sequences of each step, without empty slots."""
    from train.plan import EMPTY, schedule

    digest = hashlib.sha256()
    for step in schedule(packed.sequences, config, seed, packed.counts.phases):
        digest.update(step[step != EMPTY].tobytes() + b"\n")
    return digest.hexdigest()


def _loaded(made: Made) -> "Packed":
    """The packed data themselves."""
    from train.packed import Packed

    return Packed.load(made.path)
