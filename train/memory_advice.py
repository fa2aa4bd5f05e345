"""What would make a training that ran out of memory fit, with the memory that is planned for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from train.lora_config import LoraConfig
from train.runtime import OutOfMemory
from train.train_config import TrainConfig
from ultralink_data.errors import BenchError

if TYPE_CHECKING:
    from train.memory_plan import MemoryPlan
    from train.packed import Packed

_GIB = 2**30


def room_here() -> tuple[float, str]:
    """Bytes of memory of the first GPU, or of this machine where there is none; and of what."""
    import torch

    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        return float(properties.total_memory), f"of {properties.name}"
    return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")), "of this machine"


@contextmanager
def advised(model: Path | str, packed: Path, config: TrainConfig, seed: int) -> Iterator[None]:
    """In the block, a training that runs out of memory says what would take less.

    It is around `train.trainer.train`, not in it: what a model becomes does not depend on this.

    Raises:
        OutOfMemory: with that as its hint.
    """
    try:
        yield
    except OutOfMemory as error:
        from train.packed import Packed

        hint = advice(model, Packed.load(packed), config, seed)
        raise OutOfMemory(error.message, hint=hint) from error


def advice(model: Path | str, packed: "Packed", config: TrainConfig, seed: int) -> str:
    """A sentence with what the training takes by plan, and what smaller ones would take.

    It names fewer things to change where the plan of a model is not known.
    """
    try:
        now = _planned(model, packed, config, seed)
        tries = [
            f"{how} {_planned(model, packed, smaller, seed) / _GIB:,.2f}"
            for how, smaller in _smaller(config)
        ]
    except BenchError:
        return "; ".join(how for how, _ in _smaller(config)) or _larger(config)
    room, of = room_here()
    planned = f"planned are {now / _GIB:,.2f} GiB of {room / _GIB:,.1f} {of}"
    if not tries:
        return f"{planned}; {_larger(config)}"
    return f"{planned}; with {', '.join(tries)}, or {_larger(config)}"


def _smaller(config: TrainConfig) -> Iterator[tuple[str, TrainConfig]]:
    """Options that make a training smaller, and what it is with them."""
    change = msgspec.structs.replace
    one = change(config, micro_batch=1)
    if config.micro_batch > 1:
        yield "--micro-batch 1", one
    if not config.gradient_checkpointing:
        yield "--gradient-checkpointing", change(config, gradient_checkpointing=True)
        one = change(one, gradient_checkpointing=True)
        if config.micro_batch > 1:
            yield "both", one
    besides = "" if one == config else " besides"
    if config.devices > 1 and not config.shard and can_be_divided(config):
        yield f"--shard{besides}", change(one, shard=True)
    if not config.lora.rank:
        yield f"--lora-rank 16{besides}", change(one, lora=LoraConfig(rank=16))


def _larger(config: TrainConfig) -> str:
    """What of the hardware helps: without `shard`, each of several devices has the whole model."""
    if not can_be_divided(config):
        return "take a larger device"
    return "take more devices" if config.shard else "take more devices with --shard"


def can_be_divided(config: TrainConfig) -> bool:
    """Whether `TrainConfig` takes `shard`."""
    return config.lora.base == "full" and config.optimizer != "adamw_8bit"


def _planned(model: Path | str, packed: "Packed", config: TrainConfig, seed: int) -> int:
    """Bytes of a step by plan, on each device."""
    from transformers import AutoConfig

    from train.memory_plan import largest_batch, memory_plan
    from ultralink_data.adapters import whole_model
    from ultralink_data.pretrained import from_pretrained

    shape: Any = from_pretrained(AutoConfig, whole_model(model))
    found: MemoryPlan = memory_plan(shape, config, largest_batch(packed, config, seed))
    return found.of_each(config.devices if config.shard else 1)
