"""Load models and tokenizers from a folder, a GGUF file, or a hub repository."""

import hashlib
from pathlib import Path
from typing import Any

from train.chat_templates import Tokenizer
from train.train_config import Precision
from ultralink_data import tokenizer_loading
from ultralink_data.about_files import is_about
from ultralink_data.adapters import base_of, is_adapter
from ultralink_data.libraries import import_transformers
from ultralink_data.pretrained import load_causal_lm


def load_model(spec: str | Path, precision: Precision = "float32") -> Any:
    """A causal LM with weights of this precision: a `transformers` model, on the CPU.

    `spec` is a model folder, a `.gguf` file (its weights are dequantised), a folder of adapters
    (they are merged into their base), or a hub name.

    Raises:
        PrerequisiteError: the model is missing or damaged, or the hub cannot be reached.
    """
    import_transformers()
    import torch

    return load_causal_lm(spec, getattr(torch, precision))


def load_tokenizer(spec: str | Path) -> Tokenizer:
    """The tokenizer of a model that `load_model` accepts.

    Raises:
        PrerequisiteError: as in `load_model`.
    """
    tokenizer: Tokenizer = tokenizer_loading.load_tokenizer(spec).tokenizer
    return tokenizer


def fingerprint(spec: str | Path) -> str:
    """Hash of a model's files; for a hub name, only of the name. Adapters count with their base.

    Files that are about it (`ultralink_data.about_files`) do not count.
    """
    path = Path(spec)
    digest = hashlib.sha256()
    inside = sorted(p for p in path.rglob("*") if p.is_file() and not is_about(p.name))
    files = [path] if path.is_file() else inside
    if not files:
        digest.update(str(spec).encode())
    for file in files:
        digest.update(file.name.encode() + b"\0")
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    if is_adapter(path):
        digest.update(fingerprint(base_of(path)).encode())
    return digest.hexdigest()
