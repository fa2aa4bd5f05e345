"""Command lines that cannot be carried out: two lines, the right exit code, nothing written."""

import json
import shlex

import pytest

from harness import cli
from harness.engine.source_hash import ROOT

CASES = json.loads((ROOT / "tests/cases/bad_commands.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder with a dataset, a file that is no folder, and broken outputs."""
    folder = tmp_path_factory.mktemp("bad")
    (folder / "data").mkdir()
    row = {"id": "en_math_1", "data": ["What is 2 + 3?", "2 + 3 = 5. The answer is 5."]}
    (folder / "data" / "en_math.jsonl").write_text(json.dumps(row) + "\n")
    (folder / "data" / "config.json").write_text("{}")  # it stands for a model too
    (folder / "mix.toml").write_text('[[datasets]]\nfolder = "data"\n')
    (folder / "folder.csv").mkdir()
    (folder / "file").write_text("x")
    (folder / "empty.jsonl").write_text("")
    (folder / "latin.jsonl").write_bytes(b'{"problem_id": "0", "output": "caf\xe9"}\n')
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "loop.toml").symlink_to("loop.toml")
    deep = "[" * 50_000 + "]" * 50_000
    (folder / "deep.jsonl").write_text(f'{{"problem_id": "0", "score": {deep}}}\n')
    (folder / "deep.json").write_text(f'{{"kind": "eval", "other": {deep}}}\n')
    (folder / "deep.toml").write_text(f"a = {deep}\n")
    (folder / "digits.toml").write_text(f"a = {'9' * 5000}\n")
    (folder / "long.jsonl").write_text(f'{{"problem_id": "0", "score": "{"x " * 5000}"}}\n')
    (folder / "list.jsonl").write_text('{"problem_id": [0], "score": 1}\n')
    (folder / "he.jsonl").write_text('{"task_id": "HumanEval/0", "completion": "    pass\\n"}\n')
    return folder


def written(folder):
    """Files that are not the store's logs and locks."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != "runs"
    }


def test_there_are_many_and_each_stands_once():
    assert len(CASES) >= 100
    assert len({case["line"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[case["line"] for case in CASES])
def test_a_bad_command_is_two_lines_and_leaves_nothing(case, folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    before = written(folder)
    code = cli.main(shlex.split(case["line"]))
    err = capsys.readouterr().err
    assert code == case["code"], err
    assert "Traceback" not in err
    first, second = [x for x in err.splitlines() if not x.startswith("evaluating ")]
    assert first.startswith("error: ")
    assert case["said"] in first
    assert case["hint"] in second
    assert written(folder) == before
