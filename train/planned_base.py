"""A base that is held in 8 or 4 bits, for plans: linear layers of its bytes that compute nothing.

bitsandbytes itself needs numbers. These layers stand for its own on tensors without content, as
version 0.50 computes them: 4 bits in the precision of the training, 8 bits in that of their input.
"""

from functools import cache
from typing import Any, Final

from train.lora_config import HeldBase

_BLOCK: Final = 64
"""Weights of nf4 that share a scale; it takes a byte."""
_SCALES: Final = 256
"""Scales that share one of their own, in float32; each layer has an offset of float32 besides."""


def stored_bytes(rows: int, columns: int, held: HeldBase) -> int:
    """Bytes of a layer's weights of this shape in 8 or 4 bits, with what scales them.

    8 bits have a scale of float32 a row (LLM.int8, 2208.07339), 4 bits one of 8 bits for 64
    weights, scaled once more (QLoRA, 2305.14314). The tables of values, about 1 KB, do not count.
    """
    weights = rows * columns
    if held == "8bit":
        return weights + 4 * rows
    scales = -(-weights // _BLOCK)
    return -(-weights // 2) + scales + 4 * (-(-scales // _SCALES)) + 4


def hold(model: Any, held: HeldBase, computed: Any) -> None:
    """Hold the layers of a model that `transformers` would quantise in so many bits, and freeze it.

    `computed` is the torch type of the training. The output layer, embeddings, norms and the
    matrices of experts stay as they are.
    """
    from torch.nn import Linear
    from transformers.pytorch_utils import Conv1D
    from transformers.quantizers.base import get_keys_to_not_convert
    from transformers.quantizers.quantizers_utils import should_convert_module

    kept = get_keys_to_not_convert(model)
    for name, module in [*model.named_modules()]:
        plain = type(module) is Linear or isinstance(module, Conv1D)
        if plain and should_convert_module(name, kept):
            shape = module.weight.shape
            columns, rows = shape if isinstance(module, Conv1D) else reversed(shape)
            held_layer = _layer()(columns, rows, module.bias is not None, held, computed)
            model.set_submodule(name, held_layer)
    model.requires_grad_(False)


@cache
def _layer() -> Any:
    import torch

    class HeldLinear(torch.nn.Linear):
        """Weights are bytes; the shape is in `in_features` and `out_features`."""

        def __init__(self, inputs: int, outputs: int, bias: bool, held: Any, computed: Any) -> None:
            super().__init__(inputs, outputs, bias)
            stored = torch.empty(stored_bytes(outputs, inputs, held), dtype=torch.uint8)
            self.weight = torch.nn.Parameter(stored, requires_grad=False)
            self._how = (outputs, inputs), held, computed

        def forward(self, x: Any) -> Any:
            """The product, [..., outputs], in the type of the input."""
            shape, held, computed = self._how
            if held == "8bit":
                return _product().apply(x, shape, True)
            return _product().apply(x.to(computed), shape, False).to(x.dtype)

    return HeldLinear


@cache
def _product() -> Any:
    import torch

    class HeldProduct(torch.autograd.Function):
        """Of 8 bits the input is kept, though it is not needed; of 4 bits nothing."""

        @staticmethod
        def forward(ctx: Any, x: Any, shape: tuple[int, int], keeps: bool) -> Any:
            ctx.shape = shape
            ctx.save_for_backward(*([x] if keeps else []))
            if keeps:  # rounded to 8 bits by way of float16
                x.to(torch.float16).to(torch.int8)
            else:
                torch.empty(shape, dtype=x.dtype, device=x.device)
            return torch.empty((*x.shape[:-1], shape[0]), dtype=x.dtype, device=x.device)

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            weights = torch.empty(ctx.shape, dtype=gradient.dtype, device=gradient.device)
            made = torch.empty(
                (*gradient.shape[:-1], ctx.shape[1]), dtype=gradient.dtype, device=gradient.device
            )
            del weights
            return made, None, None

    return HeldProduct
