"""The guard before training against variants that would train the same model.

It reads the output of the data phase and refuses, leaves out or allows such variants, as the
ablation says. What counts is what is trained on, not what was asked for: another length limit that
cuts no row, or so many steps in place of as many epochs, is no difference.
"""

from collections.abc import Callable, Mapping

import msgspec

from harness.engine.graph import Made
from harness.experiment.ablation import Variant
from harness.experiment.config import ModelConfig
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import training_facts
from ultralink_data.errors import ConfigError


def differing(
    experiment: Experiment, made: Mapping[str, Made], warn: Callable[[str], None]
) -> Experiment:
    """The experiment without variants that repeat another's rows, training, base or evaluation.

    If all variants of a ladder run, those that repeat another are left out and `warn` is called;
    the reference always stays.

    Raises:
        ConfigError: variants are the same; the message names them.
    """
    groups = same_trainings(experiment, made)
    repeated = [group for group in groups if len(group) > 1]
    if experiment.ablation.identical_data or not repeated:
        return experiment
    if experiment.ablation.ladder and experiment.all_variants and len(groups) > 1:
        for first, *others in repeated:
            warn(f"{', '.join(others)}: the same rows as {first}, left out")
        return experiment.without([name for _, *others in repeated for name in others])
    names = [" and ".join(group) for group in repeated]
    kept = ",".join(group[0] for group in groups)
    said = (
        f"variants {'; '.join(names)} of {experiment.ablation.name} would train the same model on "
        "the same rows: every difference between them is 0 by construction"
    )
    if experiment.ablation.given_by:
        fewer = f"; these differ: {kept}" if len(groups) > 1 else ""
        hint = f"give {experiment.ablation.given_by} what changes the training{fewer}"
        raise ConfigError(said, hint=hint)
    raise ConfigError(
        said,
        hint="correct what the variants change (data.folder, a stage's config ...), "
        + (f"or leave some out with --variants {kept}, " if len(groups) > 1 else "")
        + "or set identical_data=True in the ablation if that is the question",
    )


def same_trainings(experiment: Experiment, made: Mapping[str, Made]) -> list[list[str]]:
    """Names of variants, grouped if they would train the same model; the reference is first."""
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
    config = experiment.of(variant)
    base = experiment.base_model(variant)
    model: object = _made_here(base) if isinstance(base, ModelConfig) else base.fingerprint
    if variant.after:
        earlier = {other.name: other for other in experiment.variants}[variant.after]
        model = _facts(experiment, made, earlier)
    train = config.train
    if isinstance(base, ModelConfig):
        # Its tokenizer is made with ChatML, so that "auto" is the same template.
        train = msgspec.structs.replace(train, template="auto")
    trained = training_facts(made[f"pack/{variant.name}"], train, experiment.config.seeds)
    return trained, variant.answers, model, config.eval


def _made_here(model: ModelConfig) -> ModelConfig:
    """The config of a base made here, without what decides nothing for its texts."""
    training = msgspec.structs.replace(
        model.micro.training, checkpoint_every=0, overlong="split", packing_order="length"
    )
    micro = msgspec.structs.replace(model.micro, training=training)
    return msgspec.structs.replace(model, micro=micro)
