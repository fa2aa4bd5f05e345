"""Variants that are values of config fields: what a sweep and an ablation in TOML are made of."""

from collections.abc import Mapping
from typing import Any, Final

from harness.experiment.ablation import Change
from harness.experiment.config import ExperimentConfig
from harness.options.settings import with_values
from ultralink_data.errors import ConfigError

OF_A_VARIANT: Final = ("languages", "data", "model", "train", "eval")
"""The config fields that a variant may change; the others belong to the whole experiment."""

_LENGTHS: Final = ("train.steps", "train.epochs")
"""Only one of them can be set: a value for one takes the place of the other."""


def setting(values: Mapping[str, Any], said: str) -> Change:
    """A change that sets fields, by path, to values of plain JSON types.

    `said` is where they were given. Called with a config, it raises a `ConfigError` for a field
    that does not exist or a value that does not fit.
    """

    def change(config: ExperimentConfig) -> ExperimentConfig:
        given = [name for name in _LENGTHS if values.get(name) is not None]
        other = {name: None for name in _LENGTHS if len(given) == 1 and name not in given}
        return with_values(config, (other | dict(values)).items(), said)

    return change


def check_of_a_variant(path: str, said: str) -> None:
    """Refuse a field that belongs to the whole experiment.

    Raises:
        ConfigError: it names the fields that a variant may change.
    """
    top = path.partition(".")[0]
    if top not in OF_A_VARIANT and top in ExperimentConfig.__struct_fields__:
        raise ConfigError(
            f"{said}: {path} is the whole experiment's and the same for every variant",
            hint=f"a variant may change {', '.join(OF_A_VARIANT)}; --set changes the others",
        )
