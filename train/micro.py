"""The starter base model: a small model pretrained on given texts, with its own tokenizer."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from train.families import Family, random_model
from train.loading import load_tokenizer
from train.packing import pack_texts
from train.runtime import runtime
from train.step_metrics import Progress
from train.train_config import MicroConfig
from train.trainer import TrainResult, train
from ultralink_data import atomic
from ultralink_data.errors import ConfigError


def train_base(
    *,
    tokenizer: Path,
    texts: Iterable[str],
    config: MicroConfig,
    seed: int,
    out: Path,
    work: Path,
    family: Family = "llama",
    on_progress: Progress | None = None,
) -> TrainResult:
    """Create a model with random weights from `seed` and pretrain it on `texts`, on all tokens.

    `out` and `work` are as in `train.trainer.train`, which does the training.

    Raises:
        ConfigError: the tokenizer has more tokens than `config.vocabulary`.
        DataError: there is no text.
        PrerequisiteError: the tokenizer is missing, or the disk is full.
    """
    tokens = load_tokenizer(tokenizer)
    if len(tokens) > config.vocabulary:
        raise ConfigError(
            f"the tokenizer at {tokenizer} has {len(tokens)} tokens, the model room for "
            f"{config.vocabulary}",
            hint="make it with the same --set base.vocabulary",
        )
    recipe = config.training
    packed = pack_texts(texts, tokens, max_tokens=recipe.max_tokens, packing=recipe.packing)
    packed.save(work / "packed")
    _write_random_model(tokenizer, config, family, seed, work / "random")
    return train(
        model=work / "random",
        packed=work / "packed",
        config=recipe,
        seed=seed,
        out=out,
        work=work / "run",
        on_progress=on_progress,
    )


def _write_random_model(
    tokenizer: Path, config: MicroConfig, family: Family, seed: int, folder: Path
) -> None:
    import torch

    tokens: Any = load_tokenizer(tokenizer)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = random_model(family, config, tokens)
    with runtime(config.training.threads, folder), atomic.new_directory(folder) as temporary:
        model.save_pretrained(temporary)
        tokens.save_pretrained(temporary)
