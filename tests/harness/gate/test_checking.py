"""Planted faults are found in the language and kind where they are; harmless changes are not."""

import random
from pathlib import Path

import pytest

from benchmarks.planted_changes import Planted, planted, read_rows, write_rows
from harness.gate.checking import Checked, check_change, row_reasons
from harness.gate.gate_config import GateLimits
from harness.progress.display import QUIET
from tasks.benchmarks.humaneval import read_english

AGAINST = ("humaneval",)


def leaks() -> dict[str, list[str]]:
    problem = read_english()["HumanEval/30"]
    return {"en_code": [problem.prompt, f"{problem.prompt}{problem.canonical_solution}"]}


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


def test_a_fault_that_the_baseline_has_too_is_not_the_candidates(baseline, tmp_path):
    rows = read_rows(baseline)
    for row in rows["ru_math"]:
        row["data"][1] = "This whole answer is written in plain English words and in no others."
    write_rows(rows, tmp_path / "before")
    for row in rows["ru_math"]:
        row["data"][1] += " Indeed."
    write_rows(rows, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", AGAINST, None, QUIET)
    assert len(found.changes.rows) == len(rows["ru_math"])
    assert found.faults == ()


def test_added_rows_may_show_the_faults_that_are_usual_there(baseline, tmp_path):
    rows = read_rows(baseline)
    for row in rows["fr_code"][::2]:
        row["data"][1] = row["data"][1].replace("return ", "retourner ")
    write_rows(rows, tmp_path / "before")
    for row in rows["fr_code"][:40]:
        rows["fr_code"].append({"id": f"{row['id']}_more", "data": [f"{t} !" for t in row["data"]]})
    write_rows(rows, tmp_path / "after")
    found = check_change(tmp_path / "before", tmp_path / "after", AGAINST, None, QUIET)
    assert {fault.reason for fault in found.faults} == {"broken_code"}
    assert row_reasons(found, GateLimits()) == ()
    assert [r.cause for r in row_reasons(found._replace(usual={}), GateLimits())] == ["broken_code"]


def test_lines_that_are_no_rows_are_named(baseline, tmp_path):
    rows = read_rows(baseline)
    rows["es_math"][3]["data"].append("A turn without an answer.")
    write_rows(rows, tmp_path / "after")
    found = check_change(baseline, tmp_path / "after", AGAINST, None, QUIET)
    (reason,) = row_reasons(found, GateLimits())
    assert (reason.cause, reason.rows) == ("flaws", 1)
    assert "es_math.jsonl:4: 3 turns" in reason.text
