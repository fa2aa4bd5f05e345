"""The typed configuration of an experiment."""

import hashlib
from functools import reduce
from operator import getitem
from typing import Any, Final

import msgspec

from harness.statistics.verdict import Margins
from tasks.eval_config import EvalConfig
from train.families import Family
from train.lora_config import LoraConfig
from train.train_config import MicroConfig, TrainConfig
from ultralink_data.seeds import check_seed
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.whole.prune_config import PruneConfig


class DataConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rows to train on."""

    folder: str | None = None
    """Folder of release files, or null for the starter set."""
    starter: StarterConfig = StarterConfig()
    """Size of the starter set."""
    prune: PruneConfig = PruneConfig()
    """How many translated rows to keep."""


class ModelConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base model, shared by all variants."""

    path: str | None = None
    """Folder or `.gguf` file of the model, or null for a starter base."""
    micro: MicroConfig = MicroConfig()
    """The starter base, used if no path is given."""
    base_seed: int = 0
    """Seed of the starter base."""
    family: Family = "llama"
    """Architecture of the starter base, used if no path is given."""

    def __post_init__(self) -> None:
        """Check the seed."""
        check_seed(self.base_seed)


class ExperimentConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything an experiment depends on, except the variant's own change to it."""

    profile: str
    """Name of the profile that the config started from."""
    languages: tuple[str, ...]
    """Language codes of data and tasks."""
    seeds: tuple[int, ...]
    """Training seeds; each is a run of every variant."""
    data: DataConfig
    """Training data."""
    model: ModelConfig
    """Base model."""
    train: TrainConfig
    """Training settings."""
    eval: EvalConfig
    """Evaluation settings."""
    margins: Margins = Margins()
    """Non-inferiority margins: the largest loss that does not count as worse."""
    verdicts: bool = True
    """Print verdicts; false for profiles that only test the machinery."""
    workers: int = 2
    """Worker processes; no result depends on it."""
    caveats: tuple[str, ...] = ()
    """Sentences printed under every table."""

    def __post_init__(self) -> None:
        """Check what the types alone cannot express."""
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ValueError(f"seeds must be different numbers, at least one, got {self.seeds}")
        for seed in self.seeds:
            check_seed(seed)
        if not self.languages or len(set(self.languages)) != len(self.languages):
            raise ValueError(f"languages must be different, at least one, got {self.languages}")
        if self.workers < 1:
            raise ValueError(f"workers must be >= 1, got {self.workers}")


NUMBERLESS = ("workers",)
"""Fields that change no number of a table, only how it is computed."""


_BEFORE: Final[tuple[tuple[str, Any], ...]] = (
    ("model.family", "llama"),
    ("model.micro.training.devices", 1),
    ("model.micro.training.lora", LoraConfig()),
    ("model.micro.training.optimizer", "adamw_fused"),
    ("model.micro.training.shard", False),
    ("model.micro.training.overlong", "split"),  # of texts: they have always been split
    ("model.micro.training.packing_order", "length"),  # of texts: it decides nothing
    ("train.devices", 1),
    ("train.lora", LoraConfig()),
    ("train.optimizer", "adamw_fused"),
    ("train.overlong", "cut"),
    ("train.packing_order", "hash"),
    ("train.shard", False),
)
"""Later fields, with what was so before there was a choice: hashes stay as they were."""


def config_hash(config: ExperimentConfig) -> str:
    """Hash of the resolved config, margins and seeds included; 16 hexadecimal digits.

    The order of the seeds does not count: they are matched by number.
    """
    data = msgspec.to_builtins(config)
    for name in NUMBERLESS:
        data.pop(name)
    for path, before in _BEFORE:
        *parents, name = path.split(".")
        holder = reduce(getitem, parents, data)
        if holder[name] == msgspec.to_builtins(before):
            holder.pop(name)
    data["seeds"] = sorted(config.seeds)
    return hashlib.sha256(msgspec.json.encode(data, order="deterministic")).hexdigest()[:16]
