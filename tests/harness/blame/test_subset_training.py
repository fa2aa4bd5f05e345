"""Real trainings on the new dataset without some of its changes, at a scale that shows nothing."""

import msgspec
import pytest

from harness.blame.changed_units import Undoable
from harness.blame.lost_scores import lost_scores
from harness.blame.subset_training import Lost, SubsetTrainer, WithoutChanges, log_loss
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.pool import Pool
from harness.experiment import profiles
from harness.experiment.dataset_variants import with_datasets
from harness.progress.display import QUIET
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

OLD = [row for row in starter_dialogues(0, 1) if row.language in ("en", "zh")]
LOST = Lost("starter_math", "zh")


def changed(row):
    """The row with its answer backwards."""
    return msgspec.structs.replace(row, turns=(row.turns[0], row.turns[1][::-1], *row.turns[2:]))


@pytest.fixture
def trainer(tmp_path):
    """A trainer whose new dataset has every answer backwards; 2 steps a training."""
    for name, rows in (("old", OLD), ("new", map(changed, OLD))):
        dataset.write(tmp_path / name, rows, recipe="test")
    folders = tmp_path / "old", tmp_path / "new"
    config = profiles.get("tiny")
    train = msgspec.structs.replace(config.train, steps=2)
    config = msgspec.structs.replace(config, train=train, seeds=(0, 1))
    config = with_datasets(config, list(map(str, folders)), lambda text: None, chosen=False)
    store = Store(tmp_path / "runs")
    with Pool(1, store, worker_environment(config.train.threads)) as pool:
        (tmp_path / "scratch").mkdir()
        yield SubsetTrainer(config, folders, tmp_path / "scratch", store, pool, QUIET, None, ())


def test_all_undone_is_the_old_training_and_a_seed_of_its_own_is_another(trainer):
    old, new = trainer.old_and_new()
    assert trainer.spent.trainings == trainer.spent.made == 4
    everything = [Undoable(row, changed(row)) for row in OLD]
    wanted = [
        WithoutChanges("everything", everything, (0,)),
        WithoutChanges("none", [], (1,)),
        WithoutChanges("other-seed", everything, (7,)),
    ]
    everywhere, nowhere, other = trainer.without(wanted, LOST)
    assert everywhere == pytest.approx([log_loss(old.runs[0], LOST)], abs=1e-6)
    assert nowhere == pytest.approx([log_loss(new.runs[1], LOST)], abs=1e-6)
    assert other[0] not in (everywhere[0], nowhere[0])
    assert trainer.spent.trainings == 7
    # The same rows and seed are the same training, whatever the dataset is called.
    assert trainer.spent.made == 5
    cells = {(one.task, one.language) for one in lost_scores(old, new, None)}
    assert cells == {("starter_math", "en"), ("starter_math", "zh")}
    assert lost_scores(old, new, "en")[0].language == "en"
    with pytest.raises(ConfigError, match="no task is scored in ru"):
        lost_scores(old, new, "ru")
    with pytest.raises(DataError, match="no bits per byte in ru"):
        log_loss(old.runs[0], Lost("starter_math", "ru"))
