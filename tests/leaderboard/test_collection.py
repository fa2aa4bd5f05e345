"""What stands below a folder, as one collection."""

import os
import shutil

import pytest
from report_examples import cell, record, report

from leaderboard.collection import load
from leaderboard.ranking import ranked_rows
from leaderboard.records import write_record
from leaderboard.score_rows import all_rows
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError


def test_a_record_that_stands_twice_counts_once_and_a_damaged_one_costs_only_itself(tmp_path):
    shown = tmp_path / "reports" / "first"
    write_record(shown / "records" / "a.json", record())
    write_record(shown / "report.json", report())
    shutil.copytree(shown, tmp_path / "reports" / "second")
    (tmp_path / "reports" / "third.json").write_text('{"schema": 2, "kind": "eval", "run_id": 3}')
    (tmp_path / "answers").mkdir()
    write_record(tmp_path / "answers" / "not_looked_at.json", record(run_id="other"))
    found = load(tmp_path)
    assert [run.name for run in found.runs] == ["first/a"]
    assert [one.name for one in found.reports] == ["first"]
    assert [fault.path.name for fault in found.faults] == ["third.json"]
    assert "run_id" in found.faults[0].message


def test_a_run_is_found_by_name_key_and_unique_ending(tmp_path):
    write_record(tmp_path / "one" / "records" / "a.json", record(run_id="a"))
    write_record(tmp_path / "one" / "records" / "b.json", record(run_id="b"))
    write_record(tmp_path / "two" / "records" / "b.json", record(run_id="c"))
    found = load(tmp_path)
    assert found.run("a") is found.run("one/a") is found.run(found.run("a").key)
    with pytest.raises(DataError, match="2 runs"):
        found.run("b")
    with pytest.raises(ConfigError, match="unknown run 'one/c'"):
        found.run("one/c")


def test_a_model_with_one_run_is_a_name_of_it(tmp_path):
    write_record(tmp_path / "x" / "records" / "a.json", record(run_id="a", model="alone"))
    for name in "bc":
        found = record(run_id=name, model="twice")
        write_record(tmp_path / "x" / "records" / f"{name}.json", found)
    collection = load(tmp_path)
    assert collection.run("alone").name == "x/a"
    with pytest.raises(DataError, match="'twice' is the name of 2 runs"):
        collection.run("twice")


def test_an_unknown_run_is_told_the_folders_of_models_and_the_ends_of_variants(tmp_path):
    write_record(tmp_path / "x" / "records" / "a.json", record(run_id="a", variant=None))
    write_record(tmp_path / "y" / "records" / "b.json", record(run_id="b", variant="v"))
    with pytest.raises(ConfigError) as caught:
        load(tmp_path).run("nothing")
    assert caught.value.hint == "known: b, x/a"


def test_a_store_without_runs_is_told_of_instead_of_names(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path).run("any")
    assert caught.value.hint == (
        f"{tmp_path} holds no run: name a store that `run` or `eval` wrote"
    )


def test_counts_are_said_in_words(tmp_path):
    assert load(tmp_path).counts == "0 runs, 0 experiments"
    write_record(tmp_path / "x" / "records" / "a.json", record(run_id="a"))
    assert load(tmp_path).counts == "1 run, 0 experiments"


def test_noise_and_checkpoints_are_in_no_row(tmp_path):
    write_record(tmp_path / "x" / "records" / "a.json", record(run_id="a"))
    write_record(tmp_path / "x" / "noise_records" / "b.json", record(run_id="b"))
    write_record(tmp_path / "x" / "checkpoints" / "c.json", record(run_id="c", at_step=4))
    found = load(tmp_path)
    assert {run.name: run.role for run in found.runs} == {
        "x/a": "run",
        "x/b": "noise",
        "x/c": "checkpoint",
    }
    rows = all_rows(found)
    assert {row.source for row in rows} == {"x/a"}
    assert rows[0].value == cell().value


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(PrerequisiteError, match="no folder"):
        load(tmp_path / "runs")


def test_a_report_ranks_the_records_that_it_names_and_no_others(tmp_path):
    """A folder may still have the records of seeds that an earlier report was made from."""
    names = []
    for seed in range(3):
        path = tmp_path / "x" / "records" / f"seed{seed}.json"
        write_record(path, record(variant="0", seed=seed, run_id=str(seed)))
        names.append(f"records/{path.name}")
    write_record(tmp_path / "x" / "report.json", report(records=tuple(names[:2]), seeds=(0, 1)))
    rows = ranked_rows(load(tmp_path), published=False)
    assert sorted((row.n_seeds, len(row.runs)) for row in rows) == [(1, 1), (2, 2), (2, 2)]
    assert [row.source for row in rows if row.n_seeds == 1] == ["x/seed2"]


@pytest.mark.parametrize(("profile", "scale"), [(None, "limit-16"), ("starter", "starter")])
def test_the_first_problems_of_a_benchmark_are_another_scale_than_all(tmp_path, profile, scale):
    asked = {"task": "starter_math", "generate": 16, "likelihood": None}
    cells = (cell(), cell(metric="bpb", higher_is_better=False, outcomes={"scored": 64}))
    made = record(profile=profile, config={"runs": [asked]}, cells=cells)
    write_record(tmp_path / "x" / "a.json", made)
    rows = all_rows(load(tmp_path))
    assert [(row.metric, row.profile) for row in rows] == [
        ("exact_match", scale),
        ("bpb", profile or ""),
    ]


def test_what_is_no_file_is_not_waited_for(tmp_path):
    write_record(tmp_path / "a.json", record())
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "gone.json").symlink_to("nowhere")
    (tmp_path / "round").symlink_to(".")
    found = load(tmp_path)
    assert ([run.name for run in found.runs], found.faults) == (["a"], ())


@pytest.mark.parametrize("made", [record(), report()], ids=["run", "report"])
def test_a_record_that_was_cut_off_is_told_and_not_left_out_silently(tmp_path, made):
    write_record(tmp_path / "x.json", made)
    whole = (tmp_path / "x.json").read_bytes()
    (tmp_path / "x.json").write_bytes(whole[: len(whole) // 2])
    (fault,) = load(tmp_path).faults
    assert "x.json" in fault.message


@pytest.mark.parametrize("count", [0, -5, 10**18 + 1, 10**30])
def test_a_model_has_a_number_of_parameters_or_none_is_known(count):
    assert record(parameters=None).parameters is None
    assert record(parameters=10**18).parameters == 10**18
    with pytest.raises(ValueError, match=f"got {count}"):
        record(parameters=count)


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("../samples/a.jsonl", True),
        ("samples/a.jsonl", True),
        ("../../../evals/abc/samples/a.jsonl", True),
        ("../../../other/samples/a.jsonl", False),
        ("../../../samples/a.jsonl", False),
        ("../../y/samples/a.jsonl", False),
    ],
)
def test_a_record_has_the_samples_beside_it_and_in_a_store_and_no_others(tmp_path, name, own):
    folder = tmp_path / "reports" / "x" / "records"
    folder.mkdir(parents=True)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    for number, given in enumerate((name, os.path.abspath(path))):
        cells = (cell(sample_file=given),)
        write_record(folder / f"{number}.json", record(run_id=str(number), cells=cells))
    found = load(tmp_path)
    assert bool(found.run("x/0").sample_files()) == own
    assert not found.run("x/1").sample_files()
