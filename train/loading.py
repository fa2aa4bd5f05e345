"""Load models and tokenizers from a folder, a GGUF file, or a hub repository."""

import hashlib
from pathlib import Path
from typing import Any

from train.chat_templates import Tokenizer
from ultralink_data.errors import PrerequisiteError
from ultralink_data.libraries import import_transformers, unloadable

GGUF = ".gguf"


def load_model(spec: str | Path) -> Any:
    """A causal LM with float32 weights: a `transformers` model, on the CPU.

    `spec` is a model folder, a `.gguf` file (its weights are dequantised), or a hub name.

    Raises:
        PrerequisiteError: the model is missing or damaged, or the hub cannot be reached.
    """
    import_transformers()
    import torch
    from transformers import AutoModelForCausalLM

    model = _from_pretrained(AutoModelForCausalLM, spec, dtype=torch.float32)
    _forget_quantization(model)
    return model


def _forget_quantization(model: Any) -> None:
    """Remove a dequantised model's quantization marks, which would block training and saving."""
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    for name in ("hf_quantizer", "quantization_method", "is_quantized"):
        if name in model.__dict__:
            delattr(model, name)


def load_tokenizer(spec: str | Path) -> Tokenizer:
    """The tokenizer of a model that `load_model` accepts.

    Raises:
        PrerequisiteError: as in `load_model`.
    """
    import_transformers()
    from transformers import AutoTokenizer

    tokenizer: Tokenizer = _from_pretrained(AutoTokenizer, spec)
    return tokenizer


def _from_pretrained(loader: Any, spec: str | Path, **options: Any) -> Any:
    path = Path(spec)
    if path.suffix == GGUF:
        _need_gguf(path)
        options["gguf_file"] = path.name
        where = str(path.parent)
    else:
        where = str(spec)
        if not path.is_dir() and (isinstance(spec, Path) or not _is_hub_name(where)):
            raise PrerequisiteError(
                f"no model at {where}", hint="give a model folder, a .gguf file or a hub name"
            )
    hint = (
        "the files are damaged or not a causal language model; make or fetch them again"
        if path.exists()
        else "without access to the hub, fetch the model elsewhere and give its folder"
    )
    with unloadable(str(spec), hint):
        return loader.from_pretrained(where, **options)


def _is_hub_name(spec: str) -> bool:
    parts = spec.split("/")
    return len(parts) <= 2 and all(parts) and parts[0] not in (".", "..", "~")


def _need_gguf(path: Path) -> None:
    if not path.is_file():
        raise PrerequisiteError(f"no model file {path}", hint="check the path")
    from transformers.utils import is_gguf_available

    if not is_gguf_available():
        raise PrerequisiteError(
            f"cannot read {path}: the package gguf is missing", hint="run `pip install gguf`"
        )


def fingerprint(spec: str | Path) -> str:
    """Hash of a model's files; for a hub name, only of the name."""
    path = Path(spec)
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    if not files:
        digest.update(str(spec).encode())
    for file in files:
        digest.update(file.name.encode() + b"\0")
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()
