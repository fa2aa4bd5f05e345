"""What computes the attention of a line of packed dialogues, each by itself: one way a device.

On a CPU torch's attention is called for each dialogue. On a GPU all dialogues go through one
variable-length kernel: that of the package `flash-attn` where it is installed, else torch's own
(`torch.nn.attention.varlen`, torch 2.10 and later). Both take 16-bit numbers only.

Queries, keys and values are [1, heads, tokens, size], as `transformers` has them; results are
[1, tokens, heads, size].
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from inspect import signature
from math import isclose
from typing import Any, Final, NamedTuple

from train.train_config import Precision

LONGEST_PROBE: Final = 512
"""Tokens of a made-up dialogue at most."""
_NEAREST: Final = 3
"""The window that kernels are tried with: one off by a token shows in a short one."""
_TOLERANCE: Final = 2e-2
"""Between results in bfloat16 and float32, as a share of the largest number."""


class Unfit(Exception):
    """An attention is asked for that is not the one here."""


class Line(NamedTuple):
    """Dialogues end to end: the tokens of each, and where they begin and end.

    `bounds` are int32 [dialogues + 1], from 0 to all tokens, on the device of the tokens.
    """

    lengths: tuple[int, ...]
    bounds: Any


class AttentionCall(NamedTuple):
    """What a layer asks of its attention, which is causal.

    `kv_heads` divides `heads`. Without a `scale` it is the root of 1 / `size`. A token sees itself
    and the `window` - 1 before it, or all.
    """

    heads: int
    kv_heads: int
    size: int
    value_size: int
    scale: float | None
    window: int | None
    dropout: float


class Kernel(NamedTuple):
    """A way to compute it.

    `name` is what `transformers` calls it, `said` what a person reads.
    """

    name: str
    said: str
    attend: Callable[[Any, Any, Any, Line, AttentionCall], Any]


def _row_by_row(query: Any, key: Any, value: Any, line: Line, call: AttentionCall) -> Any:
    import torch
    from torch.nn.functional import scaled_dot_product_attention
    from transformers.integrations.sdpa_attention import repeat_kv

    times = call.heads // call.kv_heads
    key, value = repeat_kv(key, times), repeat_kv(value, times)
    rows = []
    parts = (part.split(line.lengths, 2) for part in (query, key, value))
    for length, q, k, v in zip(line.lengths, *parts, strict=True):
        whole = call.window is None or call.window >= length
        mask = None if whole else _window_mask(length, call.window, query.device)
        rows.append(
            scaled_dot_product_attention(
                q,
                k,
                v,
                attn_mask=mask,
                is_causal=mask is None,
                dropout_p=call.dropout,
                scale=call.scale,
            )
        )
    return torch.cat(rows, 2).transpose(1, 2).contiguous()


@lru_cache(maxsize=64)  # a mask of 4,096 tokens takes 16 MB
def _window_mask(length: int, window: int | None, device: Any) -> Any:
    """Who sees whom in a sliding window: bool [length, length]; a token sees itself and before."""
    import torch

    ones = torch.ones(length, length, dtype=torch.bool, device=device)
    return ones.tril().triu(1 - (window or length))


def forget_masks() -> None:
    """Forget masks that were made without content."""
    _window_mask.cache_clear()


def _by_torch(query: Any, key: Any, value: Any, line: Line, call: AttentionCall) -> Any:
    kernel = _torch()
    if kernel is None:
        raise Unfit
    known = signature(kernel).parameters
    options = torch_options(known, call)
    q, k, v = _in_line(query), _in_line(key), _in_line(value)
    if "enable_gqa" not in known:  # each key and value then has a query of its own
        k, v = (each.repeat_interleave(call.heads // call.kv_heads, 1) for each in (k, v))
    longest = max(line.lengths)
    found = kernel(q, k, v, line.bounds, line.bounds, longest, longest, **options)
    return _as_asked(found, query)


def torch_options(known: Iterable[str], call: AttentionCall) -> dict[str, Any]:
    """How torch's kernel is told of `call`; `known` are the names of its arguments.

    torch 2.10 has `is_causal` and nothing more; 2.11 `scale` and `window_size`, tokens to the left
    and right of a token's own, of which (-1, 0) is causal; later ones `enable_gqa` too.

    Raises:
        Unfit: it cannot be told.
    """
    known = {*known}
    usual = call.scale is None or isclose(call.scale, call.size**-0.5)
    if call.dropout or call.value_size != call.size:
        raise Unfit
    if ("window_size" not in known and call.window is not None) or (
        "scale" not in known and not usual
    ):
        raise Unfit
    options: dict[str, Any] = {}
    if "window_size" in known:
        options["window_size"] = (-1 if call.window is None else call.window - 1, 0)
    else:
        options["is_causal"] = True
    if "scale" in known:
        options["scale"] = call.scale
    if "enable_gqa" in known:
        options["enable_gqa"] = call.heads != call.kv_heads
    return options


def _by_package(query: Any, key: Any, value: Any, line: Line, call: AttentionCall) -> Any:
    import torch

    kernel = _package()
    if kernel is None or call.value_size != call.size:
        raise Unfit
    longest = max(line.lengths)
    found = kernel(
        _in_line(query),
        _in_line(key),
        _in_line(value),
        cu_seqlens_q=line.bounds,
        cu_seqlens_k=line.bounds,
        max_seqlen_q=longest,
        max_seqlen_k=longest,
        dropout_p=call.dropout,
        softmax_scale=call.scale,
        causal=True,
        window_size=(-1, -1) if call.window is None else (call.window - 1, 0),
        deterministic=torch.are_deterministic_algorithms_enabled(),
    )
    return _as_asked(found, query)


def _in_line(part: Any) -> Any:
    """[tokens, heads, size] of [1, heads, tokens, size], in the 16 bits of autocast.

    Positions turn queries and keys into float32 under it. On a GPU there is no other way.
    """
    import torch

    kind = part.device.type
    dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else part.dtype
    if part.is_cuda and dtype == torch.float32:
        dtype = torch.bfloat16
    return part[0].transpose(0, 1).to(dtype).contiguous()


def _as_asked(found: Any, query: Any) -> Any:
    """What a kernel found, as `transformers` takes it: as `query` is, or half under autocast."""
    import torch

    half = torch.is_autocast_enabled(query.device.type)
    return (found if half else found.to(query.dtype))[None]


ROWS: Final = Kernel("dialogue_by_dialogue", "row by row", _row_by_row)
TORCH: Final = Kernel("dialogue_by_dialogue_torch", "torch varlen_attn", _by_torch)
PACKAGE: Final = Kernel("dialogue_by_dialogue_package", "flash_attn", _by_package)
KERNELS: Final = (ROWS, TORCH, PACKAGE)
MASKED_SQUARE: Final = "masked square"
"""What is said where none of them is used."""


def kernels_of(device: str, precision: Precision) -> tuple[Kernel, ...]:
    """What may be used on a device of this type, the best first; none: a masked square.

    `cuda` is also what torch calls AMD's.
    """
    if device == "cpu":
        return (ROWS,)
    if device != "cuda" or precision != "bfloat16":
        return ()
    return tuple(kernel for kernel, found in ((PACKAGE, _package()), (TORCH, _torch())) if found)


def _package() -> Callable[..., Any] | None:
    """The kernel of flash-attn 2; None where it is not installed."""
    try:
        from flash_attn import flash_attn_varlen_func
    except (ImportError, OSError):  # or built for another torch, or a part of it only
        return None
    found: Callable[..., Any] = flash_attn_varlen_func
    return found


def _torch() -> Callable[..., Any] | None:
    """Torch's own kernel; None before torch 2.10."""
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    return varlen_attn


def serves(kernel: Kernel, calls: Iterable[AttentionCall], device: Any) -> bool:
    """Whether a kernel computes all of `calls` on a device, and their gradients.

    Each is tried on two made-up dialogues, beside attention row by row in float32. Another size of
    heads, an older GPU, or what has no reproducible form may be beyond it.
    """
    try:
        return all(_agrees(kernel, call, device) for call in calls)
    except Exception:  # noqa: BLE001 - whatever a kernel raises: it is not used then
        return False


def _agrees(kernel: Kernel, call: AttentionCall, device: Any) -> bool:
    import torch

    line, given = line_of([11, 13], device), _drawn(call, device)
    if call.dropout:  # cannot be compared: whether it is taken is all that shows
        kernel.attend(*given, line, call)
        call = call._replace(dropout=0.0)
    if call.window is not None:
        call = call._replace(window=min(call.window, _NEAREST))
    both = []
    for way, dtype in ((kernel, torch.bfloat16), (ROWS, torch.float32)):
        query, key, value = parts = [each.to(dtype, copy=True).requires_grad_() for each in given]
        found = way.attend(query, key, value, line, call)
        weights = torch.linspace(-1, 1, found.numel(), device=device).reshape(found.shape)
        gradients = torch.autograd.grad((found.float() * weights).sum(), parts)
        both.append([found, *gradients])
    return all(
        bool((one.float() - two).abs().max() <= _TOLERANCE * two.abs().max())
        for one, two in zip(*both, strict=True)
    )


def _drawn(call: AttentionCall, device: Any) -> tuple[Any, Any, Any]:
    """Made-up queries, keys and values of 24 tokens, in bfloat16."""
    import torch

    draw = torch.Generator().manual_seed(0)
    shapes = (
        (call.heads, call.size),
        (call.kv_heads, call.size),
        (call.kv_heads, call.value_size),
    )
    query, key, value = (
        torch.randn(1, heads, 24, size, generator=draw).to(device, torch.bfloat16)
        for heads, size in shapes
    )
    return query, key, value


def line_of(lengths: Iterable[int], device: Any) -> Line:
    """A line of dialogues of so many tokens."""
    import torch

    lengths = tuple(lengths)
    bounds = torch.tensor([0, *lengths]).cumsum(0).to(device, torch.int32)
    return Line(lengths, bounds)
