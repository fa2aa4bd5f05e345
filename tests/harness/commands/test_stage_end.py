"""A stage that accepts no row has failed: exit code 3, with the reasons counted."""

import json

import pytest

from harness import cli


@pytest.fixture
def cultural(tmp_path):
    assert cli.main(["data", "filter-starter", "-o", str(tmp_path / "starter")]) == 0
    kept = []
    words = ["--keywords-only", "-o", str(tmp_path / "all.jsonl")]
    assert cli.main(["data", "filter", str(tmp_path / "starter" / "rows.jsonl"), *words]) == 0
    for line in (tmp_path / "all.rejected.jsonl").read_text().splitlines():
        kept.append(json.loads(line)["id"])
    rows = (tmp_path / "starter" / "rows.jsonl").read_text().splitlines()
    path = tmp_path / "cultural.jsonl"
    path.write_text("".join(f"{row}\n" for row in rows if json.loads(row)["id"] in kept))
    return path, len(kept)


def test_a_filter_that_keeps_nothing_exits_with_three_and_counts(cultural, tmp_path, capsys):
    rows, count = cultural
    assert count > 1
    capsys.readouterr()
    words = ["--keywords-only", "-o", str(tmp_path / "none.jsonl")]
    assert cli.main(["data", "filter", str(rows), *words]) == 3
    found = capsys.readouterr()
    first, second = found.err.splitlines()[-2:]
    assert f"none.jsonl: none of {count} rows was accepted ({count} " in first
    assert "none.rejected.jsonl has each row with its reason" in second
    assert "written:" in found.out
    assert (tmp_path / "none.jsonl").read_bytes() == b""


def test_a_filter_that_keeps_some_is_done(tmp_path, capsys):
    assert cli.main(["data", "filter-starter", "-o", str(tmp_path / "starter")]) == 0
    words = ["--keywords-only", "-o", str(tmp_path / "some.jsonl")]
    assert cli.main(["data", "filter", str(tmp_path / "starter" / "rows.jsonl"), *words]) == 0
    assert "was accepted" not in capsys.readouterr().err


def test_published_rows_of_which_none_is_good_exit_with_three(tmp_path, capsys):
    source = tmp_path / "magicoder.jsonl"
    source.write_text('{"instruction": "Do it.", "response": ""}\n')
    words = ["--format", "magicoder", "-o", str(tmp_path / "rows.jsonl")]
    assert cli.main(["data", "convert", str(source), *words]) == 3
    assert "none of 1 rows was accepted (1 " in capsys.readouterr().err
