"""Models from outside the store, as inputs of stages."""

from pathlib import Path

from harness.engine.jobs import Artefact, external
from ultralink_data.errors import ConfigError, PrerequisiteError


def external_model(path: str) -> Artefact:
    """A model folder or `.gguf` file, fingerprinted by its content.

    Raises:
        ConfigError: no path is given.
        PrerequisiteError: there is no model at that path.
    """
    if not path:
        raise ConfigError(
            "this profile needs a pretrained model", hint="give --set model.path=FOLDER_OR_GGUF"
        )
    found = Path(path)
    if not found.exists():
        raise PrerequisiteError(
            f"no model at {found}", hint="name a folder with config.json, or a .gguf file"
        )
    return external(found)
