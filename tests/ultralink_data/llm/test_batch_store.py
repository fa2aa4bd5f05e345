"""Batches under way on disk."""

import pytest

from ultralink_data.errors import DataError
from ultralink_data.llm.batch_store import BatchStore, Wave

WAVE = Wave(id="w1", keys=("a", "b"), started=1.5)


def test_a_wave_is_there_until_it_is_dropped_and_only_for_its_endpoint(tmp_path):
    path = tmp_path / "new" / "batches.sqlite"
    with BatchStore(path, "one") as store:
        store.save(WAVE)
        store.save(Wave(id="w2", keys=("c",), started=2.5))
        store.save(Wave(id="w1", keys=("a", "b"), started=1.5, batch="batch_7"))
    with BatchStore(path, "other") as store:
        assert store.waves() == []
    with BatchStore(path, "one") as store:
        assert {(wave.id, wave.batch) for wave in store.waves()} == {("w1", "batch_7"), ("w2", "")}
        store.drop(WAVE)
        assert [wave.id for wave in store.waves()] == ["w2"]


def test_a_file_that_is_no_store_is_named(tmp_path):
    path = tmp_path / "batches.sqlite"
    path.write_bytes(b"no database" * 200)
    with pytest.raises(DataError, match="is not a list of batches"):
        BatchStore(path, "one").__enter__()
