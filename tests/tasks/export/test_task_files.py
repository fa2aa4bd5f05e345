"""The exported tasks under lm-eval itself, beside our own evaluation of the same model."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_models import write_chain_model, write_random_model

from tasks import registry
from tasks.benchmark import Outcome, Sample
from tasks.eval_config import EvalConfig, TaskRun
from tasks.evaluate import evaluate
from tasks.export.task_files import README, export
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.store.release import decode_lines

ROOT = Path(__file__).parents[3]
CONTEXT = 2048


@pytest.fixture(scope="module")
def sevens(tmp_path_factory) -> Path:
    """Answers "7" to every chat."""
    steps = {"\n": "7", "7": "<|im_end|>"}
    return write_chain_model(tmp_path_factory.mktemp("sevens") / "model", steps)


def ours(model: Path, run: TaskRun, files: Path | None, out: Path) -> dict[str, list[Sample]]:
    """Our samples by language."""
    out.mkdir()
    config = EvalConfig(runs=(run,), max_length=CONTEXT)
    evaluate(model, config, out, work=out / "work", benchmarks=files)
    return {
        language: [row for _, row in decode_lines(path, Sample)]
        for language in run.languages
        for path in [out / "samples" / f"{run.task}_{language}.jsonl"]
    }


def theirs(model: Path, folder: Path, task: str, *, chat: bool, limit: int | None = None):
    """lm-eval's result of a task in an exported folder."""
    from lm_eval import simple_evaluate
    from lm_eval.tasks import TaskManager

    names = {"pretrained": str(model), "max_length": CONTEXT}
    manager = TaskManager(include_path=str(folder), include_defaults=False, metadata=names)
    return simple_evaluate(
        "hf",
        model_args=names | {"device": "cpu", "dtype": "float32"},
        tasks=[task],
        task_manager=manager,
        apply_chat_template=chat,
        limit=limit,
        bootstrap_iters=0,
        batch_size=4,
    )


def texts(samples) -> dict[str, str]:
    return {row["doc"]["problem_id"]: row["resps"][0][0] for row in samples}


def outcomes(samples) -> dict[str, tuple[str | None, str]]:
    return {
        row["doc"]["problem_id"]: (grade["extracted"], grade["outcome"])
        for row in samples
        for grade in map(json.loads, row["filtered_resps"][0])
    }


def test_lm_eval_from_the_command_line_gives_our_scores(sevens, files, tmp_path):
    folder = tmp_path / "tasks"
    export(registry.get("mgsm"), ("en", "zh"), "direct", files, folder)
    command = [sys.executable, "-m", "lm_eval", "--model", "hf", "--device", "cpu"]
    command += ["--model_args", f"pretrained={sevens},dtype=float32,max_length={CONTEXT}"]
    command += ["--include_path", str(folder), "--tasks", "ultralink_mgsm"]
    command += ["--apply_chat_template", "--log_samples", "--output_path", str(tmp_path / "out")]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    environment.pop("ULTRALINK_BENCHMARKS", None)
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    (results,) = (tmp_path / "out").rglob("results_*.json")
    scores = json.loads(results.read_text())["results"]
    run = TaskRun(task="mgsm", languages=("en", "zh"), protocol="direct", likelihood=0)
    for language, rows in ours(sevens, run, files, tmp_path / "ours").items():
        name = f"ultralink_mgsm_{language}"
        share = sum(row.outcome is Outcome.CORRECT for row in rows) / len(rows)
        assert scores[name]["exact_match,none"] == share == 0.5
        (path,) = (tmp_path / "out").rglob(f"samples_{name}_*.jsonl")
        found = [json.loads(line) for line in path.read_text().splitlines()]
        assert texts(found) == {row.problem_id: row.generation for row in rows}
        assert outcomes(found) == {
            row.problem_id: (row.extracted, row.outcome.value) for row in rows
        }
    assert scores["ultralink_mgsm"]["exact_match,none"] == 0.5


@pytest.mark.parametrize(
    ("task", "protocol"),
    [("starter_math", "chat"), ("mgsm", "reference_direct"), ("humaneval", "completion")],
)
def test_the_texts_and_scores_of_a_random_model_are_ours(task, protocol, files, tmp_path, request):
    benchmark = registry.get(task)
    if benchmark.executes_code:
        request.getfixturevalue("sandbox")
    model = write_random_model(tmp_path / "model")
    made = export(benchmark, ("en",), protocol, files, tmp_path / "tasks")
    name = made.files[0].stem
    limit = 2
    run = TaskRun(task=task, languages=("en",), protocol=protocol, generate=limit, likelihood=0)
    rows = ours(model, run, files, tmp_path / "ours")["en"]
    chat = "--apply_chat_template" in made.command
    found = theirs(model, tmp_path / "tasks", name, chat=chat, limit=limit)
    assert texts(found["samples"][name]) == {row.problem_id: row.generation for row in rows}
    share = sum(row.outcome is Outcome.CORRECT for row in rows) / len(rows)
    assert found["results"][name][f"{benchmark.metric},none"] == share


def test_the_token_limit_is_seen_where_the_tokenizer_is_known(tmp_path, files):
    """Endless sevens: `direct` allows 64 tokens, and the last number alone is no answer."""
    model = write_chain_model(tmp_path / "model", {"\n": "x", "x": " ", " ": "x"})
    export(registry.get("mgsm"), ("en",), "direct", files, tmp_path / "tasks")
    found = theirs(model, tmp_path / "tasks", "ultralink_mgsm_en", chat=True)
    run = TaskRun(task="mgsm", languages=("en",), protocol="direct", likelihood=0)
    rows = ours(model, run, files, tmp_path / "ours")["en"]
    assert {row.outcome for row in rows} == {Outcome.TRUNCATED}
    assert found["results"]["ultralink_mgsm_en"]["truncated,none"] == 1.0


def test_programs_are_graded_in_our_sandbox(sandbox):
    from tasks.export.task_files import prompts_hash
    from tasks.export.task_runtime import count, grade, load

    benchmark = registry.get("humaneval")
    problems = benchmark.problems("en", None)
    asked = prompts_hash([benchmark.request(problem, "completion") for problem in problems])
    options = {"benchmark": "humaneval", "language": "en", "protocol": "completion"}
    docs = load(**options, benchmarks=None, chat=False, prompts=asked)["test"][:3]
    right = [problem.canonical_solution for problem in problems[:3]]
    grades = grade([[right[0]], ["    return 1 / 0\n"], [right[2], ""]], docs)
    assert [[json.loads(found)["outcome"] for found in row] for row in grades] == [
        ["correct"],
        ["wrong"],
        ["correct", "no_answer"],
    ]
    scores = [count(doc, [row])["pass@1"] for doc, row in zip(docs, grades, strict=True)]
    assert scores == [1.0, 0.0, 0.5]


def test_served_models_get_few_stops_and_grades_do_not_change(sandbox, files, tmp_path):
    """Every answer goes on after its code, past each of the task's stops in turn."""
    from tasks.export.task_files import MOST_EXPORTED, prompts_hash, task_yaml
    from tasks.export.task_runtime import grade, load

    benchmark = registry.get("humaneval")
    problems = benchmark.problems("en", None)[:8]
    stops = benchmark.request(problems[0], "completion").stop
    assert len(stops) > MOST_EXPORTED
    for task in ("humaneval", "mgsm"):
        one = registry.get(task)
        for protocol in (p for p in one.protocols if not p.endswith("_8shot")):
            asked = [one.request(p, protocol) for p in one.problems("en", files)[:2]]
            made = task_yaml(one, "t", "en", protocol, None, asked)
            sent = made["generation_kwargs"]["until"]
            assert sent == list(asked[0].stop)[:MOST_EXPORTED]
            assert len(sent) <= 3  # and one more is the model's end token
    every = benchmark.problems("en", None)
    asked = prompts_hash([benchmark.request(problem, "completion") for problem in every])
    options = {"benchmark": "humaneval", "language": "en", "protocol": "completion"}
    docs = load(**options, benchmarks=None, chat=False, prompts=asked)["test"][: len(problems)]
    texts = [
        f"{problem.canonical_solution}{stops[number % len(stops)]} is where it goes on wrong\n"
        for number, problem in enumerate(problems)
    ]
    found = [json.loads(one[0]) for one in grade([[text] for text in texts], docs)]
    assert [one["outcome"] for one in found] == ["correct"] * len(problems)


def test_what_a_stop_ends_was_not_ended_by_the_token_limit(sevens, files):
    from tasks.export import task_runtime

    benchmark = registry.get("mgsm")
    problem = benchmark.problems("en", files)[0]
    request = benchmark.request(problem, "reference_direct")
    ends = (f" 18{request.stop[-1]} 7", " 18" + " 7" * 300, " 18")
    made = [
        task_runtime._generation(request, text + " 1" * 300 * (not n), str(sevens))
        for n, text in enumerate(ends)
    ]
    assert [(one.text[:3], one.hit_limit) for one in made] == [
        (" 18", False),
        (" 18", True),
        (" 18", False),
    ]


def test_what_was_not_graded_is_no_zero():
    from tasks.export.task_runtime import count

    error = '{"outcome": "error", "extracted": null}'
    found = count({"benchmark": "mgsm"}, [[error]])
    assert found == {"no_answer": 0.0, "truncated": 0.0, "error": 1.0}


@pytest.mark.parametrize(("protocol", "chat"), [("direct", False), ("reference_direct", True)])
def test_the_wrong_form_of_asking_is_refused(sevens, files, tmp_path, protocol, chat):
    made = export(registry.get("mgsm"), ("en",), protocol, files, tmp_path)
    with pytest.raises(ConfigError, match="asks"):
        theirs(sevens, tmp_path, made.files[0].stem, chat=chat)


def test_other_prompts_than_those_exported_are_refused(sevens, files, tmp_path):
    (tmp_path / "mgsm").mkdir()
    copy = tmp_path / "mgsm" / "mgsm_en.tsv"
    copy.write_text("How many?\t7\n")
    export(registry.get("mgsm"), ("en",), "direct", tmp_path, tmp_path / "tasks")
    copy.write_text("How many now?\t7\n")
    from tasks.export import task_runtime

    task_runtime._asked.cache_clear()
    with pytest.raises(DataError, match="differ from the exported ones"):
        theirs(sevens, tmp_path / "tasks", "ultralink_mgsm_en", chat=True)


def test_the_command_writes_tasks_and_says_how_to_run_them(files, tmp_path, capsys):
    from harness import cli

    words = ["tasks", "export", "--out", str(tmp_path / "t"), "--tasks", "mgsm"]
    words += ["--languages", "zh", "--benchmarks", str(files)]
    assert cli.main([*words, "--protocol", "mgsm=native_cot"]) == 0
    names = {"ultralink_mgsm_native_cot_zh.yaml", "ultralink_mgsm_native_cot.yaml", README}
    assert {path.name for path in (tmp_path / "t").iterdir()} == names
    said = capsys.readouterr().out
    assert "--tasks ultralink_mgsm_native_cot --apply_chat_template" in said
    for more, what in (
        (["--protocol", "mgsm=directt"], "directt"),
        (["--protocol", "humaneval=instruct"], "humaneval"),
        (["--languages", "xx"], "'xx'"),
        (["--tasks", "mgms"], "'mgms'"),
    ):
        assert cli.main([*words, *more]) == 2
        err = capsys.readouterr().err
        assert what in err
        assert len(err.splitlines()) == 2


def test_what_only_a_judge_can_grade_is_not_exported(tmp_path):
    """Every answer would count as wrong."""
    with pytest.raises(ConfigError, match="omgeval cannot be exported"):
        export(registry.get("omgeval"), ("zh",), "chat", None, tmp_path)
    assert list(tmp_path.iterdir()) == []
