"""A gate that was interrupted or killed half-way: the same command again gives its answer."""

import os
import signal

import pytest
from command_line import Bench, Done, finish, results, tree

from benchmarks.planted_changes import read_rows, write_rows
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

GATE = ("gate", "--baseline", "old", "--candidate", "new", "-o", "out")
SETTINGS = 'profile = "tiny"\nlanguages = ["en"]\nagainst = ["humaneval"]\n'
EARLIER = "**PASS: an earlier candidate**\n"


@pytest.fixture
def gated(bench: Bench) -> Bench:
    """Two datasets of which models are trained, and the report of an earlier gate."""
    dataset.write(bench.home / "old", starter_dialogues(1, 1), recipe="starter")
    rows = read_rows(bench.home / "old")
    for row in rows["en_math"]:
        row["data"][1] = f"As for {row['id'].rstrip('0123456789')}: {row['data'][1]}"
    write_rows(rows, bench.home / "new")
    (bench.home / "gate.toml").write_text(SETTINGS)
    (bench.home / "out").mkdir()
    (bench.home / "out" / "report.md").write_text(EARLIER)
    return bench


def stopped(bench: Bench, stop: signal.Signals, after: str) -> Done:
    """Send a signal to the gate's process when it says that an artefact was made."""
    process = bench.start(*GATE)
    for line in process.stderr:
        if after in line:
            break
    os.kill(process.pid, stop)
    done = finish(process)
    assert bench.no_worker_left()
    assert not (bench.home / "out" / "report.md").exists()
    return done


@pytest.mark.slow
def test_a_gate_that_was_interrupted_and_killed_gives_the_same_answer(gated):
    done = stopped(gated, signal.SIGINT, "] train/")
    assert done.code == 130
    assert done.err.splitlines()[-2:] == [
        "interrupted; what was finished is kept. The same command goes on from there:",
        f"  ultralink-bench {' '.join(GATE)}",
    ]
    assert stopped(gated, signal.SIGKILL, "] ").code == -signal.SIGKILL
    third = gated(*GATE)
    assert third.code == 4  # this profile gives no verdicts
    assert len([name for name in third.made if name.startswith("train/")]) < 2
    found = results(gated.home / "out" / "experiment")
    report = (gated.home / "out" / "report.md").read_text()
    assert report.startswith("**UNDECIDED: new against old")
    assert not [name for name in tree(gated.home / "runs") if "/." in name]
    assert gated("store", "verify").code == 0
    (gated.home / "runs").rename(gated.home / "runs-of-three")
    assert gated(*GATE).code == 4
    assert results(gated.home / "out" / "experiment") == found
    assert (gated.home / "out" / "report.md").read_text() == report
