"""Attention of each packed dialogue by itself, for training on a CPU.

`transformers` computes a packed sequence as one masked square, most of which the mask throws away;
and a batch of sequences is padded to the longest. Here a batch is one line of dialogues end to end,
and each attends to itself alone: the same mathematics, in another order of sums.

It serves models whose attention is called through `transformers`' interface and says all that a
mask would say as arguments (those that can use flash attention do). A probe compares the logits
with those of the plain way; a model that differs, or asks for anything else, trains the plain way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

NAME: Final = "dialogue_by_dialogue"
"""What `transformers` calls this attention."""

_ROWS: ContextVar[tuple[int, ...] | None] = ContextVar("rows", default=None)
"""Tokens of each dialogue of the line in the model; None outside of `lined_up`."""

_UNKNOWN: Final = ("softcap", "s_aux", "position_bias", "cache")
"""Arguments of an attention that change its result, and that `_attend` does not know."""

_MASKED_LAYERS: Final = frozenset({"full_attention", "sliding_attention"})
_TOLERANCE: Final = 1e-4
_LONGEST_PROBE: Final = 512


class _Unfit(Exception):
    """The model asks for an attention that is not the one here."""


def install(model: Any) -> bool:
    """Let `model` train on lines of dialogues (see `lined_up`), if it can; whether it can.

    Outside of `lined_up` it computes as before.
    """
    if not _is_here() or not _is_known(model):
        return False
    before = model.config._attn_implementation
    plain = _probe(model, lined=False)
    _register()
    model.set_attn_implementation(NAME)
    try:
        ours = _probe(model, lined=True)
        scale = plain.abs().max().clamp(min=1e-9)
        fits = bool((ours - plain).abs().max() <= _TOLERANCE * scale)
    except Exception:  # noqa: BLE001 - whatever a model does where it finds no mask: it has one then
        fits = False
    if not fits:
        model.set_attn_implementation(before)
    return fits


def assume(model: Any) -> bool:
    """As `install`, but without the probe: for a model whose weights have no content.

    `forget_masks` has to follow, before one with content computes.
    """
    if not _is_here() or not _is_known(model):
        return False
    _register()
    model.set_attn_implementation(NAME)
    return True


def forget_masks() -> None:
    """Forget masks that were made without content."""
    _window_mask.cache_clear()


def _is_here() -> bool:
    """Whether this process trains alone and on a CPU."""
    import torch
    from accelerate import PartialState

    return not torch.accelerator.is_available() and PartialState().num_processes == 1


@contextmanager
def lined_up(positions: Any) -> Iterator[None]:
    """Inside the block, the model's input is one line of dialogues: `positions` is [1, tokens].

    A position 0 starts a dialogue.
    """
    starts = (positions[0] == 0).nonzero()[:, 0].tolist()
    ends = [*starts[1:], positions.shape[1]]
    token = _ROWS.set(tuple(end - start for start, end in zip(starts, ends, strict=True)))
    try:
        yield
    finally:
        _ROWS.reset(token)


def _is_known(model: Any) -> bool:
    config: Any = getattr(model, "config", None)
    if getattr(config, "_attn_implementation", None) != "sdpa":
        return False
    text = config.get_text_config(decoder=True)
    return (
        bool(getattr(model, "_supports_flash_attn", False))
        and set(getattr(text, "layer_types", None) or ()) <= _MASKED_LAYERS
        and getattr(text, "attention_chunk_size", None) is None
    )


def _probe(model: Any, *, lined: bool) -> Any:
    """Logits of two made-up dialogues, [tokens, vocabulary]: in a line, or one after the other.

    The second is longer than a sliding window, if that is short.
    """
    import torch

    text = model.config.get_text_config(decoder=True)
    window = getattr(text, "sliding_window", None) or 0
    long = max(13, window + 8 if window + 8 <= _LONGEST_PROBE else 0)
    context = getattr(text, "max_position_embeddings", None) or long
    lengths = (min(11, context), min(long, context))
    size = model.get_input_embeddings().num_embeddings
    ids = torch.randint(size, (1, sum(lengths)), generator=torch.Generator().manual_seed(0))
    positions = torch.cat([torch.arange(length) for length in lengths])[None]
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            if lined:
                with lined_up(positions):
                    return model(input_ids=ids, position_ids=positions, use_cache=False).logits[0]
            first, second = ids[:, : lengths[0]], ids[:, lengths[0] :]
            parts = (model(input_ids=part, use_cache=False).logits[0] for part in (first, second))
            return torch.cat([*parts])
    finally:
        model.train(training)


def _register() -> None:
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(NAME, _attend)
    AttentionMaskInterface.register(NAME, _mask)


def _mask(*args: Any, **options: Any) -> Any:
    """No mask for a line of dialogues; else the usual one."""
    from transformers.masking_utils import sdpa_mask

    if _ROWS.get() is None:
        return sdpa_mask(*args, **options)
    if options.get("use_vmap"):  # the model's own idea of who sees whom
        raise _Unfit
    return None


def _attend(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    dropout: float = 0.0,
    scaling: float | None = None,
    **options: Any,
) -> tuple[Any, None]:
    """Attention [1, tokens, heads, size] of `query` [1, heads, tokens, size] and the others.

    Raises:
        _Unfit: an argument that changes the result is not known here.
    """
    import torch
    from torch.nn.functional import scaled_dot_product_attention
    from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward

    lengths = _ROWS.get()
    if lengths is None:
        options |= {"dropout": dropout, "scaling": scaling}
        found: tuple[Any, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **options
        )
        return found
    unknown = any(options.get(name) is not None for name in _UNKNOWN)
    causal = options.get("is_causal")
    causal = getattr(module, "is_causal", True) if causal is None else causal
    if unknown or not causal or attention_mask is not None or key.shape[2] != query.shape[2]:
        raise _Unfit
    times = query.shape[1] // key.shape[1]
    key, value = repeat_kv(key, times), repeat_kv(value, times)
    window = options.get("sliding_window")
    rows = []
    parts = (part.split(lengths, 2) for part in (query, key, value))
    for length, q, k, v in zip(lengths, *parts, strict=True):
        mask = None if window is None or window >= length else _window_mask(length, window)
        rows.append(
            scaled_dot_product_attention(
                q, k, v, attn_mask=mask, is_causal=mask is None, dropout_p=dropout, scale=scaling
            )
        )
    return torch.cat(rows, 2).transpose(1, 2).contiguous(), None


@lru_cache(maxsize=64)  # a mask of 4,096 tokens takes 16 MB
def _window_mask(length: int, window: int) -> Any:
    """Who sees whom in a sliding window: bool [length, length]; a token sees itself and before."""
    import torch

    ones = torch.ones(length, length, dtype=torch.bool)
    return ones.tril().triu(1 - window)
