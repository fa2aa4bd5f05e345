"""Checkpoints that a training cannot have, or a disk not hold, are refused before it begins."""

import shutil
from types import SimpleNamespace

import msgspec
import pytest

from harness.engine.artefact_store import Store
from harness.experiment import profiles
from harness.experiment.ablation_files import get_ablation
from harness.experiment.checkpoint_plan import points_notes, refuse_full_disk, refuse_points
from harness.experiment.nodes import Experiment
from harness.experiment.packed_facts import PlannedTraining
from train.train_config import STARTER_MICRO, TrainConfig
from ultralink_data.errors import ConfigError, PrerequisiteError


def asked(points, **train):
    config = profiles.get("starter")
    if train:
        config = msgspec.structs.replace(config, train=TrainConfig(**train))
    made = Experiment(get_ablation("prune"), config, benchmarks=None, command=())
    return made.with_checkpoints(points)


MISSING = {f"points/{v}/{s}": f"points/{v}/{s}" for v in ("keep-0", "keep-all") for s in (0, 1)}


def test_points_need_as_many_steps():
    steps = profiles.get("starter").train.steps
    refuse_points(asked(steps))
    with pytest.raises(ConfigError, match=f"only {steps} steps"):
        refuse_points(asked(steps + 1))
    with pytest.raises(ConfigError, match="at least 2"):
        refuse_points(asked(1, epochs=2))


def test_steps_that_follow_from_the_data_are_checked_once_they_are_known():
    experiment = asked(5, epochs=1)
    refuse_points(experiment)
    with pytest.raises(ConfigError, match="only 4 steps"):
        refuse_points(experiment, {("keep-0", 0): PlannedTraining(steps=4, cells=())})


def test_the_plan_says_how_much_room_the_models_take():
    megabytes = 4 * 4 * STARTER_MICRO.parameters * 4 / 1e6
    (note,) = points_notes(asked(4), MISSING)
    assert note.endswith(f"for 4 trainings: {megabytes:,.0f} MB")
    assert "3 models of each training" in note
    assert points_notes(asked(4), {})[0].endswith("all are stored")
    assert points_notes(asked(0), MISSING) == ()


def test_a_disk_that_cannot_hold_them_stops_the_run(tmp_path, monkeypatch):
    store = Store(tmp_path)
    refuse_full_disk(asked(4), MISSING, store)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10**6))
    with pytest.raises(PrerequisiteError, match=r"keeps \d+ MB of models, and .* has 1 MB free"):
        refuse_full_disk(asked(4), MISSING, store)
    refuse_full_disk(asked(4), {}, store)
    refuse_full_disk(asked(0), MISSING, store)
