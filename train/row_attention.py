"""Attention of each packed dialogue by itself, in training.

`transformers` computes a packed sequence as one masked square, most of which the mask throws away;
and a batch of sequences is padded to the longest. Here a batch is one line of dialogues end to end,
and each attends to itself alone: the same mathematics, in another order of sums.

`install` decides for a model what computes it (`train.attention_kernels`), or that a masked square
does. It serves models whose attention is called through `transformers`' interface and says all that
a mask would say as arguments (those that can use flash attention do). A probe compares the logits
with those of the plain way; a model that differs, or asks for anything else, trains the plain way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from train.attention_kernels import (
    KERNELS,
    LONGEST_PROBE,
    PACKAGE,
    ROWS,
    AttentionCall,
    Kernel,
    Line,
    Unfit,
    kernels_of,
    line_of,
    serves,
)
from train.meeting import from_main, is_main
from train.train_config import Precision

_LINES: Final[list[Line]] = []
"""The line in the model, inside of `lined_up`.

Not a `ContextVar`: on a GPU the backward pass, in which layers are computed again under gradient
checkpointing, has a thread of its own.
"""
_SEEN: Final[list[set[AttentionCall]]] = []
"""What is asked for while a model is probed."""

_UNKNOWN: Final = ("softcap", "s_aux", "position_bias", "cache")
"""Arguments of an attention that change its result, and that `_attend` does not know."""

_MASKED_LAYERS: Final = frozenset({"full_attention", "sliding_attention"})
_TOLERANCE: Final = 1e-4
_FLOAT: Final = 4
"""Bytes of a number in float32."""
_ROUNDED: Final = 3e-2
"""Beside it for 16 bits on a GPU, where products of other shapes are rounded in other places."""


def install(model: Any, precision: Precision = "float32") -> str | None:
    """Let `model`, wherever it is, train on lines of dialogues (see `lined_up`), if it can.

    Returns what computes their attention on the device that this process trains on, or None: it
    trains the plain way. Outside of `lined_up` the model computes as before.
    """
    kernels = kernels_of(device_here().type, precision)
    if not kernels or not _is_known(model):
        return None
    before = model.config._attn_implementation
    plain = _probe(model, lined=False)
    _register()
    model.set_attn_implementation(ROWS.name)
    calls: set[AttentionCall] = set()
    _SEEN.append(calls)
    try:
        ours = _probe(model, lined=True)
        scale = plain.abs().max().clamp(min=1e-9)
        fits = bool((ours - plain).abs().max() <= _tolerance(model) * scale)
    except Exception:  # noqa: BLE001 - whatever a model does where it finds no mask: it has one then
        fits = False
    finally:
        _SEEN.pop()
    for kernel in kernels if fits else ():
        if kernel is ROWS or serves(kernel, calls, device_here()):
            model.set_attn_implementation(kernel.name)
            return kernel.said
    model.set_attn_implementation(before)
    return None


def _tolerance(model: Any) -> float:
    """Between logits of `model`; weights held in a few bits are computed with in 16."""
    rounded = (w.device.type != "cpu" and w.element_size() < _FLOAT for w in model.parameters())
    return _ROUNDED if any(rounded) else _TOLERANCE


def install_in_all(model: Any, precision: Precision) -> str | None:
    """As `install`, of all processes of a training as the main one decides.

    The others need not have the content of the model (`train.main_loading`).
    """
    said = install(model, precision) if is_main() else None
    found: tuple[str | None, str] = from_main((said, model.config._attn_implementation))
    if not is_main():
        _register()
        model.set_attn_implementation(found[1])
    return found[0]


def assume(model: Any, precision: Precision, device: str) -> str | None:
    """As `install` on a device of this type, but without probes: the weights have no content.

    `forget_masks` has to follow, before a model with content computes.
    """
    kernels = kernels_of(device, precision)
    if not kernels or not _is_known(model):
        return None
    _register()
    known = (kernel for kernel in kernels if kernel is not PACKAGE)  # it needs content
    model.set_attn_implementation(next(known, ROWS).name)
    return kernels[0].said


def device_here() -> Any:
    """The device that this process trains on."""
    import torch

    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return torch.device("cpu") if found is None else found


@contextmanager
def lined_up(positions: Any) -> Iterator[None]:
    """Inside the block, the model's input is one line of dialogues: `positions` is [1, tokens].

    A position 0 starts a dialogue.
    """
    starts = (positions[0] == 0).nonzero()[:, 0].tolist()
    ends = [*starts[1:], positions.shape[1]]
    lengths = (end - start for start, end in zip(starts, ends, strict=True))
    _LINES.append(line_of(lengths, positions.device))
    try:
        yield
    finally:
        _LINES.pop()


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
    long = max(13, window + 8 if window + 8 <= LONGEST_PROBE else 0)
    context = getattr(text, "max_position_embeddings", None) or long
    lengths = (min(11, context), min(long, context))
    embeddings = model.get_input_embeddings()
    draw, device = torch.Generator().manual_seed(0), embeddings.weight.device
    ids = torch.randint(embeddings.num_embeddings, (1, sum(lengths)), generator=draw).to(device)
    positions = torch.cat([torch.arange(length) for length in lengths])[None].to(device)
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

    for kernel in KERNELS:
        AttentionInterface.register(kernel.name, partial(_attend, kernel))
        AttentionMaskInterface.register(kernel.name, _mask)


def _mask(*args: Any, **options: Any) -> Any:
    """No mask for a line of dialogues; else the usual one."""
    from transformers.masking_utils import sdpa_mask

    if not _LINES:
        return sdpa_mask(*args, **options)
    if options.get("use_vmap"):  # the model's own idea of who sees whom
        raise Unfit
    return None


def _attend(
    kernel: Kernel,
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
        Unfit: an argument that changes the result is not known here.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if not _LINES:
        options |= {"dropout": dropout, "scaling": scaling}
        found: tuple[Any, None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, **options
        )
        return found
    unknown = any(options.get(name) is not None for name in _UNKNOWN)
    causal = options.get("is_causal")
    causal = getattr(module, "is_causal", True) if causal is None else causal
    if unknown or not causal or attention_mask is not None or key.shape[2] != query.shape[2]:
        raise Unfit
    call = AttentionCall(
        heads=query.shape[1],
        kv_heads=key.shape[1],
        size=query.shape[3],
        value_size=value.shape[3],
        scale=scaling,
        window=options.get("sliding_window"),
        dropout=dropout,
    )
    if _SEEN:
        _SEEN[-1].add(call._replace(dropout=_dropout(module)))
    return kernel.attend(query, key, value, _LINES[-1], call), None


def _dropout(module: Any) -> float:
    """The dropout of an attention in training; no model says more than that it is one."""
    named = (value for name, value in vars(module).items() if "dropout" in name)
    return max((value for value in named if isinstance(value, float)), default=0.0)
