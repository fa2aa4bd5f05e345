"""A base model whose frozen weights are held in 8 or 4 bits, for adapters (QLoRA, 2305.14314)."""

import logging
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from train import lora
from train.lora_config import HeldBase
from train.train_config import Precision
from ultralink_data.adapters import is_adapter, quiet_peft
from ultralink_data.errors import ConfigError, PrerequisiteError
from ultralink_data.libraries import import_transformers
from ultralink_data.pretrained import GGUF, from_pretrained, load_causal_lm


def load_held(spec: str | Path, held: HeldBase, precision: Precision) -> Any:
    """The model at `spec` with linear layers of 8 or 4 bits (nf4, scales quantised once more).

    Raises:
        ConfigError: it is a `.gguf` file or adapters.
        PrerequisiteError: bitsandbytes is not installed, or the model cannot be loaded.
    """
    if find_spec("bitsandbytes") is None:
        raise PrerequisiteError(
            f"lora.base={held} needs the package bitsandbytes, which is not installed",
            hint="run `pip install bitsandbytes`, or leave lora.base out",
        )
    if Path(spec).suffix == GGUF or is_adapter(spec):
        raise ConfigError(
            f"lora.base={held} needs a folder of a whole model, not {spec}",
            hint="leave lora.base out, or give a model folder (of adapters: `train --merge`)",
        )
    import_transformers()
    import torch
    from peft import prepare_model_for_kbit_training
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    dtype = getattr(torch, precision)
    if held == "4bit":
        how = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    else:
        how = BitsAndBytesConfig(load_in_8bit=True)
    model = from_pretrained(AutoModelForCausalLM, spec, dtype=dtype, quantization_config=how)
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)  # it names its casts at each step
    with quiet_peft():
        model = prepare_model_for_kbit_training(model, use_gradient_checkpointing=False)
    # The Trainer, which does not know peft (`without_peft`), asks for this before it trains.
    model._hf_peft_config_loaded = True
    return model


def merged_anew(network: Any, precision: Precision, state: dict[str, Any] | None = None) -> Any:
    """The base loaded again, as it is on the disk, with the adapters of `network` merged in.

    Of a model that is divided, `state` has the adapters.
    """
    import torch

    held = network.get_base_model()
    with tempfile.TemporaryDirectory(prefix="adapters-") as folder:
        lora.save_adapters(network, Path(folder), state)
        merged = load_causal_lm(folder, getattr(torch, precision))
    merged.generation_config = held.generation_config
    merged.config.eos_token_id = held.config.eos_token_id
    return merged
