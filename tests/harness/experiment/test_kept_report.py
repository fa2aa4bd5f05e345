"""A second run reads what the first found out: same words, same files, nothing out of date."""

from pathlib import Path

import pytest
from command_line import TINY, finish, results, tree

REPORT = "runs/reports/prune-tiny"
TABLES = {"table.md", "table.csv", "table.tex"}


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, outside the working folder."""
    folder = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def kept_file(cache: Path) -> Path:
    (file,) = (cache / "ultralink-bench/results").glob("*.json")
    return file


def test_a_second_run_says_the_same_and_writes_no_file_again(finished, cache):
    first = finished(*TINY).ok()
    reports = tree(finished.home / REPORT)
    kept = kept_file(cache).read_bytes()
    second = finished(*TINY).ok()
    assert (second.out, second.err) == (first.out, first.err)
    assert tree(finished.home / REPORT) == reports
    assert kept_file(cache).read_bytes() == kept


def test_what_is_read_is_what_would_be_written(finished, cache, tmp_path):
    finished(*TINY).ok()
    finished(*TINY, "--out", "other").ok()
    read = finished(*TINY, "--out", "other").ok()
    blocked = tmp_path / "a file, no folder"
    blocked.write_text("")
    made = finished(*TINY, "--out", "other", XDG_CACHE_HOME=str(blocked)).ok()
    assert read.out == made.out
    before = results(finished.home / "other")
    tables = {name: (finished.home / "other" / name).read_bytes() for name in TABLES}
    finished(*TINY, "--out", "other").ok()
    assert results(finished.home / "other") == before
    assert {name: (finished.home / "other" / name).read_bytes() for name in TABLES} == tables


@pytest.mark.parametrize("name", ["table.md", "report.json", "records/keep-0_seed0.json"])
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_file_that_is_not_as_it_was_written_is_written_again(finished, cache, name, damage):
    finished(*TINY).ok()
    file = finished.home / REPORT / name
    text = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(text.replace(b"keep-0", b"keep-1", 1))
    finished(*TINY).ok()
    assert b"keep-1" not in file.read_bytes().replace(b"keep-1of", b"")
    assert b"keep-0" in file.read_bytes()


def test_another_command_is_another_report(finished, cache):
    finished(*TINY).ok()
    finished(*TINY, "--set", 'caveats=["Of the second."]').ok()
    assert "Of the second." in (finished.home / REPORT / "table.md").read_text()
    finished(*TINY).ok()
    assert "Of the second." not in (finished.home / REPORT / "table.md").read_text()


def test_an_edit_of_the_code_of_tables_shows_at_once(editable, cache):
    editable(*TINY).ok()
    file = editable.code / "leaderboard/report_tables.py"
    text = file.read_text()
    assert "what each variant trained on" in text
    file.write_text(text.replace("what each variant trained on", "what it learned from"))
    editable(*TINY).ok()
    assert "what it learned from" in (editable.home / REPORT / "table.md").read_text()


@pytest.mark.parametrize("damage", [b"", b"{", bytes(range(256))], ids=("empty", "cut", "binary"))
def test_a_damaged_file_of_results_is_told_once(finished, cache, damage):
    good = finished(*TINY).ok()
    kept_file(cache).write_bytes(damage)
    told = finished(*TINY).ok()
    assert told.err == f"warning: {kept_file(cache)} is damaged; what it kept is made again\n"
    assert told.out == good.out
    assert finished(*TINY).ok().err == ""


def test_two_runs_at_once_say_the_same(finished, cache):
    processes = [finished.start(*TINY) for _ in range(2)]
    one, other = (finish(process).ok() for process in processes)
    assert one.out == other.out
    assert finished(*TINY).ok().out == one.out


def test_a_run_that_is_killed_at_any_time_leaves_a_store_that_says_the_same(finished, cache):
    said = finished(*TINY).ok()
    (finished.home / REPORT / "report.json").unlink()
    for tenths in (2, 4, 6):
        finished.killed(tenths / 10, *TINY)
        after = finished(*TINY).ok()
        assert (after.out, after.err) == (said.out, "")
        (finished.home / REPORT / "report.json").unlink()


def test_a_file_of_code_that_describes_an_ablation_is_asked_each_time(finished, cache):
    source = finished.code / "harness/experiment/ablations/prune_ladder.py"
    own = finished.home / "mine.py"
    own.write_text(source.read_text().replace('name="prune"', 'name="mine"', 1))
    words = ("run", "--ablation", own, "--profile", "tiny")
    finished(*words).ok()
    reports = tree(finished.home / "runs/reports/mine-tiny")
    finished(*words).ok()
    assert tree(finished.home / "runs/reports/mine-tiny").keys() == reports.keys()
    assert tree(finished.home / "runs/reports/mine-tiny") != reports


def test_the_record_of_an_evaluation_is_the_same_whether_it_is_kept_or_made(
    finished, cache, tmp_path
):
    model = next(
        marker.parent
        for marker in (finished.home / "runs/models").glob("*/artefact.json")
        if '"stage": "train"' in marker.read_text()
    )
    words = ("eval", "--model", model, "--tasks", "starter_math", "--limit", "2")
    first = finished(*words).ok()
    (record,) = (finished.home / "runs/reports").glob("eval-*/*.json")
    made = record.read_bytes()
    record.unlink()
    second = finished(*words).ok()
    assert second.out == first.out
    assert record.read_bytes() == made
    blocked = tmp_path / "a file, no folder"
    blocked.write_text("")
    assert finished(*words, XDG_CACHE_HOME=str(blocked)).ok().out == first.out
    assert record.read_bytes() == made
