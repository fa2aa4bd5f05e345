"""Output layer and cross entropy together, for some tokens at a time: all logits never exist.

With a vocabulary of 49,152 the logits of 1,000 learned tokens take 200 MB, and as much again each
for their logarithms and gradients. Here the gradients of the layer's input and weight are computed
along with the loss, and the logits of one part of the tokens make room for the next.

It serves a plain linear output layer of a large vocabulary whose results are the model's logits,
which a probe finds out: some models scale or cap them behind the layer.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple

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
_COLUMNS_AT_ONCE: Final = 1024
"""On a CPU, so that what is done to a block of logits is done in its cache."""


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


def summed_loss(
    hidden: Any, weight: Any, targets: Any, at_once: int | None = None, columns: int | None = None
) -> Any:
    """The sum of the cross entropies of `targets` [tokens], in nats, a float32 number.

    The logits are `hidden` [tokens, width] times `weight` [vocabulary, width], transposed, in the
    precision that `as_computed` gives `hidden`. It can be differentiated once. Parts are of
    `at_once` tokens and computed in blocks of `columns`, by default as suits the device.
    """
    device, vocabulary = hidden.device.type, weight.shape[0]
    if at_once is None:
        at_once = tokens_at_once(device, vocabulary)
    if columns is None:
        columns = _COLUMNS_AT_ONCE if device == "cpu" else vocabulary
    return _function().apply(as_computed(hidden), weight, targets, (at_once, columns))


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
        def forward(ctx: Any, hidden: Any, weight: Any, targets: Any, size: tuple[int, int]) -> Any:
            wanted = ctx.needs_input_grad
            with torch.autocast(hidden.device.type, enabled=False):
                total, *gradients = _in_parts(hidden, weight, targets, size, wanted)
            ctx.save_for_backward(*gradients)
            return total

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            of_hidden, of_weight = ctx.saved_tensors
            found = [None if g is None else g.mul_(gradient) for g in (of_hidden, of_weight)]
            return (*found, None, None)

    return HeadLoss


def _in_parts(
    hidden: Any, weight: Any, targets: Any, size: tuple[int, int], wanted: tuple[bool, ...]
) -> tuple[Any, Any, Any]:
    """The loss, and the gradients of `hidden` and `weight` where they are wanted.

    The size of a part is its tokens, and the columns that are made and read at a time.
    """
    import torch

    part, columns = size
    table = weight.to(hidden.dtype)
    most = min(part, len(targets)) * weight.shape[0]
    room = torch.empty(most, dtype=torch.float32, device=hidden.device)
    total = torch.zeros((), dtype=torch.float32, device=hidden.device)
    of_hidden = torch.zeros_like(hidden, dtype=torch.float32) if wanted[0] else None
    of_weight = torch.zeros_like(weight) if wanted[1] else None
    for first in range(0, len(targets), part):
        some = slice(first, first + part)
        blocks = _blocks(room, hidden[some], table, columns)
        goals = _goals(targets[some, None], blocks)
        loss, shares = _softmax(blocks, goals)
        total += loss
        if wanted[0] or wanted[1]:
            found = None if of_hidden is None else of_hidden[some]
            _gradients(blocks, goals, shares, found, of_weight)
    return total, None if of_hidden is None else of_hidden.to(hidden.dtype), of_weight


class _Block(NamedTuple):
    """Some columns of the logits of some tokens."""

    rows: Any
    """What goes into the layer, [tokens, width]."""
    columns: slice
    table: Any
    """The weights of the columns, [columns, width]."""
    logits: Any
    """Room for them, float32 [tokens, columns]."""


class _Goals(NamedTuple):
    """Where in each block the targets are, [tokens, blocks] each."""

    at: Any
    """The column in the block, int64; of targets elsewhere any column."""
    inside: Any
    """1 in the block where the target is, else 0; float32."""


def _blocks(room: Any, rows: Any, table: Any, columns: int) -> list[_Block]:
    """The logits' blocks, each of which lies by itself in `room`."""
    tokens, vocabulary = len(rows), len(table)
    found = []
    for begin in range(0, vocabulary, columns):
        end = min(begin + columns, vocabulary)
        logits = room[tokens * begin : tokens * end].view(tokens, end - begin)
        found.append(_Block(rows, slice(begin, end), table[begin:end], logits))
    return found


def _goals(targets: Any, blocks: list[_Block]) -> _Goals:
    """Where `targets` [tokens, 1] are."""
    begins, ends = (
        targets.new_tensor([getattr(block.columns, side) for block in blocks])
        for side in ("start", "stop")
    )
    at = (targets - begins).clamp_(min=0).minimum(ends - begins - 1)
    return _Goals(at, ((targets >= begins) & (targets < ends)).float())


def _softmax(blocks: list[_Block], goals: _Goals) -> tuple[Any, Any]:
    """The summed loss, and shares [tokens, blocks] by which the blocks' contents are probabilities.

    A block is filled with the exponentials of its logits less its own largest one, of each token.
    """
    import torch

    kinds: tuple[list[Any], ...] = ([], [], [])
    for number, (rows, _, table, logits) in enumerate(blocks):
        if rows.dtype == logits.dtype:
            torch.mm(rows, table.T, out=logits)
        else:
            logits.copy_(rows @ table.T)
        goal = logits.gather(1, goals.at[:, number, None])
        top = logits.amax(1, keepdim=True)
        logits.sub_(top).exp_()
        for kind, found in zip(kinds, (goal, top, logits.sum(1, keepdim=True)), strict=True):
            kind.append(found)
    chosen, tops, sums = (torch.cat(kind, 1) for kind in kinds)
    chosen = chosen.where(goals.inside > 0, 0.0).sum(1, keepdim=True)
    top = tops.amax(1, keepdim=True)
    shares = (tops - top).exp_()
    whole = sums.mul_(shares).sum(1, keepdim=True)
    return (top - chosen + whole.log()).sum(), shares.div_(whole)


def _gradients(
    blocks: list[_Block], goals: _Goals, shares: Any, of_hidden: Any | None, of_weight: Any | None
) -> None:
    """Add the gradients of rows and weights to `of_hidden` and `of_weight`."""
    less = goals.inside.neg()
    for number, (rows, columns, table, logits) in enumerate(blocks):
        own = slice(number, number + 1)
        logits.mul_(shares[:, own]).scatter_add_(1, goals.at[:, own], less[:, own])
        gradient = logits.to(rows.dtype)
        for into, left, right in (
            (of_hidden, gradient, table),
            (None if of_weight is None else of_weight[columns], gradient.T, rows),
        ):
            if into is not None and into.dtype == rows.dtype:
                into.addmm_(left, right)
            elif into is not None:
                into += left @ right
