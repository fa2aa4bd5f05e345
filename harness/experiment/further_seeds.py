"""Which further seeds of the reference an experiment trains for its noise floor."""

from collections.abc import Iterable

from harness.experiment.ablation import Variant
from harness.experiment.config import ExperimentConfig
from ultralink_data.errors import ConfigError

NOISE_RECORDS = "noise_records"
"""The folder of their records, apart from those that are compared."""

BY_DEFAULT = ("starter",)
"""The profiles that have a noise floor where it costs under a third of the run."""


def leading_to(name: str, variants: Iterable[Variant]) -> list[Variant]:
    """The variant of this name, and before it those from whose models it goes on, in order."""
    known = {variant.name: variant for variant in variants}
    chain = [known[name]]
    while before := chain[0].after:
        chain.insert(0, known[before])
    return chain


def further_seeds(
    config: ExperimentConfig, variants: int, asked: int | bool | None, *, each: int = 1
) -> tuple[int, ...]:
    """The seeds after the experiment's own, for the reference alone.

    `asked` is a number, True for as many as the experiment has, False for none, or None: the
    profile's default, which is as many as cost under a third of the trainings of all `variants`,
    and at most as many as the experiment has. `each` is the trainings that one run of the reference
    takes.

    Raises:
        ConfigError: fewer than one is asked for, or there is nothing to compare.
    """
    if asked is False or (asked is None and not _by_default(config, variants, each)):
        return ()
    count = len(config.seeds)
    if asked is None:
        count = min(count, (variants * count - 1) // (3 * each))
    elif asked is not True:
        count = asked
    if count < 1:
        raise ConfigError(
            f"--noise-floor {count}: at least one further seed", hint="leave the number out"
        )
    if variants < 2:
        raise ConfigError(
            "--noise-floor: only the reference runs, so there is no difference to put it behind",
            hint="name more --variants, or give the reference more --seeds",
        )
    first = max(config.seeds) + 1
    return tuple(range(first, first + count))


def _by_default(config: ExperimentConfig, variants: int, each: int) -> bool:
    """Whether there are verdicts to stand beside, and a further seed costs under a third."""
    trainings = variants * len(config.seeds)
    enough = variants > 1 and len(config.seeds) > 1 and (trainings - 1) // (3 * each) >= 1
    return config.profile in BY_DEFAULT and config.verdicts and enough
