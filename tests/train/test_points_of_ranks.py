"""Models in the midst of a training in two processes: those of one process, killed or not."""

import msgspec
import pytest
import torch
from adapter_checks import logits
from safetensors.torch import load_file

from train import loading, lora
from train.intermediate import train_with_points
from train.lora_config import LoraConfig
from train.points import FINAL, read_point

NEAR = 1e-5


class Stopped(Exception):
    pass


def die(step, *_):
    if step == 3:
        raise Stopped


def difference(one, other):
    """The median over all weights of how far two models are apart.

    AdamW moves a weight whose gradient is noise by the whole rate, either way.
    """
    first, second = (load_file(folder / "model.safetensors") for folder in (one, other))
    assert set(first) == set(second)
    return float(torch.cat([(first[n] - second[n]).abs().flatten() for n in first]).median())


@pytest.mark.parametrize(
    ("shard", "rank"),
    [
        pytest.param(False, 0, marks=pytest.mark.slow),
        (True, 0),
        pytest.param(True, 2, marks=pytest.mark.slow),
    ],
)
def test_two_processes_leave_the_points_of_one(base, packed_folder, config, tmp_path, shard, rank):
    config = msgspec.structs.replace(
        config, steps=4, learning_rate=5e-3, lora=LoraConfig(rank=rank)
    )
    two = msgspec.structs.replace(config, devices=2, shard=shard)
    inputs = {"model": base, "packed": packed_folder, "seed": 1, "points": 2}
    one = train_with_points(**inputs, config=config, out=tmp_path / "one", work=tmp_path / "w1")
    with pytest.raises(Stopped):
        train_with_points(**inputs, config=two, out=tmp_path / "o", work=tmp_path / "w2",
                          on_progress=die)  # fmt: skip
    assert (tmp_path / "w2" / "points" / "2" / "model.safetensors").is_file()
    got = train_with_points(**inputs, config=two, out=tmp_path / "two", work=tmp_path / "w2")
    assert got.resumed_from == 2
    assert got.losses == pytest.approx(one.losses, abs=NEAR)
    for name in ("point-1", FINAL):
        assert difference(tmp_path / "one" / name, tmp_path / "two" / name) <= NEAR
    assert difference(tmp_path / "two" / "point-1", tmp_path / "two" / FINAL) > (
        0 if rank else NEAR
    )
    point = tmp_path / "two" / "point-1"
    assert read_point(point).step == 2
    model = loading.load_model(point)
    assert "<|im_start|>" in loading.load_tokenizer(point).chat_template
    if rank:
        merged = logits(loading.load_model(point / lora.ADAPTERS))
        assert torch.equal(merged, logits(model))
