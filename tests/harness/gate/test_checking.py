"""Planted faults are found in the language and kind where they are; harmless changes are not."""

import random
from pathlib import Path

import pytest

from benchmarks.planted_changes import Planted, planted, read_rows, write_rows
from harness.gate.checking import Checked, check_change, row_reasons
from harness.gate.gate_config import GateLimits
from harness.progress.display import QUIET
from tasks.benchmarks.humaneval import read_english
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

AGAINST = ("humaneval",)


def leaks() -> dict[str, list[str]]:
    problem = read_english()["HumanEval/30"]
    return {"en_code": [problem.prompt, f"{problem.prompt}{problem.canonical_solution}"]}


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate") / "baseline"
    dataset.write(folder, starter_dialogues(1, 1), recipe="starter")
    return folder


def checked(baseline: Path, change: Planted, folder: Path) -> Checked:
    rows = read_rows(baseline)
    change.change(rows, random.Random(7))
    write_rows(rows, folder / "candidate")
    return check_change(baseline, folder / "candidate", AGAINST, None, QUIET)


HARMFUL = [change for change in planted(leaks()) if change.causes]
HARMLESS = [change for change in planted({}) if not change.causes]


@pytest.mark.parametrize("change", HARMFUL, ids=lambda change: change.name)
def test_a_planted_fault_is_named_with_its_place(baseline, change, tmp_path):
    reasons = row_reasons(checked(baseline, change, tmp_path), GateLimits())
    assert reasons
    assert {f"{reason.language}_{reason.kind}" for reason in reasons} == {change.cell}
    assert {reason.cause for reason in reasons} & set(change.causes)


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.name)
def test_a_harmless_change_has_no_reason(baseline, change, tmp_path):
    found = checked(baseline, change, tmp_path)
    assert row_reasons(found, GateLimits()) == ()
    assert found.faults == ()
