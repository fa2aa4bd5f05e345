"""Datasets: fingerprint of the content, manifest, written whole or not at all."""

import random
import shutil

import msgspec
import pytest
from dialogue_samples import dialogue, parallel

from ultralink_data.errors import DataError
from ultralink_data.store import dataset, release

ROWS = parallel(5)


def replaced(**changes):
    """ROWS with the first row changed."""
    return [msgspec.structs.replace(ROWS[0], **changes), *ROWS[1:]]


def test_what_was_written_is_read(tmp_path):
    manifest = dataset.write(tmp_path / "d", ROWS, recipe="r", parents=["p"], dropped={"x": 2})
    assert sorted(dataset.read(tmp_path / "d"), key=repr) == sorted(ROWS, key=repr)
    assert dataset.read_manifest(tmp_path / "d") == manifest
    assert (manifest.recipe, manifest.parents, manifest.dropped) == ("r", ("p",), {"x": 2})


def test_counts_are_by_language_and_kind():
    counts = {(c.language, c.kind): c for c in dataset.count(ROWS)}
    assert counts["zh", "math"].rows == 5
    assert counts["zh", "math"].turns == 10
    accented = dataset.count([dialogue(turns=("é", "数"))])
    assert accented[0].bytes == 2 + 3


def test_rows_of_the_manifest_are_those_of_the_files(tmp_path):
    manifest = dataset.write(tmp_path / "d", ROWS, recipe="r")
    for entry in manifest.files:
        assert entry.rows == len((tmp_path / "d" / entry.name).read_bytes().splitlines())


# Fingerprint


def test_the_order_of_rows_does_not_change_the_fingerprint():
    shuffled = random.Random(1).sample(ROWS, len(ROWS))
    assert shuffled != ROWS
    assert dataset.fingerprint(shuffled) == dataset.fingerprint(ROWS)


def test_path_and_time_and_recipe_do_not_change_the_fingerprint(tmp_path):
    first = dataset.write(tmp_path / "a", ROWS, recipe="one")
    second = dataset.write(tmp_path / "deep" / "b", ROWS[::-1], recipe="two", parents=["x"])
    assert first.fingerprint == second.fingerprint


def test_the_split_over_folders_does_not_change_the_fingerprint(tmp_path):
    dataset.write(tmp_path / "a", ROWS[::2], recipe="r")
    dataset.write(tmp_path / "b", ROWS[1::2], recipe="r")
    both = [*dataset.read(tmp_path / "a"), *dataset.read(tmp_path / "b")]
    assert dataset.fingerprint(both) == dataset.fingerprint(ROWS)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "other"},
        {"language": "fr"},
        {"kind": "code"},
        {"turns": ("How many?", "Three")},
        {"turns": ("How many?T", "hree.")},
        {"turns": (*ROWS[0].turns, *ROWS[0].turns)},
        {"provenance": msgspec.structs.replace(ROWS[0].provenance, source_id="s")},
        {"provenance": msgspec.structs.replace(ROWS[0].provenance, parent_id="p")},
        {"provenance": msgspec.structs.replace(ROWS[0].provenance, model="m")},
        {"provenance": msgspec.structs.replace(ROWS[0].provenance, prompt_version="v")},
    ],
)
def test_any_change_of_content_changes_the_fingerprint(changes):
    assert dataset.fingerprint(replaced(**changes)) != dataset.fingerprint(ROWS)


def test_a_row_less_or_twice_changes_the_fingerprint():
    prints = {dataset.fingerprint(rows) for rows in (ROWS, ROWS[1:], [*ROWS, ROWS[0]])}
    assert len(prints) == 3


# Written whole or not at all


def test_a_failure_half_way_leaves_nothing(tmp_path, monkeypatch):
    encode, calls = release.encode, []

    def fails_the_second_time(rows):
        calls.append(rows)
        if len(calls) == 2:
            raise RuntimeError("half way")
        return encode(rows)

    monkeypatch.setattr(release, "encode", fails_the_second_time)
    with pytest.raises(RuntimeError, match="half way"):
        dataset.write(tmp_path / "d", ROWS, recipe="r")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_the_old_dataset(tmp_path, monkeypatch):
    before = dataset.write(tmp_path / "d", ROWS, recipe="r")
    monkeypatch.setattr(release, "encode", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        dataset.write(tmp_path / "d", ROWS[1:], recipe="r")
    assert dataset.read_manifest(tmp_path / "d") == before
    assert len(dataset.read(tmp_path / "d")) == len(ROWS)
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


def test_an_id_that_occurs_twice_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"'en_math_1' occurs twice in en_math\.jsonl"):
        dataset.write(tmp_path / "d", [dialogue("1"), dialogue("1", source="s")], recipe="r")
    assert list(tmp_path.iterdir()) == []


# Read strictly


@pytest.fixture
def folder(tmp_path):
    dataset.write(tmp_path / "d", ROWS, recipe="r")
    return tmp_path / "d"


def test_a_changed_file_is_found_by_its_hash(folder):
    path = folder / "zh_math.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Three", b"Seven", 1))
    with pytest.raises(DataError, match=r"zh_math\.jsonl is not what was stored: .* instead of"):
        dataset.read(folder)
    assert dataset.read(folder, verify=False)


def test_a_file_that_is_gone_is_named(folder):
    (folder / "provenance" / "zh_math.jsonl").unlink()
    with pytest.raises(DataError, match=r"provenance/zh_math\.jsonl cannot be read"):
        dataset.read(folder)


def test_a_file_that_the_manifest_does_not_name_is_refused(folder):
    shutil.copy(folder / "zh_math.jsonl", folder / "ru_math.jsonl")
    with pytest.raises(DataError, match=r"ru_math\.jsonl is not in manifest\.json"):
        dataset.read(folder)


@pytest.mark.parametrize(
    ("find", "put", "complaint"),
    [
        (b'"recipe"', b'"receipt"', "receipt"),
        (b'"rows": 5', b'"rows": "5"', "rows"),
        (b"{", b"", "manifest.json"),
        (b'"rows": 5', b'"rows": 6', "its seal differs"),
        (b'"recipe": "', b'"recipe": "x', "its seal differs"),
        (b'"fingerprint": "', b'"fingerprint": "0', "its seal differs"),
    ],
)
def test_a_damaged_manifest_is_named(folder, find, put, complaint):
    path = folder / dataset.MANIFEST
    path.write_bytes(path.read_bytes().replace(find, put, 1))
    with pytest.raises(DataError, match=complaint):
        dataset.read(folder)


def test_a_folder_without_manifest_is_no_dataset(tmp_path):
    with pytest.raises(DataError, match="is not a dataset") as caught:
        dataset.read(tmp_path)
    assert "data convert" in caught.value.hint


def test_provenance_and_reject_files_are_no_release_files(folder):
    (folder / "rejected.jsonl").write_text("x")
    names = [path.name for path in dataset.release_files(folder)]
    assert "rejected.jsonl" not in names
    assert not [name for name in names if "provenance" in name]
    assert len(names) == 3 * 4


def test_a_language_without_a_row_is_named():
    counts = dataset.count(ROWS)
    dataset.require_language(counts, ["en", "fr"], "the data")
    with pytest.raises(DataError, match=r"the data has no row in es, ru") as caught:
        dataset.require_language(counts, ["en", "es", "ru"], "the data")
    assert "it has en, fr, zh" in caught.value.hint


def test_a_dataset_that_a_killed_replacement_left_aside_is_read(tmp_path):
    made = dataset.write(tmp_path / "d", [dialogue("1")], recipe="r")
    (tmp_path / ".old-d.abcdefgh").mkdir()
    (tmp_path / "d").rename(tmp_path / ".old-d.abcdefgh" / "old")
    assert dataset.read_manifest(tmp_path / "d") == made
    assert dataset.check(tmp_path / "d") == made
