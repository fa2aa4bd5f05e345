"""A dataset folder loads with `datasets` as it is."""

import json

import pytest
import yaml
from dialogue_samples import dialogue

from ultralink_data.store import dataset
from ultralink_data.store.front_matter import README

ROWS = [
    *(dialogue(str(n), "en", "math") for n in range(3)),
    *(dialogue(str(n), "en", "code") for n in range(2)),
    *(dialogue(str(n), "zh", "math") for n in range(4)),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    dataset.write(tmp_path / "d", ROWS, recipe="r")
    (tmp_path / "d" / "rejected.jsonl").write_text('{"id": "x", "reason": "thinking"}\n')
    return tmp_path / "d"


def test_each_language_and_kind_loads_by_its_name(folder, tmp_path):
    import datasets

    for name, rows in (("en_math", 3), ("en_code", 2), ("zh_math", 4)):
        (split,) = datasets.load_dataset(str(folder), name, cache_dir=str(tmp_path / "c")).values()
        assert split.column_names == ["id", "data"]
        assert len(split) == rows
        file = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
        assert list(split) == [json.loads(line) for line in file]


def test_the_header_is_yaml_with_a_configuration_for_each_file(folder):
    text = (folder / README).read_text("utf-8")
    assert text.startswith("---\npretty_name: "), "by which `data stats --card` knows a card"
    _, header, body = text.split("---\n", 2)
    found = yaml.safe_load(header)
    assert found["configs"] == [
        {"config_name": "en_math", "data_files": "en_math.jsonl"},
        {"config_name": "en_code", "data_files": "en_code.jsonl"},
        {"config_name": "zh_math", "data_files": "zh_math.jsonl"},
    ]
    assert found["language"] == ["en", "zh"]
    assert found["size_categories"] == ["n<1K"]
    assert "| zh | math | 4 | 8 |" in body
    assert 'load_dataset(FOLDER, "en_math")' in body


def test_its_owner_may_change_the_card(folder):
    (folder / README).write_text("mine")
    assert len(dataset.read(folder)) == len(ROWS)
    (folder / README).unlink()
    assert len(dataset.read(folder)) == len(ROWS)


def test_provenance_is_in_a_folder_of_its_own(folder):
    assert sorted(path.name for path in (folder / "provenance").iterdir()) == [
        "en_code.jsonl",
        "en_math.jsonl",
        "zh_math.jsonl",
    ]
    assert not list(folder.glob("*.provenance.jsonl"))


def test_provenance_beside_the_rows_as_earlier_versions_wrote_it_is_read(folder):
    for path in (folder / "provenance").iterdir():
        path.rename(folder / f"{path.stem}.provenance.jsonl")
    (folder / "provenance").rmdir()
    assert sorted(dataset.read_release(folder), key=repr) == sorted(ROWS, key=repr)
