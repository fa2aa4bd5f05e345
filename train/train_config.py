"""Training options: frozen, typed, checked at construction.

Defaults come from the paper (UltraLink, section 4.1) and from this project; profiles override them.
Tokens are those of the tokenizer in use; a step is one update of the weights.
"""

import math
from typing import Literal

import msgspec

from train.lora_config import LoraConfig

Schedule = Literal["cosine", "linear", "constant"]
Precision = Literal["float32", "bfloat16"]
Template = Literal["auto", "chatml"]
Overlong = Literal["split", "drop", "cut"]
PackingOrder = Literal["length", "hash"]
Optimizer = Literal["adamw", "adamw_fused", "adamw_8bit"]

PAPER_EPOCHS = 3
LARGEST_MACHINE = 1024
"""Most threads, and most processes, that a training is given."""
LARGEST_STARTER_MODEL = 1_200_000
LARGEST_STARTER_VOCABULARY = 2048
SMALLEST_VOCABULARY = 256 + 3


def _check(config: msgspec.Struct, name: str, *, at_least: int) -> None:
    value = getattr(config, name)
    if value is not None and not at_least <= value < math.inf:
        raise ValueError(f"{name} must be >= {at_least}, got {value}")


class TrainConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model is trained. With neither `steps` nor `epochs` given, the paper's 3 epochs.

    Raises:
        ValueError: a value out of its range, or both `steps` and `epochs`.
    """

    learning_rate: float = 2e-5
    """Peak learning rate of AdamW."""
    schedule: Schedule = "cosine"
    """How the learning rate falls after the warm-up: to 0 over the run, or not at all."""
    warmup_ratio: float = 0.04
    """Share of the steps over which the learning rate rises from 0 to its peak."""
    steps: int | None = None
    """Number of optimiser steps; the data are repeated as needed."""
    epochs: int | None = None
    """Number of whole passes over the data, the last step of which may be smaller than the others.
    Without it and without `steps`: 3."""
    sequences_per_step: int = 128
    """Packed sequences in one optimiser step, over all devices (the global batch)."""
    micro_batch: int = 1
    """Packed sequences that one device computes at a time; divides `sequences_per_step`."""
    max_tokens: int = 4096
    """Most tokens in a packed sequence."""
    overlong: Overlong = "split"
    """A dialogue over the length: split between exchanges, dropped, or cut at its end."""
    weight_decay: float = 0.0
    """Decoupled weight decay of AdamW, on matrices only (not on norms and biases)."""
    optimizer: Optimizer = "adamw_fused"
    """Form of AdamW: tensor by tensor, in one kernel, or with moments of 8 bits (Dettmers et al.,
    2110.02861), which needs the package bitsandbytes."""
    max_grad_norm: float = 1.0
    """Gradients are clipped to this norm; 0 turns clipping off."""
    precision: Precision = "float32"
    """Arithmetic of forward and backward pass; master weights are float32 in both cases."""
    gradient_checkpointing: bool = False
    """Recompute activations in the backward pass: about a third slower, far less memory."""
    checkpoint_every: int = 0
    """Steps between two checkpoints from which a killed run resumes; 0 goes by time (about one a
    minute, for at most a twentieth of the time), -1 keeps none."""
    threads: int = 1
    """CPU threads. A fixed number, because it changes the order of float sums."""
    devices: int = 1
    """Processes that share each step: one a GPU, or on the CPU where there is none. Losses are
    those of one process to about 1e-5, not bit for bit."""
    shard: bool = False
    """Divide weights, gradients and moments among the devices (FSDP2); without, each has all."""
    packing: bool = True
    """Put several dialogues, which never see each other, into a sequence."""
    packing_order: PackingOrder = "length"
    """Which dialogues are put into sequences first: the longest, which leaves less room, or those
    with the smallest hash."""
    template: Template = "auto"
    """Chat template: the tokenizer's own (ChatML if it has none), or ChatML."""
    lora: LoraConfig = LoraConfig()
    """Adapters in place of all weights."""

    def __post_init__(self) -> None:
        """Check each field, and the fields against each other."""
        if self.steps is None and self.epochs is None:
            msgspec.structs.force_setattr(self, "epochs", PAPER_EPOCHS)
        if self.steps is not None and self.epochs is not None:
            raise ValueError(
                f"give steps or epochs, not both, got steps={self.steps}, epochs={self.epochs}"
            )
        counts = ("steps", "epochs", "sequences_per_step", "micro_batch", "threads", "devices")
        for name in counts:
            _check(self, name, at_least=1)
        for name in ("threads", "devices"):
            if getattr(self, name) > LARGEST_MACHINE:
                raise ValueError(f"{name} must be <= {LARGEST_MACHINE}, got {getattr(self, name)}")
        _check(self, "max_tokens", at_least=2)
        for name in ("weight_decay", "max_grad_norm"):
            _check(self, name, at_least=0)
        _check(self, "checkpoint_every", at_least=-1)
        if not 0 < self.learning_rate < 1:
            raise ValueError(f"learning_rate must be between 0 and 1, got {self.learning_rate}")
        if not 0 <= self.warmup_ratio <= 1:
            raise ValueError(f"warmup_ratio must be from 0 to 1, got {self.warmup_ratio}")
        if self.shard and self.lora.base != "full":
            raise ValueError(
                f"shard divides weights that are numbers, not those of lora.base={self.lora.base}"
            )
        if self.shard and self.optimizer == "adamw_8bit":
            raise ValueError("shard divides moments that are numbers, not those of adamw_8bit")
        if self.sequences_per_step % self.micro_batch:
            raise ValueError(
                f"micro_batch must divide sequences_per_step={self.sequences_per_step}, "
                f"got {self.micro_batch}"
            )
        if self.sequences_per_step % (self.micro_batch * self.devices):
            raise ValueError(
                f"devices * micro_batch must divide sequences_per_step={self.sequences_per_step}, "
                f"got {self.devices} * {self.micro_batch}"
            )


class MicroConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A small Llama trained from scratch, and how it is pretrained. Embeddings are tied.

    The defaults reached the lowest training loss among the shapes and learning rates tried, with
    about a minute of one CPU core each (docs/log.md: one seed, shape and rate not separated).

    Raises:
        ValueError: a size is not positive or does not divide, or there are too many parameters.
    """

    vocabulary: int = 2048
    """Tokens of the tokenizer, including special tokens and the 256 bytes."""
    hidden: int = 96
    """Width of the residual stream."""
    layers: int = 3
    """Transformer blocks."""
    heads: int = 2
    """Attention heads; divides `hidden` into an even head size."""
    kv_heads: int = 1
    """Key and value heads; divides `heads`."""
    intermediate: int = 256
    """Width inside the gated MLP."""
    context: int = 1024
    """Maximum context length, in tokens."""
    training: TrainConfig = TrainConfig(
        learning_rate=5e-3,
        steps=400,
        sequences_per_step=4,
        micro_batch=4,
        max_tokens=384,
        weight_decay=0.01,
        checkpoint_every=200,
        template="chatml",
        threads=2,
    )
    """Options of the pretraining. Nothing else can run before it ends: hence two threads."""

    def __post_init__(self) -> None:
        """Check that the sizes fit each other and the scale of the starter profile."""
        for name in ("hidden", "layers", "heads", "kv_heads", "intermediate", "context"):
            _check(self, name, at_least=1)
        if not SMALLEST_VOCABULARY <= self.vocabulary <= LARGEST_STARTER_VOCABULARY:
            raise ValueError(
                f"vocabulary must be from {SMALLEST_VOCABULARY} to {LARGEST_STARTER_VOCABULARY}, "
                f"got {self.vocabulary}"
            )
        if self.hidden % (2 * self.heads):
            raise ValueError(
                f"hidden must be a multiple of 2 * heads = {2 * self.heads}, got {self.hidden}"
            )
        if self.heads % self.kv_heads:
            raise ValueError(f"kv_heads must divide heads={self.heads}, got {self.kv_heads}")
        if self.training.lora.rank:
            raise ValueError(
                "training.lora.rank must be 0, as a base is made from random weights, got "
                f"{self.training.lora.rank}"
            )
        if self.training.max_tokens > self.context:
            raise ValueError(
                f"training.max_tokens={self.training.max_tokens} is over context={self.context}"
            )
        if self.parameters > LARGEST_STARTER_MODEL:
            raise ValueError(
                f"at most {LARGEST_STARTER_MODEL} parameters, got {self.parameters}: make "
                "hidden, layers, intermediate or vocabulary smaller"
            )

    @property
    def parameters(self) -> int:
        """Number of trainable parameters."""
        head = self.hidden // self.heads
        attention = 2 * self.hidden * head * (self.heads + self.kv_heads)
        block = attention + 3 * self.hidden * self.intermediate + 2 * self.hidden
        return self.vocabulary * self.hidden + self.layers * block + self.hidden


STARTER_MICRO = MicroConfig()

TINY_MICRO = MicroConfig(
    vocabulary=512,
    hidden=48,
    layers=2,
    heads=2,
    kv_heads=1,
    intermediate=96,
    context=512,
    training=TrainConfig(
        learning_rate=3e-3,
        steps=20,
        sequences_per_step=4,
        micro_batch=4,
        max_tokens=128,
        template="chatml",
    ),
)
