from pathlib import Path

import pytest

from harness.building.dialogue_files import dialogues, sources_in
from ultralink_data.checking import check_rows
from ultralink_data.errors import DataError
from ultralink_data.store import dataset

ROW = '{"id": "1", "data": ["What is 2 + 2?", "2 + 2 = 4."]}\n'


def folder_with(tmp_path: Path, name: str) -> Path:
    (tmp_path / "en_math.jsonl").write_text(ROW, encoding="utf-8")
    (tmp_path / name).write_bytes(b"packed")
    return tmp_path


@pytest.mark.parametrize(
    "reader",
    [
        lambda folder: list(dataset.read_release(folder)),
        lambda folder: list(dialogues(folder)),
        lambda folder: list(sources_in(folder)),
        check_rows.data_files,
    ],
    ids=["read_release", "dialogues", "sources_in", "check"],
)
@pytest.mark.parametrize("name", ["fr_code.jsonl.gz", "fr_math.parquet", "fr_math.json"])
def test_no_reader_passes_over_rows_in_a_form_that_it_does_not_read(tmp_path, reader, name):
    folder = folder_with(tmp_path, name)
    with pytest.raises(DataError, match=rf"{name} has the name of a file of rows and is not read"):
        reader(folder)
    (folder / name).rename(folder / "en_math.jsonl.gz")  # a copy of what is read
    assert reader(folder)
