"""A byte order mark at the start of a text file is no part of the text, whoever reads it."""

import json

import pytest

from harness import cli
from ultralink_data.store.byte_order_mark import MARK, unmarked, without_mark

ROW = {"id": "en_math_1", "data": ["What is 2 + 3?", "2 + 3 = 5. The answer is 5."]}


def test_only_a_mark_at_the_start_is_taken_off():
    assert without_mark(MARK + b"a") == b"a"
    assert without_mark(b"a" + MARK) == b"a" + MARK
    assert list(unmarked([MARK + b"a\n", MARK + b"b\n"])) == [b"a\n", MARK + b"b\n"]
    assert list(unmarked([])) == []


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The same files with the mark and without."""
    monkeypatch.chdir(tmp_path)
    for name, mark in (("plain", b""), ("marked", MARK)):
        (tmp_path / name).mkdir()
        rows = mark + json.dumps(ROW).encode() + b"\n"
        (tmp_path / name / "en_math.jsonl").write_bytes(rows)
        output = {"problem_id": "starter_math/0000", "output": "The answer is 5."}
        (tmp_path / name / "outputs.jsonl").write_bytes(mark + json.dumps(output).encode())
        (tmp_path / name / "recipe.toml").write_bytes(mark + b"unknown = 1\n")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("data", "stats", "NAME"),
        ("data", "convert", "NAME/en_math.jsonl", "-o", "NAME-dataset"),
        ("data", "check", "NAME/en_math.jsonl", "--tasks", "starter_math"),
        ("data", "diversity", "NAME/en_math.jsonl"),
        ("data", "build", "--recipe", "NAME/recipe.toml", "-o", "b"),
        ("grade", "starter_math", "NAME/outputs.jsonl", "-o", "NAME.graded.jsonl"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_every_command_reads_a_marked_file_as_the_plain_one(words, folder, capsys):
    said = []
    for name in ("plain", "marked"):
        code = cli.main([word.replace("NAME", name) for word in words])
        found = capsys.readouterr()
        lines = [x for x in (found.out + found.err).splitlines() if name not in x]
        said.append((code, [line.split() for line in lines if line.strip("- ")]))
    assert said[0] == said[1]
    assert "malformed" not in str(said)
