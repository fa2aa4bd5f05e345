"""The typed configuration of an experiment."""

import hashlib

import msgspec

from harness.statistics.verdict import Margins
from tasks.eval_config import EvalConfig
from train.train_config import MicroConfig, TrainConfig
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.whole.prune_config import PruneConfig


class DataConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The source of the rows: `folder` of release files, or None for the starter set."""

    folder: str | None = None
    starter: StarterConfig = StarterConfig()
    prune: PruneConfig = PruneConfig()


class ModelConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base model: `path` of a folder or `.gguf` file, or None for the starter base.

    The starter base is `micro`, made once from `base_seed` and shared by all variants.
    """

    path: str | None = None
    micro: MicroConfig = MicroConfig()
    base_seed: int = 0


class ExperimentConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an experiment depends on, except the variant's own change to it.

    `workers` is how many processes work at once; no number depends on it. `verdicts` is false for
    profiles that only exercise the machinery. `caveats` stand under every table; `expected_minutes`
    is a rough figure for the plan of a first run.
    """

    profile: str
    languages: tuple[str, ...]
    seeds: tuple[int, ...]
    data: DataConfig
    model: ModelConfig
    train: TrainConfig
    eval: EvalConfig
    margins: Margins = Margins()
    verdicts: bool = True
    workers: int = 2
    expected_minutes: float = 0.0
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check what the types alone cannot say."""
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds must be different numbers, at least one, got {self.seeds}")
        if not self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError(f"languages must be different, at least one, got {self.languages}")
        if self.workers < 1:
            raise ValueError(f"workers must be >= 1, got {self.workers}")


NUMBERLESS = ("workers", "expected_minutes", "seeds")
"""Fields that change no number of a table: how it is computed, and how much of it."""


def config_hash(config: ExperimentConfig) -> str:
    """Hash of the resolved config, margins included; 16 hexadecimal digits."""
    data = msgspec.to_builtins(config)
    for name in NUMBERLESS:
        data.pop(name)
    return hashlib.sha256(msgspec.json.encode(data, order="deterministic")).hexdigest()[:16]
