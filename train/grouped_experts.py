"""The matrices of experts on tensors without content, for plans.

torch knows the shape of `grouped_mm` in bfloat16 alone. Whichever experts tokens go to, their rows
together are as many: memory does not depend on the routing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def planned_experts() -> Iterator[None]:
    """`transformers`' experts keep and make what their kernel does, and compute nothing."""
    import torch
    from transformers.integrations import moe

    class Grouped(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, rows: Any, weights: Any) -> Any:
            ctx.save_for_backward(rows, weights)
            return rows.new_empty((len(rows), weights.shape[2]))

        @staticmethod
        def backward(ctx: Any, _: Any) -> tuple[Any, Any]:
            rows, weights = ctx.saved_tensors
            of_rows, of_weights = ctx.needs_input_grad
            return (
                torch.empty_like(rows) if of_rows else None,
                torch.empty_like(weights) if of_weights else None,
            )

    apply: Any = Grouped.apply  # torch gives it no types

    def grouped(rows: Any, weights: Any, offs: Any) -> Any:
        return apply(rows.to(weights.dtype), weights)

    before = moe._grouped_mm
    moe._grouped_mm = grouped
    try:
        yield
    finally:
        moe._grouped_mm = before
