"""The memory that one training step takes, by part, from a model's config and no weights.

The step of `train.trainer` is run on tensors without content (`train.live_memory`): forward and
backward pass of the largest micro-batch, with logits for learned tokens only. Weights, gradients
and both moments of AdamW are float32; frozen weights beside adapters are held as they are computed
with, or in few bits (`train.planned_base`). What the process takes besides tensors is not counted,
about half a gigabyte with torch.
"""

import copy
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from train import head_loss, row_attention
from train.attention_kernels import MASKED_SQUARE, forget_masks
from train.grouped_experts import planned_experts
from train.live_memory import ACTIVATIONS, COPIES, LiveMemory
from train.lora import add_adapters
from train.packed import Packed
from train.plan import EMPTY, schedule
from train.planned_base import hold
from train.train_config import TrainConfig
from ultralink_data.errors import ConfigError
from ultralink_data.libraries import import_transformers

LOGITS: Final = "logits"
GRADIENTS: Final = "gradients"
_MOMENTS: Final = 2


class MicroBatch(NamedTuple):
    """What a device computes at a time: the tokens of each dialogue of each sequence.

    `learned` tokens of all have a loss.
    """

    sequences: tuple[tuple[int, ...], ...]
    learned: int


class MemoryPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bytes on one device when a training step takes most, by part; `parameters` are a number.

    `copies` are weights in bfloat16; `activations` what the backward pass needs of the forward
    pass, and `logits` the same of the output layer and the loss. `largest_layer` is what the
    weights of the largest layer take in the type that is computed in, and `trained` what those of
    `weights` take that change; both are part of no other. `attention` is what computes that of
    packed dialogues (`train.attention_kernels`).
    """

    parameters: int
    weights: int
    copies: int
    gradients: int
    optimiser: int
    activations: int
    logits: int
    largest_layer: int
    trained: int
    attention: str

    @property
    def total(self) -> int:
        """All of these bytes."""
        return self.of_each(1)

    def of_each(self, devices: int) -> int:
        """Bytes on each of several devices that share weights, gradients and moments (FSDP).

        Each has its own micro-batch, and two whole layers at a time in place of the copies: the one
        that it computes and the next.
        """
        shared = self.weights + self.gradients + self.optimiser
        whole = self.copies if devices == 1 else 2 * self.largest_layer
        return -(-shared // devices) + whole + self.activations + self.logits

    def devices(self, room: int) -> int | None:
        """The fewest devices with `room` bytes each that can train it; None if no number can."""
        if self.total <= room:
            return 1
        shared = self.weights + self.gradients + self.optimiser
        left = room - (self.of_each(2) - -(-shared // 2))
        return None if left <= 0 else max(2, -(-shared // left))


def largest_batch(packed: Packed, config: TrainConfig, seed: int) -> MicroBatch:
    """The micro-batch of a run that has the most tokens; `learned` is the most in any of them."""
    order = schedule(packed.sequences, config, seed, packed.counts.phases).reshape(-1)
    lengths = np.diff(packed.segment_bounds[packed.sequence_bounds])
    tokens, losses = (
        np.append(each, 0)[order].reshape(-1, config.micro_batch)  # `EMPTY` is the last
        for each in (lengths, packed.sequence_learned)
    )
    largest = order.reshape(tokens.shape)[int(tokens.sum(1).argmax())]
    sequences = []
    for index in largest[largest != EMPTY]:
        first, last = packed.sequence_bounds[index : index + 2]
        sequences.append(tuple(packed.segment_tokens[first:last].tolist()))
    return MicroBatch(tuple(sequences), int(losses.sum(1).max()))


def memory_plan(
    model_config: Any,
    recipe: TrainConfig,
    batch: MicroBatch,
    *,
    devices: int = 1,
    device: str | None = None,
) -> MemoryPlan:
    """The memory of a step of `recipe` that trains a model of this `transformers` config.

    On one of several `devices` all logits of the micro-batch are there (`train.head_loss`).
    `device` is the type of each, "cpu" or "cuda"; by default that of this machine.

    Raises:
        ConfigError: the model looks at the content of its tensors, as a mixture of experts may
            whose experts are not `transformers`' own, or has no layers that adapters are asked for.
    """
    import_transformers()
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode
    from transformers import AutoModelForCausalLM

    fake = FakeTensorMode(allow_non_fake_inputs=True)  # torch makes scalars of its own for masks
    with fake:
        own = copy.deepcopy(model_config)
        held = torch.bfloat16 if in_bfloat16(recipe) else torch.float32
        model = AutoModelForCausalLM.from_config(own, dtype=held)
        base = sum(p.numel() for p in model.parameters())
        if recipe.lora.base != "full":
            hold(model, recipe.lora.base, getattr(torch, recipe.precision))
        kind = device or row_attention.device_here().type
        attention = row_attention.assume(model, recipe.precision, kind)
        if recipe.lora.rank:
            with _unmoved():
                model = add_adapters(model, "", recipe.lora, 0, ())
        model.train()
        model.config.use_cache = False
        if recipe.gradient_checkpointing:
            model.gradient_checkpointing_enable()
    accumulates = recipe.sequences_per_step > recipe.micro_batch
    everything = [*model.parameters(), *model.buffers()]
    adapters = sum(p.numel() for p in model.parameters() if p.requires_grad)
    gradients = _bytes(p for p in model.parameters() if p.requires_grad)
    with planned_experts():
        alone = devices == recipe.devices == 1
        inside = {"accumulates": accumulates, "lined_up": attention is not None, "alone": alone}
        peak = _peak(model, recipe, batch, fake, device=kind, **inside)
    return MemoryPlan(
        parameters=base + (adapters if recipe.lora.rank else 0),
        weights=_bytes(everything),
        copies=peak[COPIES],
        gradients=gradients if accumulates else peak[GRADIENTS],
        optimiser=_MOMENTS * gradients // (4 if recipe.optimizer == "adamw_8bit" else 1),
        activations=peak[ACTIVATIONS],
        logits=peak[LOGITS],
        largest_layer=_largest_layer(model) * (2 if recipe.precision == "bfloat16" else 4),
        trained=gradients,
        attention=attention or MASKED_SQUARE,
    )


@contextmanager
def _unmoved() -> Iterator[None]:
    """Modules stay where they are: peft would move them, which those without content cannot.

    Adapters are float32 then, as peft leaves them after it has moved them.
    """
    import torch

    module: Any = torch.nn.Module  # a method is replaced, which types do not allow
    before = module.to
    module.to = lambda own, *_, **__: own
    try:
        yield
    finally:
        module.to = before


def in_bfloat16(recipe: TrainConfig) -> bool:
    """Whether weights are held in bfloat16: frozen ones of a training that computes in it.

    Beside layers of few bits peft makes all others float32.
    """
    frozen = recipe.lora.rank > 0 and recipe.lora.base == "full"
    return frozen and recipe.precision == "bfloat16"


def _largest_layer(model: Any) -> int:
    """Parameters of the largest block or embedding: what is gathered at a time."""
    from torch.nn import Embedding, ModuleList

    parts = [
        part
        for module in model.modules()
        for part in ([module] if isinstance(module, Embedding) else [])
        + ([*module] if isinstance(module, ModuleList) else [])
    ]
    return max((sum(p.numel() for p in part.parameters()) for part in parts), default=0)


def _bytes(tensors: Iterable[Any]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def _peak(
    model: Any,
    recipe: TrainConfig,
    batch: MicroBatch,
    fake: Any,
    *,
    device: str,
    accumulates: bool,
    lined_up: bool,
    alone: bool,
) -> Counter[str]:
    """Bytes of each part at the peak of the forward and backward pass of a micro-batch."""
    import torch

    everything = [*model.parameters(), *model.buffers()]
    if accumulates:
        with fake:
            for parameter in model.parameters():
                if parameter.requires_grad:
                    parameter.grad = torch.empty_like(parameter)
                    everything.append(parameter.grad)
    live = LiveMemory(everything)
    with ExitStack() as inside:
        if lined_up:
            lengths = [torch.arange(tokens) for row in batch.sequences for tokens in row]
            inside.enter_context(row_attention.lined_up(torch.cat(lengths)[None]))
        inside.enter_context(fake)
        inside.enter_context(_unlogged())
        try:
            _step(model, recipe, batch, live, device=device, lined_up=lined_up, alone=alone)
        except RuntimeError as error:  # as all of torch that has to know a value or has no shape
            raise ConfigError(
                f"{type(model).__name__} computes what depends on the values of its tensors: its "
                "memory is known only from a training",
                hint="train a few steps: --set steps=3",
            ) from error
        finally:
            forget_masks()
    return live.peak


@contextmanager
def _unlogged() -> Iterator[None]:
    """Without torch's log of operations that fail; the error says it."""
    logger = logging.getLogger("torch._subclasses.fake_tensor")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _step(
    model: Any,
    recipe: TrainConfig,
    batch: MicroBatch,
    live: LiveMemory,
    *,
    device: str,
    lined_up: bool,
    alone: bool,
) -> None:
    """One micro-batch as `train.loop` computes it, on tensors without content."""
    import torch
    from torch.nn.functional import cross_entropy

    def gradient_is_there(parameter: Any) -> None:
        live.move(parameter.grad, GRADIENTS)

    def select(_: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        hidden = inputs[0].flatten(0, -2)
        live.part = LOGITS
        chosen = hidden.index_select(0, torch.zeros(batch.learned, dtype=torch.long))
        chosen.register_hook(lambda _: setattr(live, "part", ACTIVATIONS))
        learned.append(chosen)
        return (chosen[:0] if in_parts else chosen, *inputs[1:])

    learned: list[Any] = []
    in_parts = alone and head_loss.fits(model, probe=False)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.register_post_accumulate_grad_hook(gradient_is_there)
    head = model.get_output_embeddings()
    head.register_forward_pre_hook(select)
    rows = [sum(sequence) for sequence in batch.sequences]
    positions = torch.empty(
        (1, sum(rows)) if lined_up else (len(rows), max(rows)), dtype=torch.long
    )
    ids = torch.empty_like(positions)
    with live.counting():
        targets = torch.zeros(batch.learned, dtype=torch.long)
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            logits = model(input_ids=ids, position_ids=positions, use_cache=False).logits
            if in_parts:
                vocabulary = head.weight.shape[0]
                at_once = head_loss.tokens_at_once(device, vocabulary)
                hidden = learned.pop()
                # smaller blocks take hardly less, and there are thousands of them
                loss = head_loss.summed_loss(hidden, head.weight, targets, at_once, vocabulary)
                del hidden
        if not in_parts:
            loss = cross_entropy(logits.float(), targets, reduction="sum")
        del logits
        loss.backward()
