"""A model that is adapters: a folder as peft saves it, which names the base model it changes.

Whatever loads one gets the base with the adapters merged in, which is a model like any other.
"""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from ultralink_data.errors import PrerequisiteError
from ultralink_data.libraries import unloadable

ADAPTER_FILE: Final = "adapter_config.json"
ADAPTER_WEIGHTS: Final = "adapter_model.safetensors"
GENERATION_FILE: Final = "generation_config.json"
"""Not a file of peft's: what ends a generation may be a token that the base does not know."""


def is_adapter(spec: str | Path) -> bool:
    """Whether `spec` is a folder of adapters."""
    return (Path(spec) / ADAPTER_FILE).is_file()


def base_of(folder: str | Path) -> str:
    """The base model that adapters name: a folder, a `.gguf` file or a hub name.

    A path that does not begin with / is taken from the working directory, as peft does.

    Raises:
        PrerequisiteError: the file is damaged, or names none, a path where nothing is, or adapters
            that stand on these again.
    """
    path, base = Path(folder) / ADAPTER_FILE, _named_base(folder)
    hint = "write the base model's folder into its base_model_name_or_path"
    if base is None:
        raise PrerequisiteError(f"{path} names no base model", hint=hint)
    if Path(base).is_absolute() and not Path(base).exists():
        raise PrerequisiteError(
            f"no model at {base}, which is the base that {path} names", hint=f"if it moved, {hint}"
        )
    below: str | None = base
    seen = {Path(folder).resolve()}
    while below is not None and is_adapter(below):
        if (place := Path(below).resolve()) in seen:
            raise PrerequisiteError(f"{path} names a base that stands on itself: {base}", hint=hint)
        seen.add(place)
        below = _named_base(below)
    return base


def whole_model(spec: str | Path) -> str | Path:
    """The model below all adapters: `spec` itself unless it is a folder of them.

    Raises:
        PrerequisiteError: as in `base_of`.
    """
    while is_adapter(spec):
        spec = base_of(spec)
    return spec


def _named_base(folder: str | Path) -> str | None:
    """What adapters name as their base; None if their file is damaged or has no name."""
    try:
        found = json.loads((Path(folder) / ADAPTER_FILE).read_bytes())["base_model_name_or_path"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str) and found else None


def set_base(folder: Path, base: str | Path) -> None:
    """Let the adapters in `folder` name this base: a path is made absolute."""
    path = folder / ADAPTER_FILE
    where = str(Path(base).absolute()) if Path(base).exists() else str(base)
    found = json.loads(path.read_bytes()) | {"base_model_name_or_path": where}
    for name in ("target_modules", "target_parameters"):
        if isinstance(found.get(name), list):
            found[name] = sorted(found[name])  # peft writes a set
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def merge_into(base: Any, folder: str | Path) -> Any:
    """`base`, a `transformers` model, with the adapters in `folder` merged into its weights.

    Tokens that the adapters bring along get rows in the embeddings, if there are none.

    Raises:
        PrerequisiteError: the adapters are damaged or those of another model.
    """
    import peft
    import torch

    hint = f"check that {ADAPTER_FILE} names the model that the adapters were trained on"
    with unloadable(str(folder), hint), quiet_peft():
        config = peft.PeftConfig.from_pretrained(str(folder))
        add_rows(base, new_tokens(config))
        if not (Path(folder) / ADAPTER_WEIGHTS).is_file():
            raise OSError(f"{ADAPTER_WEIGHTS} is missing")
        model = peft.PeftModel.from_pretrained(base, str(folder), config=config)
    with torch.no_grad():
        for _, layer in adapted_layers(model.get_base_model()):
            merge_layer(layer)
    with quiet_peft():
        merged = model.merge_and_unload()
    tie_again(merged)
    merged.requires_grad_(True)  # peft has frozen the base
    if (Path(folder) / GENERATION_FILE).is_file():
        from transformers import GenerationConfig

        merged.generation_config = GenerationConfig.from_pretrained(str(folder))
    return merged


@contextmanager
def quiet_peft() -> Iterator[None]:
    """Without the warnings of peft about what is meant as it is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def new_tokens(config: Any) -> list[int]:
    """Ids of the tokens whose embeddings are trained beside the adapters, of a peft config."""
    found = getattr(config, "trainable_token_indices", None) or {}
    lists = found.values() if isinstance(found, dict) else [found]
    return sorted({index for indices in lists for index in indices})


def add_rows(model: Any, tokens: list[int]) -> None:
    """Rows in the embeddings for these new tokens, if there are none; the same in every process."""
    import torch

    needed = max(tokens, default=-1) + 1
    if needed > model.get_input_embeddings().num_embeddings:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model.resize_token_embeddings(needed, mean_resizing=False)


def adapted_layers(model: Any) -> Iterator[tuple[str, Any]]:
    """Name and module of each layer of a model that has an adapter, outermost modules only."""
    from peft.tuners.tuners_utils import BaseTunerLayer
    from peft.utils.other import AuxiliaryTrainingWrapper

    found: list[str] = []
    for name, module in model.named_modules():
        inside = any(name.startswith(f"{outer}.") for outer in found)
        if not inside and isinstance(module, BaseTunerLayer | AuxiliaryTrainingWrapper):
            found.append(name)
            yield name, module


def merge_layer(layer: Any) -> Any:
    """The plain layer with the adapter merged in; computed in float32 and rounded once."""
    import torch

    layer = getattr(layer, "token_adapter", layer)
    plain = layer.get_base_layer()
    types = {name: weights.dtype for name, weights in plain.named_parameters()}
    for weights in plain.parameters():
        weights.data = weights.data.to(torch.float32)
    inner = layer
    while inner is not plain:  # experts have one adapter around the other
        inner.merge()
        inner = inner.base_layer
    for name, weights in plain.named_parameters():
        weights.data = weights.data.to(types[name])
    return plain


def tie_again(model: Any) -> None:
    """One tensor again for embeddings that are also the output layer, after both were merged."""
    if getattr(model.config.get_text_config(decoder=True), "tie_word_embeddings", False):
        model.tie_weights()
