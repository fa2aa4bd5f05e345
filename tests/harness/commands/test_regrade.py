"""`ultralink-bench regrade`: stored samples after a change of the extractor."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from report_examples import cell, record
from tiny_models import write_chain_model

from harness import cli
from leaderboard.records import encode
from tasks import registry
from tasks.benchmark import OVER_CONTEXT, REFUSED, Outcome, Sample
from tasks.eval_config import EvalConfig, TaskRun, benchmark_of
from tasks.evaluate import evaluate
from tasks.grading.stored_samples import regrade
from ultralink_data.store.release import decode_lines

KEY = "0123456789abcdef"
NAME = "samples/mgsm_zh.jsonl"


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("benchmarks")
    (root / "mgsm").mkdir()
    rows = "".join(f"{i}: 有多少？\t{answer}\n" for i, answer in enumerate((7, 8, 9, 7)))
    (root / "mgsm" / "mgsm_zh.tsv").write_text(rows, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory, files) -> Path:
    """A store with one evaluation: a model that answers "7" to everything."""
    base = tmp_path_factory.mktemp("evaluated")
    steps = {"\n": "7", "7": "<|im_end|>"}
    model = write_chain_model(base / "model", steps)
    out = base / "runs" / "evals" / KEY
    out.mkdir(parents=True)
    run = TaskRun(task="mgsm", languages=("zh",), protocol="direct", likelihood=0)
    evaluate(model, EvalConfig(runs=(run,)), out, work=base / "work", benchmarks=files)
    return base / "runs"


@pytest.fixture
def store(evaluated, tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(evaluated, tmp_path / "runs"))


@pytest.fixture
def command(files, capsys):
    def run(*words):
        capsys.readouterr()
        code = cli.main(["regrade", *map(str, words), "--benchmarks", str(files)])
        out, err = capsys.readouterr()
        return code, " ".join(out.split()), err

    return run


def read(path: Path) -> list[Sample]:
    return [row for _, row in decode_lines(path, Sample)]


def as_an_older_extractor_graded(path: Path) -> list[Sample]:
    """The first sample graded wrong; returns the file's samples as they are now."""
    new = read(path)
    old = [msgspec.structs.replace(new[0], outcome=Outcome.WRONG, extracted="77"), *new[1:]]
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in old))
    return new


def test_nothing_changes_with_the_same_extractor(store, command):
    for where in (store, store / "evals" / KEY):
        code, out, _ = command(where)
        assert code == 0
        assert f"{KEY[:12]} mgsm zh 4 0" in out
        assert "What changed" not in out


def test_samples_of_a_benchmark_that_is_gone_are_left_out_with_a_warning(store, command):
    gone = store / "evals" / KEY[::-1]
    shutil.copytree(store / "evals" / KEY, gone)
    for path in gone.rglob("*.json*"):
        path.write_text(path.read_text().replace("mgsm", "gone"))
    shutil.move(gone / NAME, gone / NAME.replace("mgsm", "gone"))
    code, out, err = command(store)
    assert code == 0
    assert f"{KEY[:12]} mgsm zh 4 0" in out
    assert "samples/gone_zh.jsonl: no benchmark is named 'gone' any more" in err
    assert command(gone)[0] == 2  # nothing else is there


def test_what_changed_is_named_and_written_elsewhere(store, command, tmp_path):
    path = store / "evals" / KEY / NAME
    new = as_an_older_extractor_graded(path)
    before = path.read_bytes()
    code, out, _ = command(store, store / "evals" / KEY, "-o", tmp_path / "new")
    assert code == 0
    assert "mgsm zh 4 1 1 wrong -> correct" in out
    assert "mgsm/000 0 wrong '77' correct '7'" in out
    assert path.read_bytes() == before
    assert read(tmp_path / "new" / KEY[:12] / NAME) == new
    (change,) = (tmp_path / "new" / "changes.jsonl").read_text().splitlines()
    assert json.loads(change)["old_extracted"] == "77"
    code, _, err = command(store, "-o", tmp_path / "new")
    assert code == 2
    assert "exists" in err


def test_the_samples_of_a_record_are_graded(store, command, tmp_path):
    score = cell(task="mgsm", language="zh", sample_file=f"runs/evals/{KEY}/{NAME}")
    made = record(cells=(score,), protocols={"mgsm": "direct"}, task_versions={"mgsm": "1"})
    (tmp_path / "a.json").write_bytes(encode(made))
    as_an_older_extractor_graded(store / "evals" / KEY / NAME)
    code, out, _ = command("a.json")
    assert code == 0
    assert "1 wrong -> correct" in out


def test_answers_to_other_prompts_are_graded_with_a_warning(store, command):
    path = store / "evals" / KEY / NAME
    rows = [msgspec.structs.replace(row, prompt="?") for row in read(path)]
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    code, _, err = command(store)
    assert code == 0
    assert "4 of 4 prompts are not today's" in err


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder.mkdir(), "is not a record, an evaluation or a store"),
        (lambda folder: folder.write_text("{}"), "Object missing"),
        (lambda folder: (folder / "evals").mkdir(parents=True), "no sample files"),
    ],
)
def test_what_holds_no_samples_is_refused_in_two_lines(command, tmp_path, make, said):
    make(tmp_path / "x")
    code, _, err = command(tmp_path / "x")
    assert code in (2, 3)
    assert said in err
    assert len(err.splitlines()) == 2


def test_a_problem_that_is_not_there_is_refused(store, command):
    path = store / "evals" / KEY / NAME
    path.write_text(path.read_text().replace("mgsm/003", "mgsm/777"))
    code, _, err = command(store)
    assert code == 3
    assert "'mgsm/777' is not in mgsm zh" in err


def sample(generation: str, **more) -> Sample:
    values = {"outcome": Outcome.WRONG, "extracted": None, "index": 0, "prompt": ""} | more
    return Sample(problem_id="mgsm/000", language="zh", generation=generation, **values)


def test_what_the_limit_cut_off_is_remembered(files):
    """Without a stated answer: the last number counts only where the answer ended by itself."""
    samples = [
        sample("先 3 再 7", hit_limit=True),
        sample("先 3 再 7", hit_limit=False),
        sample("先 3 再 7", outcome=Outcome.TRUNCATED),
        sample("先 3 再 7"),
        sample("", outcome=Outcome.TRUNCATED, detail=OVER_CONTEXT),
    ]
    found = regrade(registry.get("mgsm"), "zh", "direct", samples, files)
    assert [row.outcome.value for row in found.samples] == [
        *("truncated", "correct", "truncated", "correct", "truncated"),
    ]
    assert found.samples[-1] == samples[-1]


def test_what_was_never_answered_stays_ungraded(files):
    refused = sample("", outcome=Outcome.ERROR, detail=f"{REFUSED}status 400: too long")
    broken = sample("答案是 7。", outcome=Outcome.ERROR, detail="the sandbox failed")
    found = regrade(registry.get("mgsm"), "zh", "direct", [refused, broken], files)
    assert found.samples[0] == refused
    assert found.samples[1].outcome is Outcome.CORRECT


@pytest.mark.parametrize("repairs", [None, (), ("broken_prompt", "final_newline")])
def test_the_repairs_of_a_version_are_found_again(repairs):
    run = TaskRun(task="humaneval", languages=("fr",), protocol="completion", repairs=repairs)
    assert benchmark_of("humaneval", run.version()).rules == run.benchmark().rules
