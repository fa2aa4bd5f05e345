"""Models from outside the store, as inputs of stages."""

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Final

from harness.engine.jobs import Artefact, external
from ultralink_data.adapters import ADAPTER_FILE, base_of, is_adapter
from ultralink_data.errors import ConfigError, PrerequisiteError
from ultralink_data.pretrained import GGUF

CONFIGS: Final = ("config.json", "params.json", ADAPTER_FILE)
"""What a model's folder has one of: as `transformers` writes it, or as vLLM reads Mistral's; or
adapters."""


def external_model(path: str) -> Artefact:
    """A model folder or `.gguf` file, fingerprinted by its content.

    Adapters also by their base, and by the version of peft, which merges them.

    Raises:
        ConfigError: no path is given.
        PrerequisiteError: there is no model at that path, or none where adapters name their base.
    """
    if not path:
        raise ConfigError(
            "this profile needs a pretrained model", hint="give --set model.path=FOLDER_OR_GGUF"
        )
    found = Path(path)
    check_model(found)
    own = external(found)
    if not is_adapter(found):
        return own
    parts = [own.fingerprint, external_model(base_of(found)).fingerprint, version("peft")]
    fingerprint = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return Artefact(path=own.path, fingerprint=fingerprint)


def check_model(path: Path) -> None:
    """Refuse what is no model by its names, before anything slow is imported.

    Raises:
        PrerequisiteError: no such path, a file that is no `.gguf`, or a folder without a config.
    """
    if not path.exists():
        why = f"no model at {path}"
    elif path.is_file() and path.suffix != GGUF:
        why = f"no model at {path}: it does not end in {GGUF}"
    elif path.is_dir() and not any((path / name).is_file() for name in CONFIGS):
        why = f"no model at {path}: the folder has no {CONFIGS[0]}"
    else:
        return
    raise PrerequisiteError(why, hint="name a folder with config.json, or a .gguf file")
