"""Records are found wherever they were copied, moved or linked to, with their samples."""

import json
import shutil

import pytest
from comparing_examples import RecordStore, run_compare
from report_examples import report, variant

from leaderboard.records import write_record


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return RecordStore(tmp_path)


def test_one_folder_with_two_variants_is_a_comparison_of_these(store, capsys):
    code, out, _ = run_compare(capsys, store.out)
    assert code == 0
    assert "A: keep-all (seeds 0, 1, 2" in out
    assert "mgsm exact_match en 77.5 17.5 -60.0 pt" in out
    assert "worse" in out


def test_the_reference_of_a_report_stands_first(store, capsys):
    variants = (variant("keep-0"), variant("keep-all"))
    made = report(reference="keep-0", variants=variants, effects=(), scores=())
    write_record(store.out / "report.json", made)
    for path in (store.out, store.out / "report.json"):
        _, out, _ = run_compare(capsys, path)
        assert "A: keep-0 (seeds 0, 1, 2" in out


def test_a_damaged_report_is_named(store, capsys):
    text = json.dumps({"schema": 2, "kind": "experiment", "reference": "keep-0"})
    (store.out / "report.json").write_text(text)
    code, _, err = run_compare(capsys, store.out)
    assert code == 3
    assert "report.json" in err


@pytest.mark.parametrize("way", ["copied", "linked", "moved"])
def test_a_folder_is_found_wherever_it_went(store, tmp_path, capsys, way):
    there = tmp_path / "elsewhere" / "deep" / way
    there.parent.mkdir(parents=True)
    if way == "linked":
        there.symlink_to(store.out)
    elif way == "copied":
        shutil.copytree(store.out, there)
    else:
        shutil.move(store.out, there)
    code, out, _ = run_compare(capsys, f"{there}:keep-all", f"{tmp_path}/elsewhere:keep-0")
    assert code == 0
    assert "77.5 17.5 -60.0 pt" in out


def test_samples_that_are_nowhere_are_asked_for_and_found_by_runs(store, tmp_path, capsys):
    there = tmp_path / "other" / "records"
    shutil.copytree(store.out, there)
    shutil.move(store.root, tmp_path / "stored away")
    code, _, err = run_compare(capsys, there)
    assert code == 3
    assert "evals/keep-all0/samples/mgsm_en.jsonl" in err
    assert "--runs DIR" in err
    code, out, _ = run_compare(capsys, there, "--runs", tmp_path / "stored away")
    assert code == 0
    assert "77.5 17.5" in out


def test_two_folders_of_the_same_variants_are_compared_like_with_like(store, tmp_path, capsys):
    shutil.copytree(store.out, tmp_path / "again")
    store.write("keep-1", 0, right=9)
    _, out, _ = run_compare(capsys, store.out, tmp_path / "again")
    assert "keep-all: B against A" in out
    assert "keep-0: B against A" in out
    assert "left out: keep-1 of" in out


def test_a_folder_of_several_variants_beside_one_must_say_which(store, tmp_path, capsys):
    single = store.write("keep-1", 0, right=9)
    alone = shutil.copy(single, tmp_path / "single.json")
    single.unlink()
    code, _, err = run_compare(capsys, store.out, alone)
    assert code == 2
    assert "holds 2 sides (keep-all, keep-0)" in err
    assert f"{store.out}:keep-all" in err
    code, _, err = run_compare(capsys, f"{store.out}:keep-al", alone)
    assert code == 2
    assert "did you mean 'keep-all'" in err


def test_margins_come_from_the_records_and_say_so(store, capsys):
    _, out, _ = run_compare(capsys, store.out)
    assert "margins from the records, set for that run of profile starter: accuracy 4 pt" in out
    _, out, _ = run_compare(capsys, store.out, "--margin-accuracy", "0.7")
    assert "margins from the command line: accuracy 70 pt" in out
    assert "from the records" not in out


def test_records_with_several_margins_give_none(store, capsys):
    store.write("keep-0", 1, config={"margins": {"accuracy": 0.2, "bpb": None}})
    _, out, _ = run_compare(capsys, store.out)
    assert "made with several margins, so none of theirs is taken" in out


def test_evaluations_of_one_model_are_one_run_and_the_newest_counts(store, capsys):
    both = {"model_fingerprint": "m", "started": "2026-03-01T00:00:00Z"}
    store.write("keep-1", 0, right=3, model_fingerprint="m", key="old")
    store.write("keep-1", 0, right=20, languages=("en", "zh"), key="new", **both)
    code, out, _ = run_compare(capsys, f"{store.out}:keep-all", f"{store.out}:keep-1")
    assert code == 0
    assert "mgsm exact_match en 75.0 50.0" in out
    assert "1 cells measured more than once, the newest taken (mgsm en)" in out


def test_two_models_under_one_seed_are_refused(store, capsys):
    store.write("keep-1", 0, right=3, model_fingerprint="m", key="one")
    store.write("keep-1", 0, right=3, model_fingerprint="n", key="two")
    code, _, err = run_compare(capsys, store.out)
    assert code == 3
    assert "records of seed 0 with 2 different models" in err


def test_other_json_is_passed_over_and_a_damaged_record_is_not(store, capsys):
    (store.out / "notes.json").write_text("{}")
    (store.out / "list.json").write_text("[1]")
    assert run_compare(capsys, store.out)[0] == 0
    path = store.out / "records" / "keep-01.json"
    path.write_bytes(path.read_bytes()[:300])
    code, _, err = run_compare(capsys, store.out)
    assert code == 3
    assert "keep-01.json" in err


def test_a_loop_of_links_is_walked_once(store, capsys):
    (store.out / "loop").symlink_to(store.out)
    assert run_compare(capsys, store.out)[0] == 0


@pytest.mark.parametrize(
    ("paths", "code", "said"),
    [
        (["none"], 3, "no such file or folder"),
        (["policy.toml", "a.jsonl"], 3, "policy.toml ends in .toml, a form unknown"),
        (["empty"], 3, "has no records"),
        (["runs/reports/prune-starter:keep-0"], 2, "takes two sides or more, got one: keep-0"),
        (["runs/reports/prune-starter:keep-0", "a.jsonl"], 2, "of run records, a.jsonl of bare"),
    ],
)
def test_what_is_no_comparison_is_told(store, tmp_path, capsys, paths, code, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.jsonl").write_text('{"problem_id": 1, "score": 1}\n')
    (tmp_path / "policy.toml").write_text("")
    found, _, err = run_compare(capsys, *paths)
    assert found == code
    assert said in err


@pytest.mark.parametrize(
    ("fail_on", "sides", "code", "said"),
    [
        ("worse", ("keep-all", "keep-0"), 1, "decided by keep-0, mgsm exact_match en: worse"),
        ("worse", ("keep-0", "keep-all"), 0, "none of 3 cells is shown to be worse"),
        ("not-noninferior", ("keep-0", "keep-all"), 0, "all of 3 cells are non-inferior"),
        ("not-noninferior", ("keep-all", "keep-0"), 1, "decided by keep-0"),
    ],
)
def test_a_verdict_is_the_exit_code_and_the_table_is_printed(
    store, capsys, fail_on, sides, code, said
):
    paths = [f"{store.out}:{side}" for side in sides]
    found, out, _ = run_compare(capsys, *paths, "--fail-on", fail_on)
    assert found == code
    assert out.startswith("B against A")
    assert f"--fail-on {fail_on}: exit {code}" in out
    assert said in out


def test_two_seeds_cannot_decide(store, tmp_path, capsys):
    for name in store.right:
        (store.out / "records" / f"{name}2.json").unlink()
    found, out, _ = run_compare(capsys, store.out, "--fail-on", "worse")
    assert found == 4
    assert "could not decide: keep-0, mgsm exact_match en: too few seeds" in out


def test_a_policy_sets_margins_and_what_decides(store, tmp_path, capsys):
    policy = tmp_path / "policy.toml"
    lines = ('tier = "advisory"', "[tasks.mgsm.languages.fr]", 'tier = "critical"', "margin = 0.77")
    policy.write_text("\n".join(lines))
    options = ("--policy", policy, "--fail-on", "not-noninferior")
    found, out, _ = run_compare(capsys, store.out, *options)
    assert found == 0
    assert "<0.001 3 40 worse within margin" in out
    assert "margins from the policy" in out
    policy.write_text("[tasks.mgsm.languages.sw]\n")
    found, out, _ = run_compare(capsys, f"{store.out}:keep-0", f"{store.out}:keep-all", *options)
    assert found == 4
    assert "mgsm sw: MISSING (named by the policy; its languages here: en, fr, non-en)" in out
    assert "keep-all mgsm sw critical MISSING open" in out
    assert "keep-all mgsm exact_match fr critical 4.0 pt better pass" in out
    found, out, _ = run_compare(capsys, store.out, "--policy", policy)
    assert found == 0
    assert out.endswith("keep-0 mgsm sw critical MISSING")
    policy.write_text("[tasks.mgsm]\nmargins = 3\n")
    found, _, err = run_compare(capsys, store.out, *options)
    assert found == 2
    assert f"{policy}:2:" in err


def test_tables_are_written_in_the_forms_that_names_say(store, tmp_path, capsys):
    page, rows = tmp_path / "new" / "t.md", tmp_path / "t.csv"
    code, out, _ = run_compare(capsys, store.out, "-o", page, "-o", rows)
    assert code == 0
    assert "new/t.md t.csv" in out
    assert "| mgsm | exact_match | en |" in page.read_text()
    assert "mgsm,exact_match,en,0.775,0.175" in rows.read_text()
    (tmp_path / "file").write_text("")
    code, out, err = run_compare(capsys, store.out, "-o", tmp_path / "file" / "t.md")
    assert (code, out) == (3, "")
    assert "file" in err


def test_one_table_is_about_recipes_throughout(store, capsys):
    store.write("keep-1", 1, right=9)
    paths = [f"{store.out}:{name}" for name in ("keep-all", "keep-1", "keep-0")]
    _, out, _ = run_compare(capsys, *paths)
    assert "2 runs against keep-all" in out
    assert "keep-all (seeds 0, 1, 2" in out
    assert "single seed" in out
    assert "left out: 2 of 3 records of keep-all, whose seeds the other side lacks (0, 2)" in out
    assert "mgsm exact_match en keep-all 77.5" in out


def answered_by_the_reference_alone(store, generate):
    """Records whose reference also has answers to humaneval, as a run with `generate` asks it."""
    for path in sorted((store.out / "records").glob("*.json")):
        record = json.loads(path.read_text())
        runs = [{"task": "mgsm", "generate": None}, {"task": "humaneval", "generate": generate}]
        record["config"]["eval"] = {"runs": runs}
        if record["variant"] == "keep-all" and len(record["cells"]) == 2:
            first = record["cells"][0]
            name = first["sample_file"].replace("mgsm", "humaneval")
            answers = (path.parent / first["sample_file"]).read_text()
            (path.parent / name).write_text(answers.replace("mgsm/", "HumanEval/"))
            more = {"task": "humaneval", "metric": "pass@1", "sample_file": name}
            record["cells"].append({**first, **more})
            record["task_versions"]["humaneval"] = "1"
            record["protocols"]["humaneval"] = "completion"
        path.write_text(json.dumps(record))


def test_answers_that_only_the_reference_was_asked_for_keep_nothing_from_a_decision(store, capsys):
    options = (f"{store.out}:keep-0", f"{store.out}:keep-all", "--fail-on", "worse")
    answered_by_the_reference_alone(store, generate=5)
    code, out, _ = run_compare(capsys, *options)
    assert code == 4
    assert "humaneval pass@1: MISSING (only in keep-all)" in out
    answered_by_the_reference_alone(store, generate=0)
    code, out, _ = run_compare(capsys, *options)
    assert code == 0
    assert "MISSING" not in out
    assert "only in keep-all" not in out
