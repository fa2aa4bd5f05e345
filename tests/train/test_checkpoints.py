"""Checkpoints appear whole, belong to one run, and only the newest is kept."""

import msgspec
import pytest

from train import checkpoints
from train.packed import ARRAYS_FILE, COUNTS_FILE
from train.train_config import TrainConfig


@pytest.fixture
def packed(tmp_path):
    for name in (ARRAYS_FILE, COUNTS_FILE):
        (tmp_path / name).write_text(name)
    return tmp_path


def folder(packed, model="m", config=None, seed=1):
    return checkpoints.run_folder(packed / "work", model, packed, config or TrainConfig(), seed)


def test_each_input_of_a_run_gives_a_folder_of_its_own(packed):
    first = folder(packed)
    assert first.parent == packed / "work"
    assert len(first.name) == 16
    others = [
        folder(packed, model="n"),
        folder(packed, seed=2),
        folder(packed, config=TrainConfig(learning_rate=1e-4)),
    ]
    for name in (ARRAYS_FILE, COUNTS_FILE):
        (packed / name).write_text("other")
        others.append(folder(packed))
        (packed / name).write_text(name)
    assert len({first, *others}) == 6
    assert folder(packed) == first


def test_how_often_checkpoints_are_written_does_not_matter(packed):
    assert folder(packed, config=TrainConfig(checkpoint_every=5)) == folder(packed)


def test_the_newest_is_the_one_of_the_highest_step(tmp_path):
    assert checkpoints.newest(tmp_path / "run") is None
    for name in (
        "checkpoint-9",
        "checkpoint-10",
        "checkpoint-11x",
        ".old-checkpoint-12",
        "staging",
    ):
        (tmp_path / "run" / name).mkdir(parents=True)
    assert checkpoints.newest(tmp_path / "run") == (10, tmp_path / "run" / "checkpoint-10")


def test_staging_is_empty_whatever_a_killed_run_left(tmp_path):
    first = checkpoints.stage(tmp_path / "run")
    (first / "half").touch()
    again = checkpoints.stage(tmp_path / "run")
    assert again == first == tmp_path / "run" / checkpoints.STAGING
    assert list(again.iterdir()) == []


def test_a_committed_checkpoint_is_whole_and_all_but_the_newest_two_are_gone(tmp_path):
    run = tmp_path / "run"
    for step in (1, 2, 4):
        staged = checkpoints.stage(run) / f"checkpoint-{step}"
        staged.mkdir()
        checkpoints.write_losses(staged, [1.5] * step)
        checkpoints.commit(run, step)
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoint-2",
        "checkpoint-4",
        checkpoints.STAGING,
    ]
    step, path = checkpoints.newest(run)
    assert (step, checkpoints.read_losses(path)) == (4, [1.5] * 4)


def test_what_an_interrupted_removal_left_does_not_stand_in_the_way(tmp_path):
    run = tmp_path / "run"
    (run / ".old-checkpoint-1" / "x").mkdir(parents=True)
    for step in (1, 2, 9):
        (run / f"checkpoint-{step}").mkdir()
    (checkpoints.stage(run) / "checkpoint-4").mkdir()
    checkpoints.commit(run, 4)  # had 9 been whole, the run would have gone on from it
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoint-2",
        "checkpoint-4",
        checkpoints.STAGING,
    ]


def test_damaged_losses_are_not_taken(tmp_path):
    (tmp_path / checkpoints.LOSSES_FILE).write_text('["a"]')
    with pytest.raises(msgspec.ValidationError):
        checkpoints.read_losses(tmp_path)


def test_runs_that_differ_in_their_data_alone_are_found(packed):
    config = TrainConfig(steps=4)
    before = checkpoints.inputs_of("m", packed, config, 1)
    run = checkpoints.folder_of(packed / "work", before)
    checkpoints.note_inputs(run, before)
    notes = [run / checkpoints.INPUTS_FILE, packed / "no such file", packed / ARRAYS_FILE]
    (packed / ARRAYS_FILE).write_text("changed")
    now = checkpoints.inputs_of("m", packed, config, 1)
    assert [*checkpoints.of_other_data(notes, now)] == []  # it has no checkpoint
    (run / "checkpoint-2").mkdir()
    assert [*checkpoints.of_other_data(notes, now)] == [(2, run)]
    assert [*checkpoints.of_other_data(notes, before)] == []
    for other in (
        checkpoints.inputs_of("n", packed, config, 1),
        checkpoints.inputs_of("m", packed, config, 2),
        checkpoints.inputs_of("m", packed, TrainConfig(steps=5), 1),
    ):
        assert [*checkpoints.of_other_data(notes, other)] == []
