"""The guard before training against variants that would train the same model.

It reads the output of the data phase and refuses, leaves out or allows such variants, as the
ablation says. What counts is what is trained on, not what was asked for: another length limit that
cuts no row, or so many steps in place of as many epochs, is no difference.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import numpy as np

from harness.engine.graph import Made
from harness.experiment.ablation import Variant
from harness.experiment.config import ModelConfig
from harness.experiment.nodes import Experiment
from train.packed import Packed
from train.plan import EMPTY, schedule, step_count, warmup_steps
from train.train_config import TrainConfig
from ultralink_data.errors import ConfigError

_DECIDE_NOTHING: Final[dict[str, Any]] = {"checkpoint_every": 0, "max_tokens": 2, "packing": False}
"""One value for fields of a training that change no weight once the data are packed."""

_IN_THE_STEPS: Final[dict[str, Any]] = {
    "steps": 1,
    "epochs": None,
    "sequences_per_step": 1,
    "micro_batch": 1,
    "warmup_ratio": 0,
}
"""One value for fields whose effect is in the steps (`_steps`)."""


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
    packed = Packed.load(made[f"pack/{variant.name}"].path)
    base = experiment.base_model(variant)
    model: object = _made_here(base) if isinstance(base, ModelConfig) else base.fingerprint
    if variant.after:
        earlier = {other.name: other for other in experiment.variants}[variant.after]
        model = _facts(experiment, made, earlier)
    train = msgspec.structs.replace(config.train, **_DECIDE_NOTHING)
    if isinstance(base, ModelConfig):
        # Its tokenizer is made with ChatML, so that "auto" is the same template.
        train = msgspec.structs.replace(train, template="auto")
    steps = [_steps(packed.sequences, train, seed) for seed in experiment.config.seeds]
    count = step_count(packed.sequences, train)
    if count <= warmup_steps(count, train) + 1:
        # The learning rate never falls: the last step is the first at its peak, or before it.
        train = msgspec.structs.replace(train, schedule="constant")
    micro_batch, warmup = train.micro_batch, warmup_steps(count, train)
    train = msgspec.structs.replace(train, **_IN_THE_STEPS)
    trained = (_trained(packed), variant.answers)
    return trained, model, steps, micro_batch, warmup, train, config.eval


def _trained(packed: Packed) -> str:
    """Hash of the rows as they are trained on: which tokens, in which sequences.

    Tokens after the last learned one of a row decide nothing, as later tokens see them and no
    others; neither do a row's language and kind, and the limit that cut it.
    """
    starts, places = packed.segment_bounds[:-1], np.arange(len(packed.ids))
    last = np.maximum.reduceat(np.where(packed.loss, places, -1), starts)
    kept = places <= np.repeat(last, packed.segment_tokens)
    digest = hashlib.sha256()
    for array in (packed.ids[kept], packed.loss[kept], last - starts, packed.sequence_segments):
        digest.update(f"{array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _steps(sequences: int, config: TrainConfig, seed: int) -> str:
    """Hash of the sequences of each step, without empty slots."""
    digest = hashlib.sha256()
    for step in schedule(sequences, config, seed):
        digest.update(step[step != EMPTY].tobytes() + b"\n")
    return digest.hexdigest()


def _made_here(model: ModelConfig) -> ModelConfig:
    """The config of a base made here, without how often its training is saved."""
    training = msgspec.structs.replace(model.micro.training, checkpoint_every=0)
    micro = msgspec.structs.replace(model.micro, training=training)
    return msgspec.structs.replace(model, micro=micro)
