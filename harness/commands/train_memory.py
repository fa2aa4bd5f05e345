"""What `train --dry-run` says of memory: by part, on the hardware that is here or given."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from harness import show
from leaderboard.table import Table, text_table
from train.packed import Packed
from train.train_config import TrainConfig
from ultralink_data.adapters import whole_model
from ultralink_data.errors import BenchError, ConfigError
from ultralink_data.pretrained import from_pretrained

if TYPE_CHECKING:
    from train.memory_plan import MemoryPlan

GIB: Final = 2**30
LARGEST: Final = 1_000_000
"""GiB that no device has: bytes or MiB were given."""
USABLE: Final = 0.9
"""The share of a device's memory that tensors may take: the allocator and the process need some."""

PARTS: Final = {
    "weights": "weights (float32)",
    "copies": "weights (bfloat16)",
    "gradients": "gradients",
    "optimiser": "moments of AdamW",
    "activations": "activations",
    "logits": "logits and loss",
}


def print_memory(
    model: Path, packed: Packed, config: TrainConfig, seed: int, given: float | None, runs: Path
) -> None:
    """Print the memory of a training step, whether it fits, and the disk of its checkpoints.

    `given` is the memory of a device in GiB; without it, that of the first GPU or of this machine.
    A model whose memory cannot be known is warned of, as are adapters.
    """
    if config.lora.rank:
        show.warn("no memory is planned: it is known for the training of all weights only")
        return
    from transformers import AutoConfig

    from train.memory_advice import room_here
    from train.memory_plan import largest_batch, memory_plan

    try:
        shape = from_pretrained(AutoConfig, whole_model(model))
        found = memory_plan(shape, config, largest_batch(packed, config, seed))
    except BenchError as error:
        show.warn(f"no memory is planned: {error.message}")
        return
    room = room_here() if given is None else (given * GIB, "of a device, as given")
    show.print_tables([memory_table(found, room, shutil.disk_usage(_existing(runs)).free)])


def memory_table(found: "MemoryPlan", room: tuple[float, str], disk: float) -> Table:
    """A table of the memory of a training step by part; `room` is bytes, and of what."""
    rows = [
        (text, f"{getattr(found, part) / GIB:,.2f}")
        for part, text in PARTS.items()
        if getattr(found, part)
    ]
    return text_table(
        "Memory of a training step",
        ("part", "GiB"),
        [*rows, ("all", f"{found.total / GIB:,.2f}")],
        f"{found.parameters:,} parameters; the largest micro-batch of the training, when it takes "
        "most. The process takes about half a GiB besides, and small tensors leave gaps.",
        _fits(found, *room),
        _disk(found, disk),
    )


def _fits(found: "MemoryPlan", room: float, of: str) -> str:
    """Whether a step fits, or how many devices it takes, or what would make it smaller."""
    has = f"{room / GIB:,.1f} GiB {of}"
    devices = found.devices(int(USABLE * room))
    if devices == 1:
        return f"it fits: {found.total / room:.1%} of {has}"
    smaller = "--micro-batch, --max-length, --gradient-checkpointing and --dtype bfloat16"
    if devices is None:
        return (
            f"it does NOT fit, on any number of devices with {has}: a micro-batch is too large; "
            f"see {smaller}"
        )
    return (
        f"it does NOT fit into {USABLE:.0%} of {has}: {devices} such devices could hold it with "
        f"weights, gradients and moments shared among them (not measured); see {smaller}"
    )


def _disk(found: "MemoryPlan", free: float) -> str:
    """What a checkpoint takes: weights and moments; two stay, while the next is written."""
    size = found.weights + found.optimiser
    enough = "" if 3 * size < free else ", which is NOT enough"
    return (
        f"a checkpoint takes {size / GIB:,.2f} GiB of disk, three times that while a newer one is "
        f"written; {free / GIB:,.1f} GiB are free{enough}"
    )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    folder = folder.resolve()
    return next(path for path in (folder, *folder.parents) if path.exists())


def check_memory(given: float | None, *, dry_run: bool) -> None:
    """Raise ConfigError unless the memory of a device is a size, and is asked for."""
    if given is not None and not 0 < given <= LARGEST:
        raise ConfigError(
            f"--device-memory must be above 0 and at most {LARGEST:,} GiB, got {given:g}",
            hint="give GiB, such as 80",
        )
    if given is not None and not dry_run:
        raise ConfigError(
            "--device-memory is for the plan of a training, and this one is to run",
            hint="give --dry-run too, or leave it out",
        )
