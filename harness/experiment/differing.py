"""The guard before training against variants that would train the same model.

It reads the output of the data phase and refuses, leaves out or allows such variants, as the
ablation says.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from harness.engine.graph import Made
from harness.experiment.ablation import Variant
from harness.experiment.nodes import Experiment
from ultralink_data.errors import ConfigError

_DECIDE_NOTHING: Final[dict[str, Any]] = {"checkpoint_every": 0, "max_tokens": 2, "packing": False}
"""One value for fields of a training that change no weight once the data are packed."""


def differing(
    experiment: Experiment, made: Mapping[str, Made], warn: Callable[[str], None]
) -> Experiment:
    """The experiment without variants that repeat another's rows, training, base or evaluation.

    If all variants of a ladder run, those that repeat another are left out and `warn` is called;
    the reference always stays.

    Raises:
        ConfigError: variants are the same; the message names them.
    """
    groups = _same(experiment, made)
    repeated = [group for group in groups if len(group) > 1]
    if experiment.ablation.identical_data or not repeated:
        return experiment
    if experiment.ablation.ladder and experiment.all_variants and len(groups) > 1:
        for first, *others in repeated:
            warn(f"{', '.join(others)}: the same rows as {first}, left out")
        return experiment.without([name for _, *others in repeated for name in others])
    names = [" and ".join(group) for group in repeated]
    kept = ",".join(group[0] for group in groups)
    raise ConfigError(
        f"variants {'; '.join(names)} of {experiment.ablation.name} would train the same model on "
        "the same rows: every difference between them is 0 by construction",
        hint="correct what the variants change (data.folder, a stage's config ...), "
        + (f"or leave some out with --variants {kept}, " if len(groups) > 1 else "")
        + "or set identical_data=True in the ablation if that is the question",
    )


def _same(experiment: Experiment, made: Mapping[str, Made]) -> list[list[str]]:
    """Names of variants, grouped if they are the same; the reference is first in its group."""
    groups: list[tuple[object, list[str]]] = []
    reference = experiment.ablation.reference
    for variant in sorted(experiment.variants, key=lambda v: v.name != reference):
        facts = _facts(experiment, made, variant)
        for known, names in groups:
            if known == facts:
                names.append(variant.name)
                break
        else:
            groups.append((facts, [variant.name]))
    return [names for _, names in groups]


def _facts(experiment: Experiment, made: Mapping[str, Made], variant: Variant) -> object:
    """Everything that decides a variant's numbers, except the seeds.

    Of the training that is neither how often it is saved nor what is in the packed data already.
    """
    config, base = experiment.of(variant), experiment.base_model(variant)
    packed = made[f"pack/{variant.name}"].marker.fingerprint
    model = getattr(base, "fingerprint", base)
    train = msgspec.structs.replace(config.train, **_DECIDE_NOTHING)
    return packed, model, train, config.eval
