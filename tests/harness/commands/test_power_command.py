"""`power` and the power in a plan, from runs that really are in the store."""

import json
import shutil

import pytest
from command_line import TINY

REPORT = "runs/reports/prune-tiny"


@pytest.fixture
def seeded(after):
    """A finished run of two seeds, of which the first was there."""
    return after(*TINY, "--seeds", "0,1")


def test_power_takes_the_stored_run_of_the_profile(seeded):
    done = seeded("power", "--profile", "tiny", "--difference-bpb", "0.1").ok()
    assert "What 2 seeds can see, profile tiny" in done.out
    assert "seeds 0, 1" in done.out
    assert "with fewer than 3 seeds no table gives a verdict" in done.out
    assert "What it takes to see" in done.out
    assert "as measured in the store" in done.out


def rows(done):
    """The lines with numbers, without the path that they come from."""
    return [line for line in done.out.splitlines() if "[" in line and "]" in line]


def test_a_report_its_records_and_a_copy_of_them_give_the_same(seeded):
    shutil.copytree(seeded.home / REPORT / "records", seeded.home / "runs/reports/copied/records")
    first, second = (
        rows(seeded("power", *where, "--all", "--seed-count", "4").ok())
        for where in ((REPORT,), (f"{REPORT}/records",))
    )
    assert first == second != []
    done = seeded("power", "runs/reports/copied/records", "--seed-count", "4", "--all")
    assert done.code == 2
    assert "--reference" in done.err
    known = seeded(
        *("power", "runs/reports/copied/records", "--seed-count", "4", "--all"),
        *("--reference", "keep-all"),
    ).ok()
    assert rows(known) == first


def test_a_copy_outside_the_store_finds_its_samples_there(seeded):
    shutil.copytree(seeded.home / REPORT, seeded.home / "elsewhere/copied", symlinks=True)
    own, copied = (seeded("power", where, "--all").ok() for where in (REPORT, "elsewhere/copied"))
    assert rows(copied) == rows(own) != []
    (seeded.home / "runs").rename(seeded.home / "moved")
    for words in (("power",), ("tasks", "signal"), ("margins", "-o", "own.json")):
        lost = seeded(*words, "elsewhere/copied")
        assert lost.code == 3
        assert "are not there, nor evals/" in lost.err
        assert "name the store that `run` or `eval` wrote them to with --runs DIR" in lost.err
    signal = seeded("tasks", "signal", "elsewhere/copied", "--runs", "moved").ok()
    assert "Signal and noise, copied" in signal.out
    assert rows(seeded("power", "elsewhere/copied", "--all", "--runs", "moved").ok()) == rows(own)
    found = seeded("margins", "elsewhere/copied", "--runs", "moved", "-o", "own.json")
    assert "margins need at least 5 seeds of one dataset, got 2" in found.err


def test_one_variant_alone_plans_from_identical_data(seeded):
    files = sorted((seeded.home / REPORT / "records").glob("keep-all_*.json"))
    done = seeded("power", *files, "--seed-count", "3").ok()
    assert "estimated from the reference alone" in done.out


def test_what_cannot_be_is_refused_in_two_lines(seeded):
    for words, said in (
        (("--seed-count", "1"), "seeds must be >= 2, got 1"),
        (("--power", "1.5"), "power must be 0.05 to 0.999, got 1.5"),
        (("--difference-bpb", "-1"), "margin bpb must be > 0"),
        (("--variants", "keep-none"), "no records of variant 'keep-none'"),
        (("--reference", "keep-none"), "no records of the reference 'keep-none'"),
    ):
        done = seeded("power", REPORT, *words)
        assert (done.code, len(done.err.splitlines())) == (2, 2), done.err
        assert said in done.err


def test_one_seed_is_refused_and_an_empty_store_named(finished):
    done = finished("power", REPORT)
    assert done.code == 3
    assert "one seed" in done.err
    done = finished("power")
    assert done.code == 3
    assert "no finished run of profile starter" in done.err


def test_a_seed_given_twice_is_refused(seeded):
    folder = seeded.home / REPORT / "records"
    done = seeded("power", folder, folder / "keep-0_seed0.json")
    assert done.code == 3
    assert "are both seed 0 of keep-0" in done.err


def test_a_record_without_a_seed_is_named(seeded):
    path = seeded.home / REPORT / "records" / "keep-0_seed0.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"seed": None}))
    done = seeded("power", path)
    assert done.code == 3
    assert "field `seed` is null" in done.err


def test_the_plan_says_what_it_can_see_where_verdicts_are_given(seeded):
    plan = (*TINY, "--seeds", "0,1,2", "--dry-run", "--set", "verdicts=true")
    done = seeded(*plan).ok()
    assert "What 3 seeds can see" in done.out
    assert "the evaluations of this run that are cached" in done.out
    nothing = seeded(*plan, "--set", "train.steps=8").ok()
    assert f"Estimated from {REPORT}" in nothing.out.replace("\n", " ")
    bare = seeded(*plan, "--runs", "elsewhere").ok()
    assert "not known yet" in bare.out
    assert "can see" not in seeded(*TINY, "--seeds", "0,1,2", "--dry-run").ok().out
