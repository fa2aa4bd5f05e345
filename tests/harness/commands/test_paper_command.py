"""`ultralink-bench paper`: what it writes, what it says that it left out, and its switches."""

import pytest
from paper_examples import mgsm_record

from harness.cli import main
from leaderboard.records import write_record


@pytest.fixture
def store(tmp_path):
    write_record(tmp_path / "runs" / "eval" / "ours.json", mgsm_record("Ours-7b", 0.4, 0))
    return tmp_path / "runs"


def test_the_command_writes_the_paper_and_tells_what_is_missing(store, tmp_path, capsys):
    out = tmp_path / "paper"
    assert main(["paper", "-o", str(out), "--runs", str(store)]) == 0
    said = capsys.readouterr().out
    assert "left out: scores of omgeval measured here" in said
    assert "left out: scores of mgsm measured here" not in said
    assert "left out: judged comparisons" in said
    assert "paper.tex" in said
    table = (out / "tables" / "results-mgsm-exact-match.md").read_text("utf-8")
    assert "| native-cot, version 6 | Ours-7b | 40.0 [6.5, 22.8] |" in table
    assert "Ours-7b: n 64, protocol native-cot, version 6, 2026-01-02, commit 0123456789ab" in table
    assert "| published, protocol unknown | UltraLink-LM † |" in table


def test_the_switches_reach_the_tables(store, tmp_path, capsys):
    out = tmp_path / "paper"
    words = ["paper", "-o", str(out), "--runs", str(store), "--no-intervals", "--no-footnotes"]
    assert main(words) == 0
    table = (out / "tables" / "results-mgsm-exact-match.md").read_text("utf-8")
    assert "| native-cot, version 6 | Ours-7b | 40.0 |" in table
    assert "commit" not in table
