"""A trainer for the tests of blame: real trainings, at a scale that shows nothing."""

import msgspec
import pytest
from blame_rows import ROWS, backwards

from harness.blame.subset_training import SubsetTrainer
from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.pool import Pool
from harness.experiment import profiles
from harness.experiment.dataset_variants import with_datasets
from harness.progress.display import QUIET
from ultralink_data.store import dataset


@pytest.fixture
def trainer_of(tmp_path):
    """Makes trainers of a kind; the new dataset has every answer backwards; 2 steps a training."""
    for name, of in (("old", ROWS), ("new", map(backwards, ROWS))):
        dataset.write(tmp_path / name, of, recipe="test")
    folders = tmp_path / "old", tmp_path / "new"
    config = profiles.get("tiny")
    train = msgspec.structs.replace(config.train, steps=2)
    config = msgspec.structs.replace(config, train=train, seeds=(0, 1))
    config = with_datasets(config, list(map(str, folders)), lambda text: None, chosen=False)
    store = Store(tmp_path / "runs")
    with Pool(1, store, worker_environment(config.train.threads)) as pool:

        def make(kind=SubsetTrainer, scratch="scratch"):
            (tmp_path / scratch).mkdir()
            return kind(config, folders, tmp_path / scratch, store, pool, QUIET, None, ())

        yield make
