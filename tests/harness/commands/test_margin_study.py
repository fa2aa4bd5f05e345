"""`margins` on an A/A run, and a run and a comparison that take its file."""

import json

import pytest
from command_line import TINY

AA = ("--variants", "keep-all", "--seeds", "0,1,2,3,4", "--out", "AA")


@pytest.fixture
def measured(after):
    """An A/A run of five seeds and the margins from it."""
    finished = after(*TINY, *AA)
    done = finished("margins", "AA", "-o", "own.json").ok()
    assert "Margins of keep-all, 5 seeds" in done.out
    return finished


def test_a_run_and_a_comparison_take_the_measured_margins(measured):
    made = json.loads((measured.home / "own.json").read_text())
    assert made["seeds"] == [0, 1, 2, 3, 4]
    assert made["margins"]["bpb"] > 0
    done = measured(*TINY, "--margins", "own.json", "--seeds", "1", "--dry-run").ok()
    assert f'"bpb": {made["margins"]["bpb"]}' in done.out
    assert "Margins from an A/A run of 5 seeds (0, 1, 2, 3, 4) of keep-all, own.json" in done.out
    assert "Seeds 1 are also those of the A/A run" in done.out
    report = "runs/reports/prune-tiny/records"
    said = measured("compare", f"{report}/keep-all_seed0.json", f"{report}/keep-0_seed0.json")
    both = measured(
        *("compare", f"{report}/keep-all_seed0.json", f"{report}/keep-0_seed0.json"),
        *("--margins", "own.json"),
    ).ok()
    assert "own.json" not in said.out
    assert "own.json" in both.out


def test_what_is_wrong_is_told_in_two_lines_and_writes_nothing(measured):
    for words, code, said in (
        (("margins", "runs/reports/prune-tiny", "-o", "x.json"), 3, "at least 5 seeds"),
        (("margins", "AA", "-o", "x.json", "--reference", "keep-0"), 2, "keep-0"),
        ((*TINY, "--margins", "none.json", "--dry-run"), 3, "cannot read none.json"),
        ((*TINY, "--margins", "AA/report.json", "--dry-run"), 3, "report.json"),
        (
            (*TINY, "--margins", "own.json", "--set", "margins.bpb=0.1", "--dry-run"),
            2,
            "both set the margins",
        ),
    ):
        done = measured(*words)
        assert (done.code, len(done.err.splitlines())) == (code, 2), done.err
        assert said in done.err
    assert not (measured.home / "x.json").exists()
