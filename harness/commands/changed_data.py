"""What a person is told where a killed training cannot be gone on with, as its data changed."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from harness.engine.artefact_store import Store
from train.checkpoints import INPUTS_FILE, inputs_of, of_other_data
from train.loading import fingerprint
from train.train_config import TrainConfig


def changed_data(
    store: Store, arguments: argparse.Namespace, packed: Path, config: TrainConfig
) -> Iterator[str]:
    """A line for each killed training in the store that differs from this one in its data alone.

    This one is of `arguments.model` and `arguments.seed`. Nothing of those is lost.
    """
    notes = sorted((store.root / "work").glob(f"*/*/{INPUTS_FILE}"))
    if not notes:
        return
    inputs = inputs_of(fingerprint(arguments.model), packed, config, arguments.seed)
    for step, folder in of_other_data(notes, inputs):
        yield (
            f"a training like this one has a checkpoint of step {step} on other data (another "
            "dataset, or this one before it changed): this one begins anew, and with those data "
            f"the same command goes on from {folder}"
        )
