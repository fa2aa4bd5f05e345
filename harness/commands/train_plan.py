"""What `train --dry-run` says of a training before it runs: memory, disk, work and time."""

import argparse
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from harness import show
from harness.commands.train_memory import GIB, Room, memory_table
from leaderboard.table import Table, text_table
from train.hardware import NamedHardware, hardware, known_as
from train.lora_config import HeldBase
from train.packed import Packed
from train.plan import Plan
from train.train_config import TrainConfig
from ultralink_data.adapters import whole_model
from ultralink_data.errors import BenchError, ConfigError
from ultralink_data.pretrained import from_pretrained

if TYPE_CHECKING:
    from train.compute_plan import ComputePlan

LARGEST: Final = 1_000_000
"""GiB that no device has: bytes or MiB were given."""
UTILISATION: Final = 0.4
"""The share of the peak that a training is planned with, unless told."""
_FEW_BITS: Final[dict[HeldBase, str]] = {
    "8bit": "8 bits, others float32",
    "4bit": "4 bits, others float32",
}
"""How the weights of a base in few bits are held: linear layers, and all else."""
PETA: Final = 1e15


class Speed(NamedTuple):
    """So many accelerators of a kind, and the share of their peak that is used."""

    devices: int
    named: NamedHardware
    utilisation: float


def print_plan(
    arguments: argparse.Namespace, packed: Packed, config: TrainConfig, found: Plan
) -> None:
    """Print the memory of a step, whether it fits, the disk of checkpoints, and work and time.

    A model of which one cannot be known is warned of.
    """
    from transformers import AutoConfig

    from train.compute_plan import compute_plan, model_shape, seen_of
    from train.memory_advice import can_be_divided
    from train.memory_plan import in_bfloat16, largest_batch, memory_plan

    room, speed = _hardware(arguments, config)
    try:
        shape = from_pretrained(AutoConfig, whole_model(arguments.model))
        seen = seen_of(packed, config, arguments.seed, found.account.computed)
        work = compute_plan(model_shape(shape, config), seen, frozen=bool(config.lora.rank))
    except BenchError as error:
        show.warn(f"neither memory nor time is planned: {error.message}")
        return
    show.print_tables([work_table(work, found, speed, config)])
    try:
        batch = largest_batch(packed, config, arguments.seed)
        kind = "cuda" if speed is not None else None
        memory = memory_plan(shape, config, batch, devices=room.devices, device=kind)
    except BenchError as error:
        show.warn(f"no memory is planned: {error.message}")
        return
    disk = shutil.disk_usage(_existing(arguments.runs)).free
    held = _FEW_BITS.get(config.lora.base) or ("bfloat16" if in_bfloat16(config) else "float32")
    divisible = can_be_divided(config)
    show.print_tables([memory_table(memory, room, disk, held, divisible=divisible)])


def _hardware(arguments: argparse.Namespace, config: TrainConfig) -> tuple[Room, Speed | None]:
    """The room of a device, and how fast devices are, where that is known."""
    from train.memory_advice import room_here

    named = hardware(arguments.hardware) if arguments.hardware else None
    devices = (named.number if named else None) or config.devices
    share = UTILISATION if arguments.utilisation is None else arguments.utilisation
    if named is not None:
        room = Room(named.accelerator.memory * GIB, f"of {named.name}", devices)
    else:
        room = Room(*room_here(), devices)
        named = known_as(room.of)
    if arguments.device_memory is not None:
        room = Room(arguments.device_memory * GIB, "of a device, as given", devices)
    return room, None if named is None else Speed(devices, named, share)


def work_table(found: "ComputePlan", plan: Plan, speed: Speed | None, config: TrainConfig) -> Table:
    """A table of what a training computes, and how long that takes."""
    shape = found.shape
    differ = shape.active != shape.parameters
    active = [("active for a token", f"{shape.active:,}")] if differ else []
    rows = [
        ("parameters", f"{shape.parameters:,}"),
        *active,
        ("trained", f"{shape.trained:,}"),
        ("optimiser steps", f"{plan.steps:,}"),
        ("tokens computed", f"{plan.account.computed:,}"),
        ("tokens learned", f"{plan.account.learned:,}"),
        ("operations: matrices", f"{found.matrices / PETA:,.3g} P"),
        ("operations: attention", f"{found.attention / PETA:,.3g} P"),
        ("operations: output layer", f"{found.head / PETA:,.3g} P"),
        ("operations: all", f"{found.total / PETA:,.3g} P"),
    ]
    return text_table(
        "Work of the training",
        ("what", "how much"),
        rows,
        "10^15 (P) multiplications and additions of matrices; activations that are computed again "
        "do not count as work, the output layer counts for learned tokens only.",
        _time(found, speed, config),
    )


def _time(found: "ComputePlan", speed: Speed | None, config: TrainConfig) -> str:
    """How long the training takes; a calculation, not a measurement."""
    if speed is None:
        return "how long it takes is not known here: name what it is to run on, --hardware 8xH100"
    devices, named, share = speed
    peak = named.accelerator.peak(config.precision)
    hours = found.hours(devices, peak, share)
    span = f"{hours:,.1f} hours" if hours >= 1 else f"{60 * hours:,.1f} minutes"
    return (
        f"{span} on {devices} x {named.name} if {share:.0%} of {peak / 1e12:,.0f} teraflop/s is "
        f"used (--utilisation; {config.precision}, {named.accelerator.source}), without start, "
        "checkpoints and evaluation"
    )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    folder = folder.resolve()
    return next(path for path in (folder, *folder.parents) if path.exists())


def check_plan(arguments: argparse.Namespace) -> None:
    """Check what only a plan is told: memory of a device, hardware, utilisation.

    Raises:
        ConfigError: a number without measure, unknown hardware, or a training that is to run.
    """
    given = arguments.device_memory
    if given is not None and not 0 < given <= LARGEST:
        raise ConfigError(
            f"--device-memory must be above 0 and at most {LARGEST:,} GiB, got {given:g}",
            hint="give GiB, such as 80",
        )
    share = arguments.utilisation
    if share is not None and not 0 < share <= 1:
        raise ConfigError(
            f"--utilisation must be above 0 and at most 1, got {share:g}",
            hint="give the share of the peak that is used, such as 0.4",
        )
    if arguments.hardware is not None:
        hardware(arguments.hardware)
    for name in ("device_memory", "hardware", "utilisation"):
        if getattr(arguments, name) is not None and not arguments.dry_run:
            raise ConfigError(
                f"--{name.replace('_', '-')} is for the plan of a training, and this one is to run",
                hint="give --dry-run too, or leave it out",
            )
