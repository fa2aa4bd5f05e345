"""Killed at any moment or interrupted, a run goes on and ends with the same records."""

import os
import random
import shutil
import signal

import pytest
from command_line import TINY, Bench, finish, results, tree

REPORT = "runs/reports/prune-tiny"


def check_kills(code, folder, first_run, kills, seed):
    """Kill at `kills` moments spread over a run's length, on one store after the other."""
    code = shutil.copytree(code, folder / "code")  # so that only its own workers are counted
    rng = random.Random(seed)
    wanted = results(first_run.home / REPORT)
    done = number = 0
    while done < kills:
        folder_now = folder / str(number)
        folder_now.mkdir()
        number += 1
        bench = Bench(code, folder_now)
        going_on = True
        while going_on and done < kills:
            moment = rng.uniform(0.2, first_run.seconds)
            going_on = bench.killed(moment, *TINY)
            done += going_on
            assert bench.no_worker_left(), f"a worker outlived its parent, killed after {moment} s"
        bench(*TINY).ok()
        assert results(folder_now / REPORT) == wanted
        assert bench("store", "verify").code == 0
        assert not [name for name in tree(bench.home / "runs") if is_left_over(name)]


def is_left_over(name):
    """Temporary folders and scratch of killed runs; `name` is relative to `runs`."""
    return name.startswith("work/") or "/." in name


def test_a_killed_run_ends_with_the_same_records(code, tmp_path, first_run):
    check_kills(code, tmp_path, first_run, kills=3, seed=1)


@pytest.mark.slow
def test_a_run_killed_ten_times_ends_with_the_same_records(code, tmp_path, first_run):
    check_kills(code, tmp_path, first_run, kills=10, seed=2)


@pytest.mark.slow
def test_a_killed_run_with_checkpoints_ends_with_the_same_records_of_all_of_them(code, tmp_path):
    words = (*TINY, "--checkpoints", "3", "--set", "train.steps=60")
    folders = [tmp_path / name for name in ("whole", "killed")]
    for folder in folders:
        folder.mkdir()
    whole, killed = (Bench(code, folder) for folder in folders)
    whole(*words).ok()
    rng = random.Random(3)
    for _ in range(4):
        killed.killed(rng.uniform(4, 14), *words)
        assert killed.no_worker_left()
    killed(*words).ok()
    for place in ("records", "checkpoint_records"):
        wanted, found = (results(folder / REPORT, place) for folder in folders)
        assert found == wanted
    assert killed("store", "verify").code == 0
    assert not [name for name in tree(killed.home / "runs") if is_left_over(name)]


def test_an_interrupted_run_says_how_to_go_on_and_goes_on(editable):
    words = (*TINY, "--seeds", "1")
    process = editable.start(*words)
    first = process.stderr.readline()
    assert "[1/4] train/keep-0/1" in first
    os.killpg(process.pid, signal.SIGINT)
    done = finish(process)
    assert done.code == 130
    assert done.err.splitlines() == [
        "",
        "1 of 4 artefacts made; what is made is kept, and a training goes on from its last "
        "checkpoint",
        "",
        "interrupted; what was finished is kept. The same command goes on from there:",
        "  ultralink-bench run --ablation prune --profile tiny --seeds 1",
    ]
    assert editable.no_worker_left()
    made = editable(*words).ok().made
    assert "eval/keep-all/1" in made
    assert "train/keep-0/1" not in made
