"""What `train --dry-run` says of memory: by part, on the hardware that is here or given."""

from typing import TYPE_CHECKING, Final, NamedTuple

from leaderboard.table import Table, text_table

if TYPE_CHECKING:
    from train.memory_plan import MemoryPlan

GIB: Final = 2**30
USABLE: Final = 0.9
"""The share of a device's memory that tensors may take: the allocator and the process need some."""

PARTS: Final = {
    "weights": "weights",
    "copies": "weights (bfloat16)",
    "gradients": "gradients",
    "optimiser": "moments of AdamW",
    "activations": "activations",
    "logits": "logits and loss",
}
SHARED: Final = ("weights", "gradients", "optimiser")
"""What several devices share among them (FSDP); of copies they hold two layers at a time."""


class Room(NamedTuple):
    """Bytes that a device has, of what, and how many devices there are."""

    bytes: float
    of: str
    devices: int = 1


def memory_table(
    found: "MemoryPlan", room: Room, disk: float, held: str = "float32", *, divisible: bool = True
) -> Table:
    """A table of the memory of a training step by part; weights are `held` in that type.

    One that is not `divisible` is whole on each device (`train.memory_advice.can_be_divided`).
    """
    several = room.devices > 1 and divisible
    rows = [
        (
            f"{text} ({held})" if part == "weights" else text,
            f"{getattr(found, part) / GIB:,.2f}",
            *([f"{_of_each(found, part, room.devices) / GIB:,.2f}"] if several else []),
        )
        for part, text in PARTS.items()
        if getattr(found, part)
    ]
    each = [f"{found.of_each(room.devices) / GIB:,.2f}"] if several else []
    names = ("part", "GiB", *([f"each of {room.devices}, --shard"] if several else []))
    return text_table(
        "Memory of a training step",
        names,
        [*rows, ("all", f"{found.total / GIB:,.2f}", *each)],
        f"{found.parameters:,} parameters; the largest micro-batch of the training, when it takes "
        "most. The process takes about half a GiB besides, and small tensors leave gaps. "
        f"Attention of packed dialogues: {found.attention}.",
        _fits(found, room, divisible=divisible),
        _disk(found, disk),
    )


def _of_each(found: "MemoryPlan", part: str, devices: int) -> int:
    """Bytes of a part on each of several devices."""
    size = int(getattr(found, part))
    if part == "copies":
        return 2 * found.largest_layer
    return -(-size // devices) if part in SHARED else size


def _fits(found: "MemoryPlan", room: Room, *, divisible: bool) -> str:
    """Whether a step fits, or how many devices it takes, or what would make it smaller."""
    has = f"{room.bytes / GIB:,.1f} GiB {room.of}"
    devices = found.devices(int(USABLE * room.bytes))
    if devices == 1:
        return f"it fits: {found.total / room.bytes:.1%} of {has}"
    smaller = "--micro-batch, --max-length, --gradient-checkpointing and --dtype bfloat16"
    if not divisible:
        return (
            f"it does NOT fit into {USABLE:.0%} of {has}, and --shard does not divide it; see "
            f"{smaller}"
        )
    if room.devices > 1 and found.of_each(room.devices) <= USABLE * room.bytes:
        share = found.of_each(room.devices) / room.bytes
        return (
            f"it fits with --shard: {share:.1%} of {has}, on each of {room.devices} ({devices} "
            "would do; not measured)"
        )
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
    """What a checkpoint takes: trained weights and moments; two stay, while one is written."""
    size = found.trained + found.optimiser
    enough = "" if 3 * size < free else ", which is NOT enough"
    return (
        f"a checkpoint takes {size / GIB:,.2f} GiB of disk, three times that while a newer one is "
        f"written; {free / GIB:,.1f} GiB are free{enough}"
    )
