"""A training that leaves its intermediate models is the same training, killed or not."""

import hashlib

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from train import checkpoints, intermediate, loading
from train.intermediate import train_with_points
from train.points import FINAL, Point, read_point
from train.trainer import train


class Stopped(Exception):
    pass


def digest(folder):
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


@pytest.fixture
def asked(base, packed_folder, config):
    config = msgspec.structs.replace(config, steps=7)
    return {"model": base, "packed": packed_folder, "config": config, "seed": 1}


@pytest.fixture
def whole(asked, tmp_path):
    """The same training without points, with what its weights were after each step."""
    seen = {}

    def note(step, model):
        seen[step] = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    config = msgspec.structs.replace(asked["config"], checkpoint_every=1)
    inputs = asked | {"config": config}
    result = train(**inputs, out=tmp_path / "plain", work=tmp_path / "wp", on_evaluate=note)
    return result, seen


def points_of(out):
    return {read_point(path).step: path for path in sorted(out.glob("point-*"))}


def test_the_end_is_the_plain_training_and_points_are_its_models_in_between(asked, whole, tmp_path):
    result, seen = whole
    got = train_with_points(**asked, points=3, out=tmp_path / "o", work=tmp_path / "w")
    assert got.losses == result.losses
    assert digest(tmp_path / "o" / FINAL) == digest(tmp_path / "plain")
    found = points_of(tmp_path / "o")
    assert list(found) == [2, 4]
    for step, folder in found.items():
        assert read_point(folder) == Point(step=step, steps=7)
        for name, tensor in load_file(folder / "model.safetensors").items():
            assert torch.equal(tensor, seen[step][name])
        assert loading.load_model(folder).config.use_cache
        assert "<|im_start|>" in loading.load_tokenizer(folder).chat_template
        assert (folder / "model.safetensors").stat().st_mode & 0o044


@pytest.mark.parametrize("dies_at", [1, 3, 4, 5, 7])
def test_a_killed_training_goes_on_and_keeps_its_points(asked, whole, tmp_path, dies_at):
    def die(step, steps, loss):
        if step == dies_at:
            raise Stopped

    place = {"points": 3, "work": tmp_path / "w"}
    with pytest.raises(Stopped):
        train_with_points(**asked, **place, out=tmp_path / "o", on_progress=die)
    got = train_with_points(**asked, **place, out=tmp_path / "again")
    assert got.resumed_from == {1: None, 3: 2, 4: 2, 5: 4, 7: 6}[dies_at]
    _, seen = whole
    assert digest(tmp_path / "again" / FINAL) == digest(tmp_path / "plain")
    for step, folder in points_of(tmp_path / "again").items():
        for name, tensor in load_file(folder / "model.safetensors").items():
            assert torch.equal(tensor, seen[step][name])


def test_a_kill_between_checkpoint_and_point_costs_neither(asked, whole, tmp_path, monkeypatch):
    def die(*args):
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(intermediate, "_save", die)
        with pytest.raises(Stopped):
            train_with_points(**asked, points=3, out=tmp_path / "o", work=tmp_path / "w")
    got = train_with_points(**asked, points=3, out=tmp_path / "again", work=tmp_path / "w")
    assert got.resumed_from == 2
    _, seen = whole
    (first, _) = points_of(tmp_path / "again").values()
    for name, tensor in load_file(first / "model.safetensors").items():
        assert torch.equal(tensor, seen[2][name])


def test_a_checkpoint_whose_points_are_lost_is_not_gone_on_from(asked, tmp_path):
    def die(step, steps, loss):
        if step == 5:
            raise Stopped

    plain = msgspec.structs.replace(asked["config"], checkpoint_every=4)
    with pytest.raises(Stopped):
        train(**asked | {"config": plain}, out=tmp_path / "p", work=tmp_path / "w", on_progress=die)
    got = train_with_points(**asked, points=3, out=tmp_path / "o", work=tmp_path / "w")
    assert got.resumed_from is None
    assert list(points_of(tmp_path / "o")) == [2, 4]


def test_points_of_a_bfloat16_training_are_as_small_as_its_end(asked, tmp_path):
    half = msgspec.structs.replace(asked["config"], precision="bfloat16", steps=2)
    inputs = asked | {"config": half}
    train_with_points(**inputs, points=2, out=tmp_path / "o", work=tmp_path / "w")
    end, point = (tmp_path / "o" / name / "model.safetensors" for name in (FINAL, "point-1"))
    assert point.stat().st_size == end.stat().st_size
    assert {tensor.dtype for tensor in load_file(point).values()} == {torch.bfloat16}


def test_a_pace_that_leads_to_the_points_is_kept(config):
    def pace(asked, every):
        return intermediate._pace(msgspec.structs.replace(config, checkpoint_every=asked), every)

    assert [pace(asked, 40) for asked in (0, -1, 20, 80, 40, 30, 1)] == [40, 40, 20, 40, 40, 40, 1]


def test_every_checkpoint_folder_of_a_run_can_be_loaded(asked, tmp_path):
    config = msgspec.structs.replace(asked["config"], checkpoint_every=2)

    def die(step, steps, loss):
        if step == 3:
            raise Stopped

    with pytest.raises(Stopped):
        train(**asked | {"config": config}, out=tmp_path / "p", work=tmp_path / "w",
              on_progress=die)  # fmt: skip
    fingerprint = loading.fingerprint(asked["model"])
    run = checkpoints.run_folder(tmp_path / "w", fingerprint, asked["packed"], config, 1)
    assert loading.load_model(checkpoints.newest(run)[1]).num_parameters() > 0


def test_points_that_are_named_are_kept_and_no_others(asked, whole, tmp_path):
    """Of points after steps 1 to 7 the second and fifth; killed at 4, where none is lost."""
    _, seen = whole
    place = {"points": 7, "kept": (2, 5, 7), "work": tmp_path / "w"}

    def die(step, steps, now):
        if step == 4:
            raise Stopped

    with pytest.raises(Stopped):
        train_with_points(**asked, **place, out=tmp_path / "o", on_progress=die)
    got = train_with_points(**asked, **place, out=tmp_path / "again")
    assert got.resumed_from == 3
    assert digest(tmp_path / "again" / FINAL) == digest(tmp_path / "plain")
    found = points_of(tmp_path / "again")
    assert sorted(found) == [2, 5]
    assert sorted(path.name for path in found.values()) == ["point-2", "point-5"]
    for step, folder in found.items():
        for name, tensor in load_file(folder / "model.safetensors").items():
            assert torch.equal(tensor, seen[step][name])
        assert not (folder / "metrics.jsonl").exists()
