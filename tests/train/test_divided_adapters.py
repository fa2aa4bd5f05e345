"""Adapters whose model is divided between two processes: the training of one, and its files."""

import json
import shutil

import msgspec
import pytest
import torch
from adapter_checks import logits, plain_peft
from safetensors.torch import load_file
from train_samples import dialogues

from train import loading, lora
from train.families import random_model
from train.lora_config import LoraConfig
from train.packing import pack
from train.train_config import TINY_MICRO
from train.trainer import train
from ultralink_data.adapters import ADAPTER_FILE, ADAPTER_WEIGHTS


class Stopped(Exception):
    pass


def die(step, *_):
    if step == 3:
        raise Stopped


@pytest.fixture
def inputs(base, packed_folder, config):
    config = msgspec.structs.replace(config, steps=4, learning_rate=1e-2, checkpoint_every=2)
    return {"model": base, "packed": packed_folder, "config": config, "seed": 1}


def of(inputs, devices=1, **changes):
    changes |= {"devices": devices, "shard": devices > 1}
    return inputs | {"config": msgspec.structs.replace(inputs["config"], **changes)}


def largest_difference(one, other):
    first, second = load_file(one), load_file(other)
    assert set(first) == set(second)
    return max(float((first[n].float() - second[n].float()).abs().max()) for n in first)


@pytest.mark.parametrize(
    ("variant", "precision"),
    [
        ("rslora", "float32"),
        pytest.param("dora", "float32", marks=pytest.mark.slow),
        pytest.param("lora", "bfloat16", marks=pytest.mark.slow),
    ],
)
def test_divided_adapters_have_the_losses_and_files_of_one_process_and_one_goes_on(
    inputs, tmp_path, variant, precision
):
    inputs = of(inputs, lora=LoraConfig(rank=4, variant=variant), precision=precision)
    near = 1e-5 if precision == "float32" else 2e-2
    one = train(**inputs, out=tmp_path / "one", work=tmp_path / "w1")
    assert one.losses[0] - one.losses[-1] > 0.1
    places = {"out": tmp_path / "two", "work": tmp_path / "w2"}
    with pytest.raises(Stopped):
        train(**of(inputs, 2), **places, on_progress=die)
    begun = shutil.copytree(tmp_path / "w2", tmp_path / "w3")
    (checkpoint,) = begun.glob("*/checkpoint-2")
    assert {ADAPTER_FILE, ADAPTER_WEIGHTS} <= {path.name for path in checkpoint.iterdir()}
    assert not list(checkpoint.glob("model*"))
    two = train(**of(inputs, 2), **places)
    again = train(**inputs, out=tmp_path / "again", work=begun)
    for found, name in ((two, "two"), (again, "again")):
        assert (found.resumed_from, found.damaged) == (2, ())
        assert found.losses == pytest.approx(one.losses, abs=near)
        for file in ("model.safetensors", f"{lora.ADAPTERS}/{ADAPTER_WEIGHTS}"):
            assert largest_difference(tmp_path / "one" / file, tmp_path / name / file) <= near
        for file in ("config.json", "generation_config.json", f"{lora.ADAPTERS}/{ADAPTER_FILE}"):
            said = [json.loads((tmp_path / n / file).read_bytes()) for n in ("one", name)]
            assert said[0] == said[1]
    if precision == "float32":
        merged = logits(loading.load_model(tmp_path / "two"))
        adapters = tmp_path / "two" / lora.ADAPTERS
        assert torch.allclose(logits(plain_peft(inputs["model"], adapters)), merged, atol=1e-5)


@pytest.mark.slow
def test_two_processes_go_on_from_the_adapters_of_one(inputs, tmp_path):
    inputs = of(inputs, lora=LoraConfig(rank=4))
    whole = train(**inputs, out=tmp_path / "whole", work=tmp_path / "w1")
    places = {"out": tmp_path / "o", "work": tmp_path / "w2"}
    with pytest.raises(Stopped):
        train(**inputs, **places, on_progress=die)
    two = train(**of(inputs, 2), **places)
    assert two.resumed_from == 2
    assert two.losses == pytest.approx(whole.losses, abs=1e-5)


@pytest.mark.slow
def test_experts_with_adapters_are_divided(tokenizer, inputs, tmp_path):
    from transformers import AutoModelForCausalLM, MixtralConfig

    sizes = {"vocab_size": len(tokenizer), "hidden_size": 32, "num_hidden_layers": 2,
             "intermediate_size": 64, "num_attention_heads": 2, "num_key_value_heads": 1,
             "num_local_experts": 4, "num_experts_per_tok": 2}  # fmt: skip
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(MixtralConfig(**sizes)).save_pretrained(tmp_path / "base")
    tokenizer.save_pretrained(tmp_path / "base")
    inputs = of(inputs | {"model": tmp_path / "base"}, lora=LoraConfig(rank=2), steps=3)
    one = train(**inputs, out=tmp_path / "one", work=tmp_path / "w1")
    two = train(**of(inputs, 2), out=tmp_path / "two", work=tmp_path / "w2")
    assert two.losses == pytest.approx(one.losses, abs=1e-5)
    file = "model.safetensors"
    assert largest_difference(tmp_path / "one" / file, tmp_path / "two" / file) <= 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("tied", [True, False])
def test_embeddings_of_new_tokens_are_divided_beside_adapters(
    tokenizer_folder, inputs, tmp_path, tied
):
    """Of a base whose tokenizer has no token of ChatML."""
    plain = tmp_path / "plain"
    loading.load_tokenizer(tokenizer_folder).save_pretrained(plain)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        text = (plain / name).read_text().replace("<|im_", "<|xx_")
        (plain / name).write_text(text)
    (plain / "chat_template.jinja").unlink()
    tokens = loading.load_tokenizer(plain)
    model = random_model("llama", msgspec.structs.replace(TINY_MICRO, vocabulary=320), tokens)
    if not tied:
        model.config.tie_word_embeddings = False
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.clone())
    model.save_pretrained(plain)
    packed = pack(dialogues(), tokens, max_tokens=400, template="chatml")
    packed.save(tmp_path / "packed")
    inputs = of(inputs | {"model": plain, "packed": tmp_path / "packed"}, lora=LoraConfig(rank=2))
    one = train(**inputs, out=tmp_path / "one", work=tmp_path / "w1")
    two = train(**of(inputs, 2), out=tmp_path / "two", work=tmp_path / "w2")
    assert two.losses == pytest.approx(one.losses, abs=1e-5)
    found = load_file(tmp_path / "two" / lora.ADAPTERS / ADAPTER_WEIGHTS)
    assert sum("trainable_tokens" in name for name in found) == (1 if tied else 2)
    for file in ("model.safetensors", f"{lora.ADAPTERS}/{ADAPTER_WEIGHTS}"):
        assert largest_difference(tmp_path / "one" / file, tmp_path / "two" / file) <= 1e-5
