"""A model of which one process loads the weights, and the others get what they keep of them.

Eight processes that each load a model of 13b at float32 take 416 GB of a machine's memory before
the first weight is divided; so, 52 GB. `train.sharding.shard` sends the weights, block by block.
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from typing import Any, NamedTuple

from train.meeting import all_agree, from_main, is_main


class _Form(NamedTuple):
    """What a model is without its numbers."""

    kind: Any
    config: Any
    generation: Any
    tensors: tuple[tuple[Any, ...], ...]


def load_in_main(load: Callable[[], Any]) -> Any:
    """The model that `load` gives, in all processes; without content in all but the main one.

    All processes have to ask for it. Where one cannot make the model from its config, or it holds
    tensors that are neither weights nor buffers, each loads it.
    """
    model = load() if is_main() else None
    form: _Form = from_main(model and _form(model))
    if model is None:
        model = _without_content(form)
    if not all_agree(model is not None) and not is_main():
        model = load()
    return model


def beside(model: Any) -> Any:
    """A context in which what is added to a model has content if the model has."""
    return model.device if model.device.type == "meta" else nullcontext()


def _form(model: Any) -> _Form:
    return _Form(type(model), model.config, model.generation_config, _tensors(model))


def _tensors(model: Any) -> tuple[tuple[Any, ...], ...]:
    """Name, shape and type of each weight and buffer, and the first name of the same one."""
    first: dict[int, str] = {}
    named = [
        *model.named_parameters(remove_duplicate=False),
        *model.named_buffers(remove_duplicate=False),
    ]
    return tuple(
        (name, tuple(tensor.shape), tensor.dtype, first.setdefault(id(tensor), name))
        for name, tensor in named
    )


def _without_content(form: _Form) -> Any:
    """A model of this form on the meta device; None if it does not come out so."""
    import torch

    types = {name: dtype for name, _, dtype, _ in form.tensors}
    with torch.device("meta"), torch.random.fork_rng(devices=[]):
        model = form.kind._from_config(form.config, dtype=form.config.dtype)
    for name, weights in model.named_parameters():
        if name in types:
            weights.data = weights.data.to(types[name])
    model.generation_config = form.generation
    model.eval()  # as a loaded one
    return model if _tensors(model) == form.tensors and not _has_others(model) else None


def _has_others(model: Any) -> bool:
    """Whether a module holds tensors of which nothing is sent."""
    import torch

    return any(
        isinstance(value, torch.Tensor)
        for module in model.modules()
        for held in vars(module).values()
        for value in _inside(held)
    )


def _inside(held: Any) -> Iterable[Any]:
    """What an attribute holds; weights, buffers and modules, in dicts, are not looked at."""
    return held if isinstance(held, list | tuple) else (held,)
