"""What a training leaves: a plain model, at all its points and at its end."""

from pathlib import Path
from typing import Any, Final

from train import held_base, lora
from train.train_config import TrainConfig

WEIGHTS: Final = "model*.safetensors*"
"""The files of a plain model's weights."""


def write_model(
    network: Any, config: TrainConfig, folder: Path, state: dict[str, Any] | None = None
) -> None:
    """Write what was trained as a plain model, with the adapters that were merged in below it.

    `network` is not changed; of one that is sharded, `state` has what is trained of it. bfloat16
    runs write bfloat16.
    """
    model, found = network, state
    if config.lora.base != "full" or (config.lora.rank and state is not None):
        model, found = held_base.merged_anew(network, config.precision, state), None
    elif config.lora.rank:
        model, found = network.get_base_model(), lora.merged_state(network)
    found = _as_saved(dict(model.state_dict()) if found is None else found, config)
    model.save_pretrained(folder, state_dict=found)
    if config.lora.rank:
        lora.save_adapters(network, folder / lora.ADAPTERS, state)
    for file in folder.rglob("*"):
        if file.is_file():
            file.chmod(0o644)  # safetensors writes files that only their owner can read


def _as_saved(state: dict[str, Any], config: TrainConfig) -> dict[str, Any]:
    """The weights in the precision of the files. Tied weights stay one tensor."""
    import torch

    if config.precision == "bfloat16":
        halves: dict[int, Any] = {}
        for name, tensor in state.items():
            half = halves.setdefault(tensor.data_ptr(), tensor.to("cpu", torch.bfloat16))
            state[name] = half.view(tensor.shape)
    return state
