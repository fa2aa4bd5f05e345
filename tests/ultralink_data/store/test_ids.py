"""Ids that must be used once."""

import pytest

from ultralink_data.errors import DataError
from ultralink_data.store.ids import require_distinct


def test_ids_of_several_files_that_are_all_different_pass(tmp_path):
    files = [tmp_path / f"{n}.jsonl" for n in range(3)]
    for n, file in enumerate(files):
        file.write_text("".join(f'{{"id": "{n}-{m}", "text": "x"}}\n' for m in range(50)))
    require_distinct(files)
    require_distinct([])


def test_an_id_that_stands_twice_is_named_with_both_places(tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text('{"id": "es:1"}\n{"id": "es:2"}\n')
    second.write_text('{"id": "es:3"}\n{"id": "es:2"}\n')
    with pytest.raises(DataError, match=r"'es:2' occurs twice: .*a.jsonl:2 and .*b.jsonl:2"):
        require_distinct([first, second])


def test_a_line_without_an_id_is_named(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "es:1"}\n{"name": "es:2"}\n')
    with pytest.raises(DataError, match=r"a\.jsonl:2"):
        require_distinct([file])
