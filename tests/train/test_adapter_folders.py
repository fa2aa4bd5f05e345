"""A folder of adapters as a model: found with its base, known by its content, damaged."""

import shutil

import msgspec
import pytest
import torch
from adapter_checks import logits

from tasks.models.lm_eval_adapter import load_model as load_lm
from train import loading, lora
from train.lora_config import LoraConfig
from train.trainer import train
from ultralink_data.adapters import ADAPTER_FILE, base_of, set_base, whole_model
from ultralink_data.errors import PrerequisiteError


@pytest.fixture
def adapters(base, tmp_path):
    network = lora.add_adapters(loading.load_model(base), base, LoraConfig(rank=2), 0, ())
    for name, weights in network.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights, std=0.1)
    lora.save_adapters(network, tmp_path / "adapters")
    return tmp_path / "adapters"


def test_adapters_are_another_model_on_another_base(adapters, base, tmp_path):
    before = loading.fingerprint(adapters)
    model = loading.load_model(base)
    with torch.no_grad():
        model.model.norm.weight += 1
    model.save_pretrained(tmp_path / "other")
    set_base(adapters, tmp_path / "other")
    assert base_of(adapters) == str(tmp_path / "other")
    text = (adapters / ADAPTER_FILE).read_text()
    other = loading.fingerprint(adapters)
    model.model.norm.weight.data += 1
    model.save_pretrained(tmp_path / "other")
    assert (adapters / ADAPTER_FILE).read_text() == text
    assert len({before, other, loading.fingerprint(adapters)}) == 3


def test_the_whole_model_stands_below_adapters_on_adapters(adapters, base, tmp_path):
    upper = tmp_path / "upper"
    shutil.copytree(adapters, upper)
    set_base(upper, adapters)
    assert [str(whole_model(spec)) for spec in (upper, adapters, base)] == [str(base)] * 3


def test_a_tokenizer_that_adapters_lack_is_that_of_their_base(adapters, base):
    found = loading.load_tokenizer(adapters)
    assert found.get_vocab() == loading.load_tokenizer(base).get_vocab()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("no base", "names no base model"),
        ("no json", "names no base model"),
        ("gone", "no model at .*gone, which is the base that .*adapter_config.json names"),
        ("itself", "names a base that stands on itself"),
        ("each other", "names a base that stands on itself"),
        ("weights", "adapter_model.safetensors is missing"),
        ("half", "cannot load a model from"),
    ],
)
def test_what_adapters_lack_is_said(adapters, tmp_path, damage, said):
    if damage == "no base":
        (adapters / ADAPTER_FILE).write_text("{}")
    if damage == "no json":
        (adapters / ADAPTER_FILE).write_text("{")
    if damage == "gone":
        set_base(adapters, tmp_path / "gone")
    if damage == "itself":
        set_base(adapters, adapters)
    if damage == "each other":
        shutil.copytree(adapters, tmp_path / "other")
        set_base(tmp_path / "other", adapters)
        set_base(adapters, tmp_path / "other")
    if damage == "weights":
        (adapters / "adapter_model.safetensors").unlink()
    if damage == "half":
        whole = (adapters / "adapter_model.safetensors").read_bytes()
        (adapters / "adapter_model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PrerequisiteError, match=said):
        loading.load_model(adapters)


def test_all_weights_of_a_model_that_is_adapters_are_trained(
    adapters, packed_folder, config, tmp_path
):
    config = msgspec.structs.replace(config, steps=2, learning_rate=1e-2)
    before = loading.load_model(adapters).state_dict()
    inputs = {"model": adapters, "packed": packed_folder, "config": config, "seed": 0}
    train(**inputs, out=tmp_path / "out", work=tmp_path / "work")
    after = loading.load_model(tmp_path / "out").state_dict()
    assert not [name for name, weights in before.items() if weights.equal(after[name])]


def test_an_evaluation_asks_the_base_with_the_adapters(adapters, base, tokenizer):
    network = loading.load_model(base)
    ours = load_lm(adapters, batch_size=1, dtype="float32", max_length=None)
    assert type(ours.model) is type(network)
    assert torch.equal(logits(ours.model), logits(loading.load_model(adapters)))
    assert ours.tokenizer.get_vocab() == tokenizer.get_vocab()
