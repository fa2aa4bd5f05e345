"""A killed training whose dataset has changed since is told, and its checkpoint stays."""

from argparse import Namespace

from harness.commands.changed_data import changed_data
from harness.engine.artefact_store import Store
from train import checkpoints
from train.loading import fingerprint
from train.packed import ARRAYS_FILE, COUNTS_FILE
from train.train_config import TrainConfig


def test_a_checkpoint_of_other_data_is_told_and_left(tmp_path):
    for name in (ARRAYS_FILE, COUNTS_FILE):
        (tmp_path / name).write_text(name)
    model, config = tmp_path / "model", TrainConfig(steps=4)
    model.mkdir()
    (model / "config.json").write_text("{}")
    asked = (Store(tmp_path), Namespace(model=model, seed=1), tmp_path, config)
    assert [*changed_data(*asked)] == []
    inputs = checkpoints.inputs_of(fingerprint(model), tmp_path, config, 1)
    run = checkpoints.folder_of(tmp_path / "work" / "key", inputs)
    checkpoints.note_inputs(run, inputs)
    (run / "checkpoint-3").mkdir()
    assert [*changed_data(*asked)] == []
    (tmp_path / ARRAYS_FILE).write_text("changed")
    (told,) = changed_data(*asked)
    assert "a checkpoint of step 3 on other data" in told
    assert str(run) in told
    assert (run / "checkpoint-3").is_dir()
