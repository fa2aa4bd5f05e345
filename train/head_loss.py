"""Output layer and cross entropy together, for some tokens at a time: all logits never exist.

With a vocabulary of 49,152 the logits of 1,000 learned tokens take 200 MB, and as much again each
for their logarithms and gradients. Here the gradients of the layer's input and weight are computed
along with the loss, and the logits of one part of the tokens make room for the next.

It serves a plain linear output layer of a large vocabulary whose results are the model's logits,
which a probe finds out: some models scale or cap them behind the layer.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

SMALLEST_VOCABULARY: Final = 16_384
"""Tokens from which it pays; below it, results stay as they were, bit for bit."""

_LOGITS_AT_ONCE: Final = 1 << 23
_FEWEST_TOKENS: Final = 64
_ON_A_GPU: Final = 1 << 27
"""Logits at once there: a gigabyte with their gradients in 16 bits.

A product fills the card from about a thousand tokens on, while each part reads and writes the whole
gradient of the layer's weight: with the parts of a CPU, 65 tokens of 128,256, that is most of the
time.
"""
_TILE: Final = 256
"""Tokens that a GPU multiplies at a time: parts are multiples."""


def tokens_at_once(device: str, vocabulary: int) -> int:
    """Tokens of a part on a device of this type ("cpu", "cuda")."""
    if device == "cpu":
        return max(_FEWEST_TOKENS, _LOGITS_AT_ONCE // vocabulary)
    return max(_TILE, _ON_A_GPU // vocabulary // _TILE * _TILE)


def fits(model: Any, *, probe: bool = True) -> bool:
    """Whether the loss of this model can be computed so.

    Without `probe`, a model whose weights have no content is believed to have plain logits.
    """
    from torch.nn import Linear, Parameter

    head = model.get_output_embeddings()
    return (
        type(head) is Linear
        and head.bias is None
        and (type(head.weight) is Parameter or (not probe and isinstance(head.weight, Parameter)))
        and head.weight.is_floating_point()
        and head.weight.shape[0] >= SMALLEST_VOCABULARY
        and _is_alone()
        and (not probe or _are_plain(model, head))
    )


def _is_alone() -> bool:
    """Whether one process trains, which holds all weights."""
    from accelerate import PartialState

    return bool(PartialState().num_processes == 1)


def _are_plain(model: Any, head: Any) -> bool:
    """Whether the logits of a short text are the layer's results, to the last bit."""
    import torch

    seen = []
    hook = head.register_forward_hook(lambda _, inputs, result: seen.append(result))
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            ids = torch.arange(1, 9, device=head.weight.device)[None]
            logits = model(input_ids=ids, use_cache=False).logits
    finally:
        hook.remove()
        model.train(training)
    return len(seen) == 1 and torch.equal(seen[0], logits)


def is_loss(summed: Callable[[Any, Any], Any]) -> bool:
    """Whether `summed`, a loss of logits and targets, is the one computed here, tried on a few."""
    import torch

    draw = torch.Generator().manual_seed(0)
    hidden, weight = torch.randn(5, 8, generator=draw), torch.randn(11, 8, generator=draw)
    targets = torch.arange(5)
    losses: tuple[Callable[[Any, Any, Any], Any], ...] = (
        summed_loss,
        lambda rows, table, goal: summed(rows @ table.T, goal),
    )
    found = []
    for loss in losses:
        rows = hidden.clone().requires_grad_()
        total = loss(rows, weight, targets)
        if not isinstance(total, torch.Tensor) or total.ndim or not total.requires_grad:
            return False
        (gradient,) = torch.autograd.grad(total, rows)
        found.append(torch.cat((total.detach().reshape(1), gradient.flatten())))
    ours, others = found
    return torch.allclose(ours, others, rtol=1e-5, atol=1e-6)


def summed_loss(hidden: Any, weight: Any, targets: Any, at_once: int | None = None) -> Any:
    """The sum of the cross entropies of `targets` [tokens], in nats, a float32 number.

    The logits are `hidden` [tokens, width] times `weight` [vocabulary, width], transposed, in the
    precision that `as_computed` gives `hidden`. It can be differentiated once. Parts are of
    `at_once` tokens, by default as many as suit the device.
    """
    if at_once is None:
        at_once = tokens_at_once(hidden.device.type, weight.shape[0])
    return _function().apply(as_computed(hidden), weight, targets, at_once)


def as_computed(hidden: Any) -> Any:
    """What goes into the layer as the layer takes it: under autocast in its precision.

    `transformers` has autocast on in the model's forward pass only, not where it asks for the loss.
    """
    import torch

    kind = hidden.device.type
    return hidden.to(torch.get_autocast_dtype(kind)) if torch.is_autocast_enabled(kind) else hidden


@cache
def _function() -> Any:
    import torch

    class HeadLoss(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, hidden: Any, weight: Any, targets: Any, at_once: int) -> Any:
            wanted = ctx.needs_input_grad
            with torch.autocast(hidden.device.type, enabled=False):
                total, *gradients = _in_parts(hidden, weight, targets, at_once, wanted)
            ctx.save_for_backward(*gradients)
            return total

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            of_hidden, of_weight = ctx.saved_tensors
            found = [None if g is None else g.mul_(gradient) for g in (of_hidden, of_weight)]
            return (*found, None, None)

    return HeadLoss


def _in_parts(
    hidden: Any, weight: Any, targets: Any, at_once: int, wanted: tuple[bool, ...]
) -> tuple[Any, Any, Any]:
    """The loss, and the gradients of `hidden` and `weight` where they are wanted."""
    import torch

    dtype = hidden.dtype
    table = weight.to(dtype)
    total = torch.zeros((), dtype=torch.float32, device=hidden.device)
    of_hidden = torch.empty_like(hidden) if wanted[0] else None
    of_weight = torch.zeros_like(weight) if wanted[1] else None
    for first in range(0, len(targets), at_once):
        rows, goal = hidden[first : first + at_once], targets[first : first + at_once, None]
        logits = (rows @ table.T).float()
        logits -= logits.amax(1, keepdim=True)
        total -= logits.gather(1, goal).sum()
        gradient = logits.exp_()
        shares = gradient.sum(1, keepdim=True)
        total += shares.log().sum()
        if of_hidden is None and of_weight is None:
            continue
        gradient /= shares
        gradient.scatter_add_(1, goal, torch.full_like(shares, -1.0))
        gradient = gradient.to(dtype)
        if of_hidden is not None:
            of_hidden[first : first + at_once] = gradient @ table
        if of_weight is not None and dtype == weight.dtype:
            of_weight.addmm_(gradient.T, rows)
        elif of_weight is not None:
            of_weight += gradient.T @ rows
    return total, of_hidden, of_weight
