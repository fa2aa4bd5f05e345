"""Dialogues come sorted whether they fit into memory or not."""

import random

import pytest
from dialogue_samples import parallel

from ultralink_data.errors import DataError
from ultralink_data.store import dataset, sort
from ultralink_data.store.sort import in_order, row_key

ROWS = random.Random(0).sample(rows := parallel(30), len(rows))


@pytest.mark.parametrize("buffer_bytes", [1, 5_000, 1 << 30])
def test_rows_come_sorted_whatever_fits_into_memory(tmp_path, buffer_bytes):
    found = list(in_order(iter(ROWS), tmp_path, buffer_bytes=buffer_bytes))
    assert found == sorted(ROWS, key=row_key)
    runs = len(list(tmp_path.iterdir()))
    assert runs == {1: len(ROWS), 1 << 30: 0}.get(buffer_bytes, runs)
    assert 1 < runs < len(ROWS) or buffer_bytes != 5_000


def test_no_more_rows_are_held_than_the_buffer_takes(tmp_path, monkeypatch):
    sizes = []
    spilled = sort._spilled
    monkeypatch.setattr(
        sort, "_spilled", lambda held, path: sizes.append(len(held)) or spilled(held, path)
    )
    list(in_order(iter(ROWS), tmp_path, buffer_bytes=10_000))
    assert max(sizes) <= 10_000 // 600 + 1


def test_a_dataset_sorted_on_disk_is_the_same_byte_for_byte(tmp_path, monkeypatch):
    dataset.write(tmp_path / "memory", ROWS, recipe="r")
    monkeypatch.setattr(
        dataset, "in_order", lambda rows, scratch: in_order(rows, scratch, buffer_bytes=5_000)
    )
    dataset.write(tmp_path / "disk", iter(ROWS), recipe="r")
    disk, memory = (
        {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        for folder in (tmp_path / "disk", tmp_path / "memory")
    )
    assert disk == memory
    assert dataset.read_manifest(tmp_path / "disk").fingerprint == dataset.fingerprint(ROWS)


def test_an_id_twice_is_found_across_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(
        dataset, "in_order", lambda rows, scratch: in_order(rows, scratch, buffer_bytes=5_000)
    )
    with pytest.raises(DataError, match="occurs twice"):
        dataset.write(tmp_path / "d", [*ROWS, ROWS[0]], recipe="r")
    assert list(tmp_path.iterdir()) == []
