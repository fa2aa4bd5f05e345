"""The architectures that a starter base can have, all of one size: the shapes of four families.

Each is the family's own block at the sizes of a `MicroConfig`, with the same tokenizer, tied
embeddings and about the same number of parameters (what differs are vectors: under 1 %):

- `llama`: the default;
- `mistral`: as Llama, but a token sees the last `WINDOW` tokens only (sliding window attention);
- `qwen`: as Llama, with queries and keys normalised in each head (Qwen3);
- `gemma`: sliding windows below one layer of full attention, normalised queries and keys, norms
  after each part of a block too, GELU in the gate, embeddings scaled by the root of the width
  (Gemma 3).
"""

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from train.train_config import MicroConfig
from ultralink_data.libraries import import_transformers

Family: TypeAlias = Literal["llama", "qwen", "gemma", "mistral"]

WINDOW: Final = 128
"""Tokens of a sliding window: shorter than most starter dialogues, so that it matters."""


def random_model(family: Family, sizes: MicroConfig, tokens: Any) -> Any:
    """A model of this family with random weights from torch's current seed."""
    import_transformers()
    return _MAKERS[family](_shared(sizes, tokens), sizes)


def _shared(sizes: MicroConfig, tokens: Any) -> dict[str, Any]:
    """The arguments that the configs of all families take."""
    return {
        "vocab_size": sizes.vocabulary,
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "num_key_value_heads": sizes.kv_heads,
        "intermediate_size": sizes.intermediate,
        "max_position_embeddings": sizes.context,
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": tokens.eos_token_id,
        "pad_token_id": tokens.pad_token_id,
    }


def _llama(shared: dict[str, Any], sizes: MicroConfig) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(LlamaConfig(**shared))


def _mistral(shared: dict[str, Any], sizes: MicroConfig) -> Any:
    from transformers import MistralConfig, MistralForCausalLM

    return MistralForCausalLM(MistralConfig(**shared, sliding_window=WINDOW))


def _qwen(shared: dict[str, Any], sizes: MicroConfig) -> Any:
    from transformers import Qwen3Config, Qwen3ForCausalLM

    return Qwen3ForCausalLM(Qwen3Config(**shared, head_dim=sizes.hidden // sizes.heads))


def _gemma(shared: dict[str, Any], sizes: MicroConfig) -> Any:
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    head = sizes.hidden // sizes.heads
    layers = [*["sliding_attention"] * (sizes.layers - 1), "full_attention"]
    return Gemma3ForCausalLM(
        Gemma3TextConfig(
            **shared,
            head_dim=head,
            query_pre_attn_scalar=head,
            sliding_window=WINDOW,
            layer_types=layers,
        )
    )


_MAKERS: Final[dict[Family, Callable[[dict[str, Any], MicroConfig], Any]]] = {
    "llama": _llama,
    "qwen": _qwen,
    "gemma": _gemma,
    "mistral": _mistral,
}
