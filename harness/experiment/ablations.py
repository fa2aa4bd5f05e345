"""Ablations: a question, its variants, and the variant that the others are compared with."""

from collections.abc import Callable, Sequence

import msgspec

from harness.experiment.config import ExperimentConfig
from ultralink_data.errors import unknown_name

Change = Callable[[ExperimentConfig], ExperimentConfig]


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A named change of the base configuration; the name also names files."""

    name: str
    label: str
    change: Change


class Ablation(msgspec.Struct, frozen=True, kw_only=True):
    """A question asked of the data; `reference` is the name of one of `variants`."""

    name: str
    question: str
    reference: str
    variants: tuple[Variant, ...]

    def select(self, names: Sequence[str]) -> tuple[Variant, ...]:
        """These variants in the ablation's order, the reference always among them.

        `all` means every variant.

        Raises:
            ConfigError: an unknown variant; offers the nearest names.
        """
        known = {variant.name for variant in self.variants}
        wanted = set(known if "all" in names else names) | {self.reference}
        for name in sorted(wanted - known):
            raise unknown_name(f"variant of {self.name}", name, known)
        return tuple(variant for variant in self.variants if variant.name in wanted)


def _keep(keep: str) -> Change:
    def change(config: ExperimentConfig) -> ExperimentConfig:
        prune = msgspec.structs.replace(config.data.prune, keep=keep)
        return msgspec.structs.replace(
            config, data=msgspec.structs.replace(config.data, prune=prune)
        )

    return change


_RUNGS = (
    ("keep-0", "no translated math and code", "0"),
    ("keep-1of8", "1/8 of it", "1/8"),
    ("keep-1of4", "1/4 of it", "1/4"),
    ("keep-1of2", "1/2 of it", "1/2"),
    ("keep-2k", "2,000 rows a language and kind", "2k"),
    ("keep-4k", "4,000", "4k"),
    ("keep-8k", "8,000", "8k"),
    ("keep-16k", "16,000", "16k"),
    ("keep-32k", "32,000", "32k"),
    ("keep-all", "all of it", "all"),
)

PRUNE = Ablation(
    name="prune",
    question="How much translated math and code can go without losing anything?",
    reference="keep-all",
    variants=tuple(
        Variant(name=name, label=label, change=_keep(keep)) for name, label, keep in _RUNGS
    ),
)

ABLATIONS = {ablation.name: ablation for ablation in (PRUNE,)}


def get(name: str) -> Ablation:
    """The ablation with this name.

    Raises:
        ConfigError: no such ablation; offers the nearest names.
    """
    if name not in ABLATIONS:
        raise unknown_name("ablation", name, ABLATIONS)
    return ABLATIONS[name]
