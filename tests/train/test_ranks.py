"""Trainings in several processes: the losses of one, checkpoints across, and how failures end."""

import os
import shutil
import signal
import threading
import time
from multiprocessing import active_children
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from train.lora_config import LoraConfig
from train.packed import ARRAYS_FILE
from train.trainer import train
from ultralink_data.errors import DataError, PrerequisiteError


@pytest.fixture
def inputs(base, packed_folder, config):
    config = msgspec.structs.replace(config, steps=4, learning_rate=5e-3, checkpoint_every=2)
    return {"model": base, "packed": packed_folder, "config": config, "seed": 1}


def on(inputs, devices, **changes):
    return inputs | {
        "config": msgspec.structs.replace(inputs["config"], devices=devices, **changes)
    }


def test_two_processes_have_the_losses_of_one_and_one_goes_on_from_their_checkpoint(
    inputs, tmp_path
):
    seen = []
    one = train(**inputs, out=tmp_path / "one", work=tmp_path / "w1")
    two = train(**on(inputs, 2), out=tmp_path / "two", work=tmp_path / "w2",
                on_progress=lambda *now: seen.append(now))  # fmt: skip
    assert two.losses == pytest.approx(one.losses, abs=1e-5)
    assert two.attention == one.attention == "row by row"
    assert two.losses[0] - two.losses[-1] > 0.1
    assert [step for step, _, _ in seen] == [1, 2, 3, 4]
    assert not active_children()
    again = train(**inputs, out=tmp_path / "again", work=tmp_path / "w2")
    assert again.resumed_from == 4
    assert again.losses == two.losses


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 2])
def test_a_training_killed_on_two_goes_on_on_one_and_the_other_way_round(inputs, tmp_path, rank):
    if rank:
        inputs = on(inputs, 1, lora=LoraConfig(rank=rank))
    whole = train(**inputs, out=tmp_path / "whole", work=tmp_path / "w")

    class Stopped(Exception):
        pass

    def die(step, steps, loss):
        if step == 3:
            raise Stopped

    for first, then in ((2, 1), (1, 2)):
        places = {"out": tmp_path / f"o{first}", "work": tmp_path / f"w{first}"}
        with pytest.raises(Stopped):
            train(**on(inputs, first), **places, on_progress=die)
        found = train(**on(inputs, then), **places)
        assert found.resumed_from == 2
        assert found.losses == pytest.approx(whole.losses, abs=1e-5)


@pytest.mark.parametrize("precision", ["float32", pytest.param("bfloat16", marks=pytest.mark.slow)])
def test_a_divided_model_has_the_losses_and_checkpoints_of_one_process(inputs, tmp_path, precision):
    inputs = on(inputs, 1, precision=precision)
    near = 1e-5 if precision == "float32" else 3e-2
    one = train(**inputs, out=tmp_path / "one", work=tmp_path / "w1")

    class Stopped(Exception):
        pass

    def die(step, *_):
        if step == 3:
            raise Stopped

    with pytest.raises(Stopped):
        train(**on(inputs, 2, shard=True), out=tmp_path / "two", work=tmp_path / "w2",
              on_progress=die)  # fmt: skip
    begun = shutil.copytree(tmp_path / "w2", tmp_path / "w3")
    two = train(**on(inputs, 2, shard=True), out=tmp_path / "two", work=tmp_path / "w2")
    again = train(**inputs, out=tmp_path / "again", work=begun)
    for found, name in ((two, "two"), (again, "again")):
        assert (found.resumed_from, found.damaged) == (2, ())
        assert found.attention == "row by row"
        assert found.losses == pytest.approx(one.losses, abs=near)
        with safe_open(tmp_path / "one" / "model.safetensors", "pt") as expected:
            weights = load_file(tmp_path / name / "model.safetensors")
            assert set(expected.keys()) == set(weights)
            for key, value in weights.items():
                # AdamW moves a weight whose gradient is noise by the whole rate, either way.
                assert value.dtype == getattr(torch, precision)
                far = (value.float() - expected.get_tensor(key).float()).abs()
                assert far.median() <= near
        saved = (tmp_path / name / "config.json").read_text()
        assert saved == (tmp_path / "one" / "config.json").read_text()


@pytest.mark.slow
def test_a_divided_model_goes_on_from_the_checkpoint_of_one_process(inputs, tmp_path):
    one = train(**inputs, out=tmp_path / "one", work=tmp_path / "w")
    (run,) = (path for path in (tmp_path / "w").iterdir() if path.is_dir())
    shutil.rmtree(run / "checkpoint-4")
    two = train(**on(inputs, 2, shard=True), out=tmp_path / "two", work=tmp_path / "w")
    assert two.resumed_from == 2
    assert two.losses == pytest.approx(one.losses, abs=1e-5)


def test_the_error_of_a_rank_is_that_of_the_training(inputs, tmp_path):
    packed = tmp_path / "packed"
    packed.mkdir()
    for file in Path(inputs["packed"]).iterdir():
        (packed / file.name).write_bytes(file.read_bytes())
    (packed / ARRAYS_FILE).write_bytes(b"half")
    with pytest.raises(DataError):
        train(**on(inputs, 2) | {"packed": packed}, out=tmp_path / "o", work=tmp_path / "w")
    assert not active_children()


def test_a_killed_rank_ends_the_others_and_is_named(inputs, tmp_path):
    def kill():
        while len(found := active_children()) < 2:
            time.sleep(0.01)
        (second,) = [process for process in found if process.name == "rank 1"]
        os.kill(second.pid, signal.SIGKILL)

    threading.Thread(target=kill).start()
    with pytest.raises(PrerequisiteError, match="rank 1 of the training was ended by signal 9"):
        train(**on(inputs, 2), out=tmp_path / "o", work=tmp_path / "w")
    assert not active_children()
    assert not (tmp_path / "o").exists()


def test_more_processes_than_cores_are_refused_before_they_start(inputs, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    many = on(inputs, 8, sequences_per_step=16)
    with pytest.raises(PrerequisiteError, match="devices=8, but this machine has 6 CPU cores"):
        train(**many, out=tmp_path / "o", work=tmp_path)


def test_what_several_processes_cannot_do_is_said(inputs):
    with pytest.raises(ValueError, match=r"devices \* micro_batch must divide .*, got 3 \* 2"):
        on(inputs, 3)
    with pytest.raises(ValueError, match=r"shard divides weights that are numbers, .*=4bit"):
        on(inputs, 2, shard=True, lora=LoraConfig(rank=2, base="4bit"))
