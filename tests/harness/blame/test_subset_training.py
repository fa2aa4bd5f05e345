"""Real trainings on the new dataset without some of its changes, at a scale that shows nothing."""

import pytest
from blame_rows import ROWS, backwards

from harness.blame.changed_units import Undoable
from harness.blame.lost_scores import lost_scores
from harness.blame.subset_training import Lost, WithoutChanges, log_loss
from ultralink_data.errors import ConfigError, DataError

LOST = Lost("starter_math", "zh")


def test_all_undone_is_the_old_training_and_a_seed_of_its_own_is_another(trainer_of):
    trainer = trainer_of()
    old, new = trainer.old_and_new()
    assert trainer.spent.trainings == trainer.spent.made == 4
    everything = [Undoable(row, backwards(row)) for row in ROWS]
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
