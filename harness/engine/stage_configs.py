"""The configs of an experiment's own stages, where no other room has them."""

import msgspec

from tasks.eval_config import EvalConfig
from train.families import Family
from train.train_config import MicroConfig, Overlong, PackingOrder, Template, TrainConfig
from ultralink_data.mixture.mixture_config import Curriculum, Mixture
from ultralink_data.starter.starter_config import StarterConfig


class ImportConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Import a folder of release files; the folder is the input `source`."""


class HeldOutConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which share of the rows in these languages is held out of a training."""

    share: float
    languages: tuple[str, ...]


class WithoutConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Leave rows held out of a dataset, and what says the same as one of them."""


class TokenizerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tokenizer made from the starter set's base text."""

    starter: StarterConfig
    vocabulary: int


class BaseConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A base model made from the starter set's base text."""

    starter: StarterConfig
    micro: MicroConfig
    family: Family = "llama"


class MixtureConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows of these languages in one pass over a mixture; folders are inputs, by number.

    The template decides tokens. The input `mixture` is its file, for errors; its content is here.
    """

    mixture: Mixture
    languages: tuple[str, ...]
    template: Template


class PackConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How dialogues are tokenised and packed; the same fields as in `TrainConfig`."""

    languages: tuple[str, ...]
    max_tokens: int
    template: Template
    packing: bool
    overlong: Overlong
    packing_order: PackingOrder
    curriculum: Curriculum = Curriculum()


class PointsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A training that leaves a model at each of `points` evenly spaced steps, the last its end.

    Where points are `kept`, counted from 1, it leaves only these and the end.
    """

    training: TrainConfig
    points: int
    kept: tuple[int, ...] = ()


class EvalStageConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An evaluation, and the hash of its problems.

    The inputs `benchmarks` (the folder of benchmark files), `replies` (an endpoint's stored
    replies) and `answers` (what is kept of the model's) are not part of the key; the hash is.
    """

    eval: EvalConfig
    problems: str
