"""The ready-made gates for CI: their commands exist, in an order that works on a bare machine."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.options.parser import parser

ROOT = Path(__file__).resolve().parents[1]
GITHUB = ROOT / ".github/workflows/data-gate.yml"
GITLAB = ROOT / "examples/data_gate.gitlab-ci.yml"


def github_steps() -> list[dict[str, Any]]:
    return yaml.safe_load(GITHUB.read_text(encoding="utf-8"))["jobs"]["gate"]["steps"]


def commands(path: Path) -> list[str]:
    """The lines that the shell of each file runs."""
    if path == GITHUB:
        return [step["run"] for step in github_steps() if "run" in step]
    if path == GITLAB:
        return yaml.safe_load(path.read_text(encoding="utf-8"))["data gate"]["script"]
    return path.read_text(encoding="utf-8").splitlines()


def parsed(path: Path) -> list[tuple[str, ...]]:
    """The first words of our commands, each of which the parser takes."""
    found = []
    for line in commands(path):
        if line.startswith("ultralink-bench "):
            words = shlex.split(re.sub(r"\$\w+", "x", line))[1:]
            assert parser().parse_args(words)
            found.append(tuple(word for word in words[:2] if not word.startswith("-")))
    return found


@pytest.mark.parametrize("path", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_benchmark_files_are_there_before_the_gate_looks_for_them(path):
    assert parsed(path) == [("tasks", "fetch"), ("gate",)]


def test_the_script_for_any_other_place_ends_with_the_gate():
    assert parsed(ROOT / "examples/data_gate.sh") == [("gate",)]


def test_files_of_gitlab_are_where_the_gate_is_told():
    fetch, gate = (line for line in commands(GITLAB) if line.startswith("ultralink-bench"))
    assert parser().parse_args(shlex.split(fetch)[1:]).out == Path("benchmarks")
    assert parser().parse_args(shlex.split(gate)[1:]).benchmarks == Path("benchmarks")


def test_on_github_the_gate_alone_decides():
    steps = github_steps()
    (place,) = [n for n, step in enumerate(steps) if " gate --baseline " in step.get("run", "")]
    after = steps[place + 1 :]
    assert all(step["if"].startswith("always()") for step in after)
    reports = [
        s for s in after if not s.get("uses", "").startswith(("actions/cache", "actions/up"))
    ]
    assert len(reports) == 2
    assert all(step["continue-on-error"] is True for step in reports)


def test_on_github_the_store_of_a_gate_that_fails_is_kept():
    """`actions/cache` alone saves nothing where a step has failed."""
    own = [step for step in github_steps() if step.get("with", {}).get("path") == "runs"]
    assert [step["uses"] for step in own] == ["actions/cache/restore@v4", "actions/cache/save@v4"]
    assert own[0]["with"]["key"] == own[1]["with"]["key"]
    assert own[1]["with"]["key"].startswith(own[0]["with"]["restore-keys"].strip())
