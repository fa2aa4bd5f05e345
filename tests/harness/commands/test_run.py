"""`run` from data to table through the real command: what it writes, reuses and remakes."""

import pytest
from command_line import TINY, artefacts, finish, results, tree

from leaderboard.records import read_record, read_report

NAMES = {
    "data",
    "tokenizer",
    "base",
    *(f"{stage}/{keep}" for stage in ("prune", "pack") for keep in ("keep-0", "keep-all")),
    *(f"{stage}/{keep}/0" for stage in ("train", "eval") for keep in ("keep-0", "keep-all")),
}
DATA_STAGES = ("data", "tokenizer", "prune", "pack")
REPORT = "runs/reports/prune-tiny"


def test_a_run_makes_every_artefact_and_shows_plan_and_paths(first_run):
    done = first_run.done
    assert done.made == NAMES
    assert done.complaint == []
    for text in (
        "Plan: prune (tiny)",
        "0 of 5 trainings and evaluations are cached",
        "Answer: How",
    ):
        assert text in done.out
    assert "its numbers mean nothing" in done.out


def test_the_answer_stands_last_and_fits_a_screen(first_run):
    _, _, last = first_run.done.out.partition("Answer: ")
    lines = last.rstrip().splitlines()
    assert len(lines) <= 12
    assert lines[-1].startswith("all tables: runs/reports/prune-tiny/table.md (or --verbose)")
    assert "keep-0" in last
    assert "its numbers mean nothing" in last


def test_all_files_that_it_names_are_there(finished):
    done = finished(*TINY, "--verbose").ok()
    assert "prune: what each variant trained on" in done.out
    assert done.out.index("Bits saved") < done.out.index("Answer: ")
    _, _, listed = done.out.partition("written:\n")
    paths = [finished.home / line.strip() for line in listed.splitlines()]
    assert {path.name for path in paths} >= {
        "keep-0_seed0.json",
        "keep-all_seed0.json",
        "table.md",
        "table.csv",
        "table.tex",
        "report.json",
        "samples",
    }
    for path in paths:
        assert path.exists(), path


def test_records_and_report_decode_strictly_and_belong_together(first_run):
    folder = first_run.home / REPORT
    report = read_report(folder / "report.json")
    assert (report.experiment, report.profile, report.reference) == ("prune", "tiny", "keep-all")
    records = [read_record(folder / name) for name in report.records]
    assert [record.variant for record in records] == ["keep-0", "keep-all"]
    for record in records:
        assert record.command[:2] == ("ultralink-bench", "run")
        assert {cell.language for cell in record.cells} == {"en", "zh"}
        for cell in record.cells:
            lines = (folder / "records" / cell.sample_file).read_bytes().splitlines()
            assert len(lines) == cell.samples
    assert records[0].model_fingerprint != records[1].model_fingerprint


def test_the_tiny_profile_gives_no_verdict_and_no_interval(first_run):
    effects = read_report(first_run.home / REPORT / "report.json").effects
    assert effects
    assert {(e.verdict, e.low, e.p_value) for e in effects} == {("no margin", None, None)}


def test_the_same_command_again_computes_nothing(finished):
    before, old = artefacts(finished.home / "runs"), results(finished.home / REPORT)
    done = finished(*TINY).ok()
    assert done.err == ""
    assert "5 of 5 trainings and evaluations are cached, 0 to do" in done.out
    assert artefacts(finished.home / "runs") == before
    assert results(finished.home / REPORT) == old


def test_what_no_verdict_decides_is_told_before_the_work_and_in_the_exit_code(finished):
    done = finished(*TINY, "--fail-on", "worse")
    assert done.code == 4
    assert "will end with exit 4, could not decide: profile tiny gives no verdicts" in done.err
    last = done.out.splitlines()[-1]
    assert last.startswith("--fail-on worse: exit 4, could not decide: keep-0, starter_math bpb")


def test_out_is_where_the_tables_go(finished):
    finished(*TINY, "--out", "here/deep").ok()
    names = {path.name for path in (finished.home / "here/deep").iterdir()}
    assert names == {"records", "samples", "table.md", "table.csv", "table.tex", "report.json"}
    links = {path.name: path for path in (finished.home / "here/deep/samples").iterdir()}
    assert links.keys() == {"keep-0_seed0", "keep-all_seed0"}
    for link in links.values():
        assert not link.readlink().is_absolute()
        assert {path.name for path in link.iterdir()} == {
            "starter_math_en.jsonl",
            "starter_math_zh.jsonl",
        }
    assert results(finished.home / "here/deep").keys() == results(finished.home / REPORT).keys()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "/proc/nowhere"), "cannot write /proc/nowhere"),
        (("--out", "file/below"), "cannot write file/below"),
        (("--benchmarks", "nowhere"), "--benchmarks nowhere: there is no such folder"),
    ],
)
def test_a_place_that_is_none_is_refused_before_anything_is_made(bench, words, said):
    (bench.home / "file").write_text("mine")
    done = bench(*TINY, *words)
    assert (done.code, done.made) == (3, set())
    assert said in done.err
    assert not (bench.home / "runs").exists()


def test_another_seed_trains_anew_on_the_same_data(finished):
    done = finished(*TINY, "--seeds", "1", "--dry-run").ok()
    assert done.err == ""
    assert "1 of 5 trainings and evaluations are cached, 4 to do" in done.out


def test_two_runs_at_once_do_not_harm_each_other(bench, first_run):
    running = [bench.start(*TINY) for _ in range(2)]
    for done in map(finish, running):
        done.ok()
    assert results(bench.home / REPORT) == results(first_run.home / REPORT)
    assert bench("store", "verify").ok().out.startswith("11 artefacts checked, 0 damaged")
    assert not any("/." in f"/{name}" for name in tree(bench.home / "runs"))


# What an edit of the code reruns


def edit(bench, name, old, new):
    path = bench.code / name
    text = path.read_text()
    assert text.count(old) == 1, f"{name} no longer holds {old!r} once: mend this test"
    path.write_text(text.replace(old, new))


def test_an_edit_that_changes_no_output_reruns_that_stage_alone(editable):
    edit(
        editable,
        "ultralink_data/whole/prune_config.py",
        "text.strip().lower()",
        "text.lower().strip()",
    )
    assert editable(*TINY).ok().made == {"prune/keep-0", "prune/keep-all"}


def test_an_edit_that_changes_an_output_reruns_what_reads_it_alone(editable):
    edit(
        editable,
        "ultralink_data/whole/prune.py",
        "min(keep, available)",
        "min(keep + 1, available)",
    )
    done = editable(*TINY, "--dry-run").ok()
    # keep-all is pruned again too, as the code changed, but its output did not.
    assert done.made == {"prune/keep-0", "prune/keep-all", "pack/keep-0"}
    assert "3 of 5 trainings and evaluations are cached, 2 to do" in done.out


def test_readme_comments_and_docstrings_rerun_nothing(editable):
    (editable.code / "README.md").write_text("Another word.\n")
    edit(editable, "ultralink_data/whole/prune.py", '"""Pruning of', '"""The pruning of')
    edit(
        editable,
        "ultralink_data/whole/prune.py",
        "import hashlib\n",
        "# why not\nimport hashlib\n\n",
    )
    edit(editable, "tasks/evaluate.py", "class _Told:\n", "class _Told:  # in use\n")
    before = artefacts(editable.home / "runs")
    assert editable(*TINY).ok().err == ""
    assert artefacts(editable.home / "runs") == before


def test_an_edit_of_the_starter_text_reruns_the_data_and_all_after_it(editable):
    path = editable.code / "ultralink_data/starter/texts/chats_zh.toml"
    text = path.read_text()
    assert "的" in text
    path.write_text(text.replace("的", "之", 1))
    done = editable(*TINY, "--dry-run").ok()
    assert done.made == {name for name in NAMES if name.split("/")[0] in DATA_STAGES}
    assert "0 of 5 trainings and evaluations are cached" in done.out


def test_a_dry_run_prints_the_config_and_writes_no_report(finished):
    (finished.home / REPORT / "report.json").unlink()
    done = finished(*TINY, "--dry-run").ok()
    assert '"profile": "tiny"' in done.out
    assert not (finished.home / REPORT / "report.json").exists()
