"""What a variant makes of an experiment's config, and which variants share what is made of it."""

from collections.abc import Mapping

import msgspec

from harness.experiment.ablation import Ablation, Variant
from harness.experiment.config import ExperimentConfig
from harness.experiment.field_changes import OF_A_VARIANT
from ultralink_data.added_code import blaming
from ultralink_data.errors import ConfigError


def variant_config(
    ablation: Ablation, variant: Variant, config: ExperimentConfig
) -> ExperimentConfig:
    """The config of a variant, checked."""
    with blaming(ablation.file, f"variant {variant.name}"):
        changed = variant.change(config)
    if not isinstance(changed, ExperimentConfig):
        raise ConfigError(
            f"variant {variant.name}: its change gave a {type(changed).__name__}",
            hint="return the config: msgspec.structs.replace(config, ...)",
        )
    # `replace` takes any type: a path for a text is found here, and not after the training.
    with blaming(ablation.file, f"variant {variant.name}"):
        changed = msgspec.convert(msgspec.to_builtins(changed), ExperimentConfig)
    if not changed.eval.runs:
        raise ConfigError(
            f"variant {variant.name} leaves nothing to evaluate",
            hint="let its change keep a benchmark in eval.runs",
        )
    for name in config.__struct_fields__:
        if name not in OF_A_VARIANT and getattr(changed, name) != getattr(config, name):
            raise ConfigError(
                f"variant {variant.name} changes {name!r}, which is the whole experiment's",
                hint=f"a variant may change {', '.join(OF_A_VARIANT)}",
            )
    return changed


def source_of(config: ExperimentConfig) -> object:
    """The settings that decide the rows before any stage."""
    return config.data.starter if config.data.folder is None else config.data.folder


def first_with_equal(values: Mapping[str, object]) -> dict[str, str]:
    """For each name the first name with an equal value."""
    return {
        name: next(first for first, other in values.items() if other == value)
        for name, value in values.items()
    }
