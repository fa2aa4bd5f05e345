"""A tiny tokenizer, model and dataset, made once for all tests of the room."""

from pathlib import Path

import msgspec
import pytest
import torch
from mutation_map import shared
from train_samples import TEXTS, dialogues

from train.loading import load_tokenizer
from train.micro import train_base
from train.micro_tokenizer import train_tokenizer
from train.packing import pack
from train.train_config import TINY_MICRO, TrainConfig

torch.set_num_threads(1)


@pytest.fixture(scope=shared)
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer") / "tokenizer"
    train_tokenizer(TEXTS, 320, folder)
    return folder


@pytest.fixture(scope=shared)
def tokenizer(tokenizer_folder: Path):
    return load_tokenizer(tokenizer_folder)


@pytest.fixture(scope=shared)
def base(tokenizer_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    recipe = msgspec.structs.replace(TINY_MICRO.training, steps=2)
    train_base(
        tokenizer=tokenizer_folder,
        texts=TEXTS,
        config=msgspec.structs.replace(TINY_MICRO, training=recipe),
        seed=0,
        out=folder / "model",
        work=folder / "work",
    )
    return folder / "model"


@pytest.fixture(scope=shared)
def packed_folder(tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed") / "packed"
    pack(dialogues(), tokenizer, max_tokens=400, template="chatml").save(folder)
    return folder


@pytest.fixture
def config() -> TrainConfig:
    return TrainConfig(
        learning_rate=1e-3,
        steps=6,
        sequences_per_step=4,
        micro_batch=2,
        max_tokens=400,
        template="chatml",
    )
