"""What a training computes: floating-point operations, from a model's config and no weights.

Counted are multiplications and additions of matrices, as in the appendix of PaLM (arXiv 2204.02311)
and in published figures of utilisation: a weight costs 2 for each token forwards and 4 backwards, a
frozen one 2. Attention counts the pairs that a causal mask leaves within each dialogue, the output
layer the learned tokens alone. Activations that are computed again do not count as work, and of a
mixture of experts only the experts that a token goes through.
"""

from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from train.packed import Packed
from train.plan import EMPTY, schedule
from train.train_config import TrainConfig
from ultralink_data.libraries import import_transformers

EXPERTS: Final = ("num_experts", "num_local_experts", "n_routed_experts")
"""What configs call the number of experts."""
_CHOSEN: Final = ("num_experts_per_tok", "top_k_experts", "moe_topk", "num_experts_per_token")
_FORWARD: Final = 2
_BACKWARD: Final = 4
_FROZEN: Final = 2


class ModelShape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sizes of a model. Of its `parameters`, a token goes through `active`, and `trained` change.

    `multiplied` are active weights of matrices of the blocks that were there before any adapters,
    `head` those of the output layer, and `attended` the sum over layers of heads times head size.
    """

    parameters: int
    active: int
    trained: int
    multiplied: int
    head: int
    attended: int


class SeenTokens(NamedTuple):
    """What a run computes: tokens with padding, learned tokens, and pairs that attend."""

    tokens: int
    learned: int
    pairs: int


class ComputePlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Floating-point operations of a whole run, by part."""

    shape: ModelShape
    matrices: float
    attention: float
    head: float

    @property
    def total(self) -> float:
        """All of them."""
        return self.matrices + self.attention + self.head

    def hours(self, devices: int, peak: float, utilisation: float) -> float:
        """How long it takes on so many devices of `peak` operations a second, used to a share."""
        return self.total / (devices * peak * utilisation) / 3600


def seen_of(packed: Packed, config: TrainConfig, seed: int, computed: int) -> SeenTokens:
    """What a run on packed data sees; `computed` are its tokens with padding."""
    order = schedule(packed.sequences, config, seed, packed.counts.phases).reshape(-1)
    times = np.bincount(order[order != EMPTY], minlength=packed.sequences)
    each = np.repeat(times, packed.sequence_segments)
    lengths = packed.segment_tokens.astype(np.int64)
    pairs = lengths * (lengths + 1) // 2
    learned = int((times * packed.sequence_learned).sum())
    return SeenTokens(computed, learned, int((each * pairs).sum()))


def model_shape(model_config: Any, recipe: TrainConfig) -> ModelShape:
    """The sizes of a model of this `transformers` config, with the adapters of `recipe`.

    Raises:
        ConfigError: it has no layers that adapters are asked for.
    """
    import_transformers()
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(model_config)
        whole = sum(p.numel() for p in model.parameters())
        multiplied, idle = _weights(model)
        if recipe.lora.rank:
            from train.lora import add_adapters

            network = add_adapters(model, "", recipe.lora, 0, ())
            trained = sum(p.numel() for p in network.parameters() if p.requires_grad)
        else:
            trained = whole
    text = model_config.get_text_config(decoder=True)
    heads = getattr(text, "num_attention_heads", 0) or 0
    size = getattr(text, "head_dim", None) or (text.hidden_size // heads if heads else 0)
    parameters = whole + (trained if recipe.lora.rank else 0)
    return ModelShape(
        parameters=parameters,
        active=parameters - round(idle),
        trained=trained,
        multiplied=round(multiplied),
        head=text.vocab_size * text.hidden_size,
        attended=text.num_hidden_layers * heads * size,
    )


def _weights(model: Any) -> tuple[float, float]:
    """Weights of matrices that a token is multiplied with, and weights that it goes past."""
    from torch.nn import Linear
    from transformers.pytorch_utils import Conv1D

    share = _share_of_experts(model.config.get_text_config(decoder=True))
    matrices = {
        f"{name}.weight"
        for name, module in model.named_modules()
        if isinstance(module, Linear | Conv1D) and module is not model.get_output_embeddings()
    }
    multiplied = idle = 0.0
    for name, weights in model.named_parameters():
        is_expert = ".experts." in name
        used = share if is_expert else 1.0
        if name in matrices or (is_expert and weights.ndim == 3):
            multiplied += used * weights.numel()
        if is_expert:
            idle += (1 - used) * weights.numel()
    return multiplied, idle


def _share_of_experts(text: Any) -> float:
    """The share of its experts that a token goes through; 1 for other models."""
    every = next((getattr(text, name) for name in EXPERTS if getattr(text, name, None)), None)
    chosen = next((getattr(text, name) for name in _CHOSEN if getattr(text, name, None)), None)
    return chosen / every if every and chosen else 1.0


def compute_plan(shape: ModelShape, seen: SeenTokens, *, frozen: bool) -> ComputePlan:
    """The operations of a run that sees `seen`; with `frozen`, adapters alone are trained."""
    each = _FORWARD + (_FROZEN if frozen else _BACKWARD)
    adapters = (_FORWARD + _BACKWARD) * shape.trained if frozen else 0
    return ComputePlan(
        shape=shape,
        matrices=float(seen.tokens) * (each * shape.multiplied + adapters),
        attention=2.0 * (_FORWARD + _BACKWARD) * shape.attended * seen.pairs,
        head=float(each) * shape.head * seen.learned,
    )
