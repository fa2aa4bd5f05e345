"""The card of a trained model."""

import msgspec
import pytest
from huggingface_hub import ModelCard
from markdown_it import MarkdownIt

from harness.commands.train_card import model_card
from harness.engine.artefact_store import Circumstances
from harness.engine.provenance import (
    BaseModel,
    HeldOutCell,
    HeldOutRows,
    ModelProvenance,
    TrainedCell,
    TrainedOn,
)
from leaderboard.table import text_table
from train.lora_config import LoraConfig
from train.step_metrics import StepMetrics
from train.train_config import TrainConfig

MADE = Circumstances(
    started="2026-11-28T12:00:00+00:00",
    wall_seconds=12.5,
    command=("train",),
    packages={"python": "3.11.9", "torch": "2.13.0"},
    git_commit="0123abc",
    git_dirty=False,
    machine="x86_64",
    processor="A processor",
    cores=2,
    memory_gib=8.0,
    accelerator=None,
)
HOSTILE = 'x"\n---\nlicense: mit\n`<script>`![a](http://evil)\u202e|'


def provenance(base="/models/base-1b", data="/data/mine", rank=0):
    cell = TrainedCell(language="en", kind="math", rows=1200, tokens=90_000, learned=45_678)
    return ModelProvenance(
        schema=1,
        fingerprint="f" * 64,
        base=BaseModel(path=base, fingerprint="b" * 64, provenance=None),
        dataset=TrainedOn(path=data, fingerprint="d" * 64, languages=("en", "zh"), cells=(cell,)),
        recipe=TrainConfig(lora=LoraConfig(rank=rank)),
        seed=7,
        steps=300,
        made=MADE,
        validation=HeldOutRows(
            fingerprint="e" * 64,
            cells=(HeldOutCell(language="en", kind="math", rows=34, learned=99),),
        ),
    )


STEP = StepMetrics(step=300, loss=1.25, learning_rate=0.0, grad_norm=1.0, learned_tokens=10,
                   seconds=1.0, memory_bytes=1)  # fmt: skip


def card(found, name="tuned", adapters=False):
    tables = [text_table("Loss on held-out rows", ("language",), [("en",)])]
    return model_card(name, found, [STEP], tables, adapters=adapters)


def test_it_says_what_was_trained_on_what_and_how():
    text = card(provenance())
    for part in (
        "# tuned",
        "`base-1b`",
        "d" * 64,
        "e" * 64,
        "34 rows",
        "300 optimiser steps, seed 7, 45,678 learned tokens",
        "1.250 nats",
        "| en | math | 1,200 | 90,000 | 45,678 |",
        "Loss on held-out rows",
        '"learning_rate": 0.00002',
        "`torch 2.13.0`",
        "![Loss of the training](loss.png)",
    ):
        assert part in text, part
    assert "/models" not in text
    assert "/data" not in text


@pytest.mark.parametrize("adapters", [False, True])
def test_the_hub_reads_its_metadata(adapters):
    found = provenance(rank=4 if adapters else 0)
    data = ModelCard(card(found, adapters=adapters)).data.to_dict()
    assert data["base_model"] == "base-1b"
    assert data["language"] == ["en", "zh"]
    assert data["datasets"] == ["mine"]
    assert data["library_name"] == ("peft" if adapters else "transformers")
    assert data["base_model_relation"] == ("adapter" if adapters else "finetune")
    assert ("lora" in data["tags"]) is adapters
    assert data["pipeline_tag"] == "text-generation"


def test_names_from_outside_stay_names():
    found = provenance(base=f"/m/{HOSTILE.replace('/', '.')}", data=f"/d/{HOSTILE}")
    made = msgspec.structs.replace(MADE, processor=HOSTILE)
    text = card(msgspec.structs.replace(found, made=made), name=HOSTILE)
    read = ModelCard(text)
    assert read.data.to_dict()["license"] == "unknown"
    assert read.data.to_dict()["base_model"].startswith('x" --- license: mit')
    assert "\u202e" not in text
    page = MarkdownIt("commonmark").render(read.text)
    assert page.count("<img") == 1
    assert "<script" not in page
    assert "href=" not in page
