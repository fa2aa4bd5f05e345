"""`run --until-decided` killed between looks and in them: the same command has the same answer."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from command_line import Bench, Done, finish, results, tree
from experiment.own_ablations import write_rows

from leaderboard.records import read_report

TWO_STEPS = ("--set", "train.steps=2", "--set", "train.checkpoint_every=2")
NO_ROOM = ("--set", "verdicts=true", "--set", "margins.bpb=1e-9")
DATA = ("run", "--profile", "tiny", "--data", "one", "two", "--seeds", "0,1,2")
WORDS = (*DATA, *TWO_STEPS, *NO_ROOM, "--until-decided", "5")
REPORT = "runs/reports/data-one-two-tiny"
MOMENTS = {"] train/two/1 (": 0, "look 1 of 2, ": 1, "] train/one/4 (": 1, "look 2 of 2, ": 2}
"""In the first look, between the two, in the second, and before the report: looks so far."""


@pytest.fixture
def undecided(code: Path, tmp_path: Path) -> Bench:
    """Two datasets that two steps do not tell apart, and a copy of the code: its workers count."""
    bench = Bench(shutil.copytree(code, tmp_path / "code"), tmp_path / "home")
    write_rows(bench.home / "one", seed=2)
    write_rows(bench.home / "two", seed=1)
    return bench


def killed_once(bench: Bench, moment: str) -> str:
    """The command killed by SIGKILL when it says this; what it had said."""
    process = bench.start(*WORDS)
    said = ""
    for line in process.stderr:
        said += line
        if moment in line:
            break
    os.kill(process.pid, signal.SIGKILL)
    done = finish(process)
    assert done.code == -signal.SIGKILL, said + done.err
    assert bench.no_worker_left()
    return said + done.err


def looks_of(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("look ")]


def noted(home: Path) -> list[str]:
    """The looks that the store remembers."""
    return sorted(name for name in tree(home / "runs") if name.startswith("looks/"))


@pytest.mark.slow
def test_a_run_that_is_killed_between_looks_and_in_them_has_the_same_answer(undecided):
    home = undecided.home
    made: set[str] = set()
    for moment, seen in MOMENTS.items():
        said = killed_once(undecided, moment)
        names = Done(0, "", said).made
        assert not names & made, "made a second time"
        made |= names
        assert len(noted(home)) == seen
        assert not (home / REPORT / "report.json").exists()
    last = undecided(*WORDS).ok()
    assert last.made == set()
    again = undecided(*WORDS).ok()
    found, looks, notes = results(home / REPORT), looks_of(last.err), noted(home)
    assert looks_of(again.err) == looks
    assert undecided("store", "verify").code == 0
    assert not [name for name in tree(home / "runs") if "/." in name]

    (home / "runs").rename(home / "runs-of-killed")
    whole = undecided(*WORDS).ok()
    assert whole.made >= made
    assert "; open: two starter_math bpb (" in looks[0], "the test needs a second look"
    assert looks_of(whole.err) == looks
    assert results(home / REPORT) == found
    assert noted(home) == notes
    assert len(notes) == 2
    report = read_report(home / REPORT / "report.json")
    assert (report.seeds, report.looks) == ((0, 1, 2, 3, 4), ())
    assert any("were fixed beforehand, and it ended at 5." in text for text in report.caveats)
