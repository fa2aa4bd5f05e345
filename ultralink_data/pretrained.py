"""Where `transformers` loads a model or a tokenizer from: a folder, a GGUF file, or the hub."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ultralink_data.adapters import base_of, is_adapter, merge_into
from ultralink_data.errors import PrerequisiteError
from ultralink_data.gguf_fields import read_fields, turn_ends
from ultralink_data.libraries import unloadable

GGUF: Final = ".gguf"

TOKENIZER_FILE: Final = "tokenizer.json"

_SENTENCEPIECE_START = b"\n"
"""A sentencepiece model is a protobuf message whose first field is its list of tokens."""
_TIKTOKEN_LINE = re.compile(rb"[A-Za-z0-9+/]+=* \d+\r?\n?")
"""A line of a tiktoken vocabulary: a token in base64 and its rank."""
_LFS_START = b"version https://git-lfs"
_FIRST_BYTES = 200


def from_pretrained(loader: Any, spec: str | Path, **options: Any) -> Any:
    """What the `transformers` class `loader` makes of `spec`.

    Raises:
        PrerequisiteError: there is nothing at `spec`, a package is missing, the files are damaged,
            or the hub cannot be reached.
    """
    path = Path(spec)
    if path.suffix == GGUF:
        _need_gguf(path)
        options["gguf_file"] = path.name
        where = str(path.parent)
    else:
        where = str(spec)
        if not path.is_dir() and (isinstance(spec, Path) or not is_hub_name(where)):
            raise PrerequisiteError(
                f"no model at {where}", hint="give a model folder, a .gguf file or a hub name"
            )
    hint = (
        "the files are damaged or not a causal language model; make or fetch them again"
        if path.exists()
        else "without access to the hub, fetch the model elsewhere and give its folder"
    )
    try:
        with unloadable(str(spec), hint):
            return loader.from_pretrained(where, **options)
    except PrerequisiteError as error:
        raise _missing_package(path) or error from error.__cause__


def load_causal_lm(spec: str | Path, dtype: Any) -> Any:
    """A causal LM with weights of the torch type `dtype`: a `transformers` model, on the CPU.

    The weights of a GGUF file are dequantised; adapters are merged into the base that they name.

    Raises:
        PrerequisiteError: as in `from_pretrained`.
    """
    from transformers import AutoModelForCausalLM

    if is_adapter(spec):
        return merge_into(load_causal_lm(base_of(spec), dtype), spec)
    model = from_pretrained(AutoModelForCausalLM, spec, dtype=dtype)
    _forget_quantization(model)
    add_turn_ends(model, spec)
    return model


def add_turn_ends(model: Any, spec: str | Path) -> None:
    """End generations where a GGUF file ends a turn, too: `transformers` knows its EOS only."""
    ends = turn_ends(read_fields(Path(spec))) if Path(spec).suffix == GGUF else []
    if ends:
        known = model.generation_config.eos_token_id
        known = known if isinstance(known, list) else [known]
        model.generation_config.eos_token_id = sorted({*known, *ends} - {None})


def _forget_quantization(model: Any) -> None:
    """Remove a dequantised model's quantization marks, which would block training and saving."""
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    for name in ("hf_quantizer", "quantization_method", "is_quantized"):
        if name in model.__dict__:
            delattr(model, name)


def is_hub_name(spec: str) -> bool:
    """Whether it has the form of a name on the hub: one or two words."""
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


def _missing_package(folder: Path) -> PrerequisiteError | None:
    """The error for a tokenizer that only an optional package reads; None if that is not it."""
    if not folder.is_dir() or (folder / TOKENIZER_FILE).exists():
        return None
    for file in sorted(folder.glob("*.model")):
        with file.open("rb") as opened:
            start = opened.read(_FIRST_BYTES)
        if not start.startswith(_SENTENCEPIECE_START) and not _TIKTOKEN_LINE.match(start):
            what = "a Git LFS pointer" if start.startswith(_LFS_START) else "damaged"
            return PrerequisiteError(
                f"{folder} has its tokenizer as {file.name} only, and that file is {what}",
                hint=f"fetch the file itself again, or add the model's {TOKENIZER_FILE}",
            )
        of = "sentencepiece" if start.startswith(_SENTENCEPIECE_START) else "tiktoken"
        needed = {"sentencepiece": "sentencepiece", "protobuf": "google.protobuf"}
        modules = needed if of == "sentencepiece" else {"tiktoken": "tiktoken"}
        missing = [name for name, module in modules.items() if not _is_installed(module)]
        if missing:
            verb = "are" if len(missing) > 1 else "is"
            return PrerequisiteError(
                f"{folder} has its tokenizer as {file.name} only, which the package {of} reads: "
                f"{' and '.join(missing)} {verb} not installed",
                hint=f"run `pip install {' '.join(missing)}`, or add the model's {TOKENIZER_FILE}",
            )
    return None


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is not there
        return False
