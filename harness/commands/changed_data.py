"""What a person is told where a killed training cannot be gone on with, as its data changed."""

from collections.abc import Iterator
from pathlib import Path

from train.checkpoints import INPUTS_FILE, inputs_of, of_other_data
from train.loading import fingerprint
from train.train_config import TrainConfig


def changed_data(
    works: Path, model: Path, packed: Path, config: TrainConfig, seed: int
) -> Iterator[str]:
    """A line for each training below `works` that differs from this one in its data alone.

    `works` has the scratch folders of trainings that were killed. Nothing of them is lost.
    """
    notes = sorted(works.glob(f"*/*/{INPUTS_FILE}"))
    if not notes:
        return
    inputs = inputs_of(fingerprint(model), packed, config, seed)
    for step, folder in of_other_data(notes, inputs):
        yield (
            f"a training like this one has a checkpoint of step {step} on other data (another "
            "dataset, or this one before it changed): this one begins anew, and with those data "
            f"the same command goes on from {folder}"
        )
