"""Low-rank adapters in a model that is trained: put in, saved, loaded, merged.

The work is peft's. What a run leaves is a plain model with the adapters merged in, and below it in
`ADAPTERS` the adapters as peft saves them.
"""

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from train.lora_config import LoraConfig
from ultralink_data.adapters import (
    ADAPTER_WEIGHTS,
    adapted_layers,
    base_of,
    merge_layer,
    quiet_peft,
    set_base,
)
from ultralink_data.errors import ConfigError
from ultralink_data.nearest import nearest

ADAPTERS: Final = "_adapter"
"""Folder of the adapters in that of the merged model; its name keeps it out of fingerprints, as it
holds the path of the base."""


def add_adapters(
    model: Any, spec: Path | str, config: LoraConfig, seed: int, new_tokens: Sequence[int]
) -> Any:
    """`model` with adapters from `seed`, all that is trained of it: a `peft.PeftModel`.

    Embeddings of `new_tokens`, which the base has never learned, are trained beside them. `spec`
    is where the base is, for the files that are saved.

    Raises:
        ConfigError: there is no such layer, none has such a rank, or experts cannot have
            adapters of this form.
    """
    import peft
    import torch

    modules, experts = _targets(model, config)
    _check_rank(model, config.rank, modules, experts)
    embeddings = _embeddings(model) if new_tokens else []
    with torch.random.fork_rng(devices=[]), quiet_peft():
        torch.manual_seed(seed)
        recipe = peft.LoraConfig(
            task_type="CAUSAL_LM",
            r=config.rank,
            lora_alpha=config.alpha,
            lora_dropout=config.dropout,
            use_rslora=config.variant == "rslora",
            use_dora=config.variant == "dora",
            target_modules=modules,
            target_parameters=experts or None,
            trainable_token_indices={name: list(new_tokens) for name in embeddings} or None,
        )
        network = peft.get_peft_model(model, recipe)
    # Before, peft takes the name that the model was loaded by, if any.
    network.peft_config["default"].base_model_name_or_path = str(spec)
    return network


def _targets(model: Any, config: LoraConfig) -> tuple[list[str], list[str]]:
    """Names of the linear layers, and of the experts' weights, that get adapters."""
    modules, experts = _linear(model), _experts(model)
    if config.targets:
        known = sorted(modules | {name.rpartition(".")[2] for name in experts})
        for name in config.targets:
            if name not in known:
                near = nearest(name, known)
                meant = f"did you mean {near[0]}? " if near else ""
                raise ConfigError(
                    f"lora.targets: {type(model).__name__} has no layer {name!r}",
                    hint=f"{meant}it has {', '.join(known)}",
                )
        modules &= set(config.targets)
        experts = {name for name in experts if name.rpartition(".")[2] in config.targets}
    if experts and (config.dropout or config.variant == "dora"):
        what = "dropout" if config.dropout else "dora"
        raise ConfigError(
            f"lora: adapters of experts ({', '.join(sorted(experts))}) take no {what}",
            hint=f"leave {what} out, or name other layers: lora.targets={','.join(modules)}",
        )
    return sorted(modules), sorted(experts)


def _check_rank(model: Any, rank: int, modules: Sequence[str], experts: Sequence[str]) -> None:
    """Refuse a rank that no layer that gets adapters can have: it would only cost memory.

    A layer that is held in 4 bits has another shape than its weights.
    """
    sides = {
        name: min(sizes)
        for name, module in model.named_modules()
        if name.rpartition(".")[2] in modules and (sizes := _sizes(module))
    }
    sides |= {
        name: min(weights.shape[-2:])
        for name, weights in model.named_parameters()
        if ".".join(name.split(".")[-2:]) in experts
    }
    largest = max(sides, key=sides.__getitem__, default=None)
    if largest is not None and rank > sides[largest]:
        raise ConfigError(
            f"lora.rank={rank} is above the rank that any layer with adapters can have: the "
            f"largest, {largest}, has {sides[largest]}",
            hint="give a smaller rank, such as 8 or 16",
        )


def _sizes(module: Any) -> Sequence[int]:
    """Inputs and outputs of a linear layer; none of another module."""
    from torch.nn import Linear
    from transformers.pytorch_utils import Conv1D

    if isinstance(module, Linear):
        return module.in_features, module.out_features
    return tuple(module.weight.shape) if isinstance(module, Conv1D) else ()


def _linear(model: Any) -> set[str]:
    """Last names of the linear layers of the blocks: neither the output layer nor routers."""
    from torch.nn import Linear
    from transformers.pytorch_utils import Conv1D

    text = model.config.get_text_config(decoder=True)
    counts = ("num_experts", "num_local_experts", "n_routed_experts")
    experts = {getattr(text, name, None) for name in counts} - {None}
    return {
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if isinstance(module, Linear | Conv1D)
        and module is not model.get_output_embeddings()
        and getattr(module, "out_features", None) not in experts
    }


def _experts(model: Any) -> set[str]:
    """Last two names of weights that hold a matrix for each expert."""
    return {
        ".".join(name.split(".")[-2:])
        for name, weights in model.named_parameters()
        if weights.ndim == 3 and "experts" in name
    }


def _embeddings(model: Any) -> list[str]:
    """Names of the embeddings, and of the output layer if it has weights of its own."""
    found = [model.get_input_embeddings()]
    head = model.get_output_embeddings()
    if head is not None and head.weight is not found[0].weight:
        found.append(head)
    return [name.rpartition(".")[2] for name, one in model.named_modules() if one in found]


def save_adapters(model: Any, folder: Path, state: dict[str, Any] | None = None) -> None:
    """Write the adapters as peft does: `adapter_config.json`, `adapter_model.safetensors`.

    Of a model that is divided, `state` has the weights (`train.sharding.whole_adapters`).
    """
    with quiet_peft():
        model.save_pretrained(str(folder), save_embedding_layers=False, state_dict=state)
    (folder / "README.md").unlink(missing_ok=True)  # a form that nobody has filled in
    set_base(folder, base_of(folder))


def load_adapters(model: Any, folder: Path) -> None:
    """Give the adapters of `model` the weights that `save_adapters` wrote."""
    from peft import set_peft_model_state_dict
    from safetensors.torch import load_file

    set_peft_model_state_dict(model, load_file(folder / ADAPTER_WEIGHTS))


def merged_state(model: Any) -> dict[str, Any]:
    """The weights of the plain model with the adapters merged in; `model` stays as it is.

    Unmerging in place would not give back the same bits.
    """
    import torch

    base = model.get_base_model()
    state = dict(base.state_dict())
    with torch.no_grad():
        for name, layer in adapted_layers(base):
            for key in [key for key in state if key.startswith(f"{name}.")]:
                del state[key]
            plain = merge_layer(copy.deepcopy(layer))
            state |= {f"{name}.{key}": weights for key, weights in plain.state_dict().items()}
    for other, first in _tied(base).items():
        if other in state and first in state:
            state[other] = state[first]
    return state


def _tied(base: Any) -> dict[str, str]:
    """Names of weights that are other ones, of a model with tied embeddings."""
    if not getattr(base.config.get_text_config(decoder=True), "tie_word_embeddings", False):
        return {}
    return dict(getattr(base, "_tied_weights_keys", None) or {})
