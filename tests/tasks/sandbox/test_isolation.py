"""Programs without a sandbox: only where a user asked for it."""

import json
from pathlib import Path

import pytest

from harness import cli
from tasks.sandbox import Limits, Program, isolated, isolation, require_sandbox, run_programs
from ultralink_data.errors import PrerequisiteError

TEST = "def check(candidate):\n    assert candidate() == 1\n"


def program(source: str) -> Program:
    return Program(source=source, test=TEST, entry_point="f")


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no sandbox can be made."""

    def refuse() -> None:
        raise PrerequisiteError("no sandbox", hint="none")

    monkeypatch.setattr("tasks.sandbox.runner.sandbox_report", refuse)
    monkeypatch.setattr("tasks.sandbox.capability.find_recipe", refuse)


def test_isolation_is_the_default_and_comes_back() -> None:
    assert isolated()
    with isolation(False):
        assert not isolated()
        assert require_sandbox() is None
    assert isolated()


@pytest.mark.usefixtures("forbidden")
def test_programs_run_without_a_sandbox_and_by_the_same_rules(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("1")
    sources = [
        f"def f():\n    return int(open({str(canary)!r}).read())\n",
        "def f():\n    return 2\n",
        "def f():\n    while True:\n        pass\n",
        "import os\ndef f():\n    os._exit(0)\n",
        "def f():\n    return len(bytearray(1 << 40))\n",
    ]
    with isolation(False):
        results = run_programs([program(s) for s in sources], Limits(wall_seconds=2.0), workers=2)
    verdicts = [result.outcome.value for result in results]
    assert verdicts == ["passed", "failed", "timeout", "failed", "failed"]
    with pytest.raises(PrerequisiteError):
        run_programs([program(sources[0])], Limits(), workers=1)


@pytest.mark.usefixtures("forbidden")
def test_the_command_needs_the_flag_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = tmp_path / "samples.jsonl"
    samples.write_text(json.dumps({"task_id": "HumanEval/0", "completion": "    return 1\n"}))
    assert cli.main(["grade", "humaneval", str(samples)]) == 3
    assert "no sandbox" in capsys.readouterr().err
    assert cli.main(["grade", "humaneval", str(samples), "--no-sandbox"]) == 0
    assert "--no-sandbox" in capsys.readouterr().out
    assert (tmp_path / "samples.jsonl_results.jsonl").exists()
