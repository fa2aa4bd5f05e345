"""`prune`: how much translated math and code is needed."""

import msgspec

from harness.experiment.ablation import Ablation, Change, Variant
from harness.experiment.config import ExperimentConfig


def keep_translated(keep: str) -> Change:
    """The change that keeps this much of the translated math and code (`PruneConfig.keep`)."""

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
_THREE = ("keep-0", "keep-1of8", "keep-all")
_PAPER = ("keep-0", "keep-8k", "keep-all")

ABLATION = Ablation(
    name="prune",
    question="How much translated math and code can go without losing anything?",
    reference="keep-all",
    variants=tuple(
        Variant(name=name, label=label, change=keep_translated(keep))
        for name, label, keep in _RUNGS
    ),
    defaults={
        "tiny": ("keep-0", "keep-all"),
        "starter": _THREE,
        "small": _THREE,
        "paper-released": _PAPER,
        "paper-lm": _PAPER,
    },
    ladder=True,
)
