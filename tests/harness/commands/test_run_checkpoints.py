"""`run --checkpoints`: models in between are evaluated, kept apart, and read by `tasks signal`."""

import shutil

import pytest
from command_line import TINY

from leaderboard.records import read_record, read_report, without_times

REPORT = "runs/reports/prune-tiny"
POINTS = (*TINY, "--seeds", "0,1", "--checkpoints", "3")


@pytest.fixture
def pointed(after):
    """A finished run with a checkpoint at each third of its trainings."""
    return after(*POINTS)


def scores(folder):
    return read_report(folder / REPORT / "report.json").scores


def test_checkpoints_are_recorded_apart_and_final_scores_stay(finished):
    finished(*TINY, "--seeds", "0,1").ok()
    before = scores(finished.home)
    done = finished(*POINTS).ok()
    assert not [name for name in done.made if name.startswith(("train/", "eval/"))]
    assert len([name for name in done.made if name.startswith("point/")]) == 8
    assert "8 checkpoints: which proxy to trust" in done.out
    assert scores(finished.home) == before
    folder = finished.home / REPORT
    report = read_report(folder / "report.json")
    assert len(report.records) == 4
    found = [read_record(folder / name) for name in report.checkpoints]
    assert [record.at_step for record in found] == [4, 8] * 4
    assert {record.steps for record in found} == {12}
    first, last = found[:2]
    assert sum(c.rows for c in first.trained) < sum(c.rows for c in last.trained)
    assert first.model_fingerprint != last.model_fingerprint


def test_the_models_of_a_run_with_checkpoints_are_those_of_one_without(pointed, tmp_path):
    plain = pointed(*TINY, "--seeds", "0,1", "--runs", "other", "--out", "plain").ok()
    assert "train/keep-0/0" in plain.made
    for path in sorted((pointed.home / "plain" / "records").glob("*.json")):
        twin = pointed.home / REPORT / "records" / path.name
        assert read_record(twin).model_fingerprint == read_record(path).model_fingerprint
        ours, theirs = (without_times(read_record(one)).cells for one in (twin, path))
        assert [cell.value for cell in ours] == [cell.value for cell in theirs]
    again = pointed(*TINY, "--seeds", "0,1", "--out", "again").ok()
    assert again.made == set()


def test_signal_says_which_proxy_to_trust_from_which_step(pointed):
    done = pointed("tasks", "signal", REPORT).ok()
    assert "Which proxy to trust, prune-tiny" in done.out
    assert "S/N 4" in done.out
    assert "S/N 12" in done.out
    assert "Step by step" in done.out


def test_compare_and_power_do_not_take_checkpoints_for_runs(pointed):
    one = pointed("compare", REPORT).ok()
    assert "at step" not in one.out
    apart = pointed("compare", f"{REPORT}/checkpoint_records").ok()
    assert "at step 4" in apart.out
    refused = pointed("tasks", "signal", f"{REPORT}/checkpoint_records")
    assert (refused.code, len(refused.err.splitlines())) == (3, 2)
    assert "at_step" in refused.err


def test_what_cannot_be_is_refused_before_anything_is_made(finished):
    for words, said in (
        (("--checkpoints", "1"), "at least 2"),
        (("--checkpoints", "13"), "only 12 steps"),
    ):
        done = finished(*TINY, *words, "--runs", "none")
        assert (done.code, len(done.err.splitlines())) == (2, 2)
        assert said in done.err
        assert not (finished.home / "none").exists()


def test_records_that_are_missing_are_named(pointed):
    shutil.rmtree(pointed.home / REPORT / "checkpoint_records")
    done = pointed("tasks", "signal", REPORT)
    assert (done.code, len(done.err.splitlines())) == (3, 2)
    assert "checkpoint_records" in done.err
