"""Options of low-rank adapters (LoRA): which layers get them, and of what form."""

from typing import Literal

import msgspec

LoraVariant = Literal["lora", "rslora", "dora"]
HeldBase = Literal["full", "8bit", "4bit"]

_LARGEST_ALPHA = 1_000_000


class LoraConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Adapters beside frozen weights: each changes a layer by a product of two thin matrices.

    Hu et al., arXiv 2106.09685; rsLoRA: 2312.03732; DoRA: 2402.09353.

    Raises:
        ValueError: a value out of its range, or one given without a rank.
    """

    rank: int = 0
    """Rank of the adapters; 0 trains all weights instead. With adapters, learning rates are about
    ten times those of all weights."""
    alpha: int = 32
    """Scale of the adapters: what they add is multiplied by alpha / rank, by alpha / root of rank
    with rslora."""
    dropout: float = 0.0
    """Share of an adapter's inputs that is dropped in training."""
    variant: LoraVariant = "lora"
    """Form of the adapters: lora, rslora (another scale), dora (directions and lengths apart)."""
    targets: tuple[str, ...] = ()
    """Names of the layers that get adapters, such as q_proj; empty takes all linear layers and
    experts, but not the output layer."""
    base: HeldBase = "full"
    """How the frozen weights are held: in the precision of the training, or in 8 or 4 bits, which
    needs the package bitsandbytes."""

    def __post_init__(self) -> None:
        """Check each field, and that none is given in vain."""
        if self.rank < 0:
            raise ValueError(f"rank must be >= 0, got {self.rank}")
        if not 1 <= self.alpha <= _LARGEST_ALPHA:
            raise ValueError(f"alpha must be from 1 to {_LARGEST_ALPHA}, got {self.alpha}")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout must be from 0 to below 1, got {self.dropout}")
        for name in self.__struct_fields__:
            if not self.rank and name != "rank" and getattr(self, name) != _default(name):
                raise ValueError(
                    f"{name} is that of adapters, but rank is 0, which trains all weights: give a "
                    f"rank too, got {name}={getattr(self, name)}"
                )


def _default(name: str) -> object:
    return next(f.default for f in msgspec.structs.fields(LoraConfig) if f.name == name)
