"""A benchmark graded by programs and one graded by a judge, a file each, work in every command."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from command_line import Bench, copy_code

from leaderboard.records import read_record
from tests.llm_server import Answer, serving

PROGRAMS = Path(__file__).with_name("own_programs.py")
JUDGED = Path(__file__).with_name("own_judged.py")
FIRST = '[{"model": "model_1", "rank": 1}, {"model": "model_2", "rank": 2}]'


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The command from a copy with two more files in `tasks/benchmarks/`, no file changed."""
    folder = tmp_path_factory.mktemp("project")
    code = copy_code(folder / "code")
    for path in (PROGRAMS, JUDGED):
        shutil.copy(path, code / "tasks" / "benchmarks" / path.name)
    return Bench(code, folder)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def test_both_are_listed_and_shown(bench: Bench) -> None:
    listed = bench("tasks", "list").ok().out
    assert "functions" in listed
    assert "open_questions" in listed
    assert "Le double de x." in bench("tasks", "show", "functions", "--languages", "fr").ok().out
    shown = bench("tasks", "show", "open_questions", "--languages", "fr").ok().out
    assert "Quelle soupe" in shown


def test_own_programs_are_graded(bench: Bench, sandbox: None) -> None:
    rows = [
        {"task_id": "functions/0", "completion": "    return x + x\n", "by": "me"},
        {"task_id": "functions/0", "completion": "    return x\n"},
        {"task_id": "functions/1", "completion": "    return x ** 2\n"},
        {"task_id": "functions/2", "completion": "who knows?"},
    ]
    path = write(bench.home / "samples.jsonl", rows)
    shown = bench("grade", "functions", path, "--languages", "fr", "-k", "1,2").ok().out
    found = [json.loads(x) for x in (bench.home / "samples.jsonl_results.jsonl").open()]
    assert [row["passed"] for row in found] == [True, False, True, False]
    assert found[0]["by"] == "me"
    assert found[3]["result"] == "failed: no code"
    assert "functions fr" in shown
    assert "without prompts that contradict their test" in shown
    assert "left out: pass@2 (samples of functions/1: 1)" in shown
    bare = [{"task_id": "functions/1", "completion": "x * x"}]
    path = write(bench.home / "bare.jsonl", bare)
    assert "100.0" in bench("grade", "functions", path, "--protocol", "bare").ok().out
    assert " 0.0" in bench("grade", "functions", path).ok().out
    path = write(bench.home / "wrong.jsonl", [{"task_id": "functions/9", "completion": ""}])
    said = bench("grade", "functions", path)
    assert said.code == 3
    assert '"task_id": "functions/0"' in said.err


def test_their_right_solutions_are_audited(bench: Bench, sandbox: None) -> None:
    done = bench("tasks", "audit", "functions").ok()
    lines = [line.split() for line in done.out.splitlines()]
    assert ["en", "3", "3", "3"] in lines
    assert ["fr", "3", "2", "3", "2"] in lines  # one problem contradicts its test: number 2
    [failure] = [line for line in lines if line[:3] == ["fr", "1", "missing_colon"]]
    assert failure[3:] == ["SyntaxError:", "expected", "':'", "passed"]
    assert ["fr", "1"] in lines  # prompts that need the repair
    bare = bench("tasks", "audit", "functions", "--languages", "fr", "--repairs", "none")
    assert bare.code == 1
    assert ["fr", "3", "2", "2", "2"] in [line.split() for line in bare.out.splitlines()]
    assert (
        "did you mean 'missing_colon'?"
        in bench("tasks", "audit", "functions", "--repairs", "missing_colo").err
    )


def test_own_answers_are_judged(bench: Bench) -> None:
    for name, texts in (("mine", ("Onion.", "Water.", "Water.")), ("other", ("?", "?", "Water."))):
        rows = [{"problem_id": f"open/{n}", "output": text} for n, text in enumerate(texts)]
        write(bench.home / f"{name}-French.jsonl", rows)
    words = ("grade", "open_questions", "mine-{language}.jsonl", "--baseline")
    words += ("other-{language}.jsonl", "--languages", "fr", "--judge", "j", "--name", "mine")
    with serving(lambda body, number: Answer(FIRST)) as server:
        done = bench(*words, "--base-url", server.url, "--structured", "never").ok()
        assert len(server.requests) == 4  # two pairs in both orders; the third are the same
        asked = [[m["content"] for m in body["messages"]] for body in server.requests]
    question = "Quelle soupe mange-t-on à un mariage ?"
    for answers in ("A: Onion.\nB: ?", "A: ?\nB: Onion."):
        assert ["You compare.", f"{question}\n{answers}"] in asked
    assert "open_questions: mine against other-{language}, judged by j" in done.out
    folder = bench.home / "runs" / "reports" / "open_questions-mine"
    report = json.loads((folder / "report.json").read_text())
    assert report["task"] == "open_questions"
    assert {view: score["questions"] for view, score in report["scores"]["fr"].items()} == {
        "full": 3,
        "food": 1,
    }
    refused = bench(*words[:-5], "xx", "--judge", "j", "--base-url", "http://127.0.0.1:9")
    assert refused.code == 2
    assert "unknown language of open_questions 'xx'" in refused.err


def test_experiments_ask_both_as_they_say(bench: Bench, sandbox: None) -> None:
    words = ("run", "--ablation", "prune", "--profile", "tiny", "--tasks")
    done = bench(*words, "functions,open_questions", "--out", "experiment")
    done.ok()
    record = read_record(next((bench.home / "experiment" / "records").glob("*.json")))
    assert record.protocols == {"functions": "bare", "open_questions": "raw"}
    found = {(cell.task, cell.metric): cell for cell in record.cells}
    assert found["open_questions", "win_rate"].outcomes == {"unjudged": 3}
    graded = found["functions", "pass@1"]
    assert sum(graded.outcomes.values()) == 3
    assert "unjudged" not in graded.outcomes
    assert ("functions", "bpb") in found


def test_translations_are_compared_with_those_of_people(bench: Bench) -> None:
    words = ("data", "quality", "--open_questions", "2", "--languages", "fr", "-o", "q.jsonl")
    with serving(lambda body, number: Answer("Qu'est-ce qu'une rivière ?")) as server:
        done = bench(*words, "--model", "m", "--base-url", server.url).ok()
        assert len(server.requests) == 2
    assert "open_questions's human translations" in done.out
    rows = [json.loads(line) for line in (bench.home / "q.jsonl").open()]
    assert [row["id"] for row in rows] == [f"human/fr/open_questions/{n}" for n in (0, 1)]
    assert rows[1]["chrf"] == pytest.approx(100) != rows[0]["chrf"]
    both = bench(*words, "--mgsm", "1", "--model", "m", "--base-url", "http://127.0.0.1:9")
    assert both.code == 2
    assert "one benchmark at a time" in both.err
