"""A model whose weights, gradients and moments are divided among the devices (FSDP2).

By torch's own `fully_shard`: each block's weights are gathered when it computes, and freed after.
Checkpoints are those of one device, so that a training goes on with any number of them.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from train.meeting import is_main
from train.saving import WEIGHTS
from train.train_config import Precision
from ultralink_data.adapters import ADAPTER_WEIGHTS

_OPTIMISER: Final = "optimizer.pt"
_SCHEDULE: Final = "scheduler.pt"


def shard(model: Any, precision: Precision) -> None:
    """Divide the weights of `model` among all processes, in place, onto their devices.

    They are those of the main process, one block after the other; of the others the model may be
    without content (`train.main_loading`). With bfloat16 they are gathered as such; what is kept
    and summed is float32.
    """
    import torch
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    device = torch.accelerator.current_accelerator() or torch.device("cpu")
    mesh = init_device_mesh(device.type, (torch.distributed.get_world_size(),))
    halves = precision == "bfloat16"
    policy = MixedPrecisionPolicy(
        param_dtype=torch.bfloat16 if halves else None,
        reduce_dtype=torch.float32 if halves else None,
    )
    for part in (*_blocks(model), model):
        _take_from_main(part, device)
        fully_shard(part, mesh=mesh, mp_policy=policy)


def _take_from_main(part: Any, device: Any) -> None:
    """Give `part` the main process's weights and buffers; what is divided already stays.

    A tensor that stands in two places is one tensor afterwards, too.
    """
    import torch
    from torch.distributed.tensor import DTensor

    taken: dict[int, tuple[Any, Any]] = {}
    for module in part.modules():
        for held in (module._parameters, module._buffers):
            for name, tensor in held.items():
                if tensor is None or isinstance(tensor, DTensor):
                    continue
                if id(tensor) not in taken:
                    sent = _from_main(tensor.detach(), device)
                    if isinstance(tensor, torch.nn.Parameter):
                        sent = torch.nn.Parameter(sent, tensor.requires_grad)
                    taken[id(tensor)] = tensor, sent
                held[name] = taken[id(tensor)][1]


def _from_main(tensor: Any, device: Any) -> Any:
    """The tensor of the main process, on the device; of the others only its form matters."""
    import torch

    if is_main():
        whole = tensor.to(device).contiguous()
    else:
        whole = torch.empty(tensor.shape, dtype=tensor.dtype, device=device)
    if whole.numel():  # as bytes, since not every way of sending knows every type
        torch.distributed.broadcast(whole.reshape(-1).view(torch.uint8), src=0)
    return whole


def _blocks(model: Any) -> Iterator[Any]:
    """The blocks of the model, one after the other; not what is in a list inside of them."""
    from torch.nn import ModuleList

    for part in model.children():
        if isinstance(part, ModuleList):
            yield from part
        else:
            yield from _blocks(part)


def free_gathered(model: Any) -> None:
    """Free what a forward pass has gathered, where no backward pass follows that would."""
    from torch.distributed.fsdp import FSDPModule

    for part in model.modules():
        if isinstance(part, FSDPModule):
            part.reshard()


def gathered(model: Any, *, adapters: bool) -> dict[str, Any] | None:
    """What is trained of a model that is divided, in the main process; None of another.

    All processes have to ask for it. Of `adapters`, these alone.
    """
    from torch.distributed.fsdp import FSDPModule

    if not isinstance(model, FSDPModule):
        return None
    return (whole_adapters if adapters else whole_state)(model, keep=is_main())


def whole_state(model: Any, *, keep: bool) -> dict[str, Any]:
    """All weights, on the CPU, gathered by all processes; kept by those that `keep` them.

    Tied weights are one tensor.
    """
    found: dict[int, Any] = {}
    state = {}
    for name, weights in model.named_parameters(remove_duplicate=False):
        if id(weights) not in found:
            found[id(weights)] = _whole(weights.detach(), keep=keep)
        state[name] = found[id(weights)]
    for name, tensor in model.state_dict().items():
        if name not in state:  # a buffer
            state[name] = tensor.cpu()
    return state if keep else {}


def whole_adapters(model: Any, *, keep: bool) -> dict[str, Any]:
    """What is trained of a model with adapters, as `whole_state` gathers all of another."""
    trained = [
        (name, weights)
        for name, weights in model.named_parameters(remove_duplicate=False)
        if weights.requires_grad
    ]
    state = {name: _whole(weights.detach(), keep=keep) for name, weights in trained}
    return state if keep else {}


def whole_optimiser(optimiser: Any, *, keep: bool) -> dict[str, Any]:
    """The state of an optimiser, gathered as `whole_state` gathers weights."""
    said: dict[str, Any] = optimiser.state_dict()
    state = {
        number: {name: _whole(value, keep=keep) for name, value in parts.items()}
        for number, parts in said["state"].items()
    }
    return {**said, "state": state} if keep else {}


def load_weights(model: Any, checkpoint: Path) -> None:
    """Give a sharded model the weights of a checkpoint; each process reads what it keeps of them.

    Tied weights stand there once.
    """
    import torch
    from safetensors import safe_open

    with ExitStack() as opened, torch.no_grad():
        places: dict[str, Any] = {}
        for path in sorted(checkpoint.glob(WEIGHTS)):
            file = opened.enter_context(safe_open(path, "pt"))
            places.update(dict.fromkeys(file.keys(), file))
        for name, weights in model.named_parameters(remove_duplicate=False):
            if name in places:
                _part(places[name].get_tensor(name), weights, into=weights)


def load_adapters(model: Any, checkpoint: Path) -> None:
    """As `load_weights`, for adapters that `train.lora.save_adapters` wrote."""
    from peft import get_peft_model_state_dict, set_peft_model_state_dict
    from safetensors.torch import load_file

    mine = get_peft_model_state_dict(model, save_embedding_layers=False)
    found = load_file(checkpoint / ADAPTER_WEIGHTS)
    parts = {name: _part(weights, mine[name]) for name, weights in found.items()}
    set_peft_model_state_dict(model, parts)


def write_states(checkpoint: Path, optimiser: dict[str, Any], schedule: dict[str, Any]) -> None:
    """Write the states of optimiser and schedule where `transformers` looks for them."""
    import torch

    torch.save(optimiser, checkpoint / _OPTIMISER)
    torch.save(schedule, checkpoint / _SCHEDULE)


def load_states(checkpoint: Path, optimiser: Any) -> dict[str, Any]:
    """Give the optimiser of a sharded model its state in a checkpoint; the state of the schedule.

    One device may have written it, or any number.
    """
    import torch

    said = torch.load(checkpoint / _OPTIMISER, map_location="cpu", weights_only=True, mmap=True)
    weights = [one for group in optimiser.param_groups for one in group["params"]]
    for number, parts in said["state"].items():
        for name, value in parts.items():
            if value.shape == weights[number].shape:
                parts[name] = _part(value, weights[number])
    optimiser.load_state_dict(said)
    schedule: dict[str, Any] = torch.load(checkpoint / _SCHEDULE, weights_only=True)
    return schedule


def _whole(value: Any, *, keep: bool) -> Any:
    from torch.distributed.tensor import DTensor

    if not isinstance(value, DTensor):
        return value
    gathered = value.full_tensor()
    return gathered.cpu() if keep else None


def _part(whole: Any, like: Any, into: Any = None) -> Any:
    """What this process keeps of a whole tensor, divided as `like` is; copied to `into`, if any."""
    from torch.distributed.tensor import distribute_tensor

    divided = distribute_tensor(
        whole.to(like.device), like.device_mesh, like.placements, src_data_rank=None
    )
    if into is not None:
        into.copy_(divided)
    return divided
