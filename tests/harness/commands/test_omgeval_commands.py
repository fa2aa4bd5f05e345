"""`eval --tasks omgeval` and then `grade omgeval`, with scripted models behind real HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from harness.cli import main
from leaderboard.records import read_record
from tests.llm_server import Answer, Server, refusing, serving

FIRST = '[{"model": "model_1", "rank": 1}, {"model": "model_2", "rank": 2}]'
LIMIT = 3


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ours: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ULTRALINK_BENCHMARKS", str(ours))


def outputs(ours: Path, name: str) -> str:
    return str(ours / "omgeval" / "model_outputs" / "{language}" / f"{name}.json")


def judged(server: Server, ours: Path, *words: str) -> dict[str, Any]:
    """The report of one `grade omgeval`, the first of two equal calls."""
    command = ["grade", "omgeval", outputs(ours, "gpt4"), "--judge", "j", "--limit", "4"]
    command += ["--baseline", outputs(ours, "bloomz"), "--languages", "zh", "--out", "judged"]
    command += ["--base-url", server.url, *words]
    assert main(command) == 0
    asked = len(server.requests)
    assert main(command) == 0
    assert len(server.requests) == asked  # nothing twice, not even what a schema was tried with
    report: dict[str, Any] = json.loads(Path("judged/report.json").read_text())
    return report


def test_answers_are_generated_and_then_judged(ours: Path) -> None:
    with serving(lambda body, number: Answer(f"答案 {number}")) as model:
        words = ["eval", "--backend", "openai-chat", "--base-url", model.url, "--model", "m"]
        words += ["--tasks", "omgeval", "--languages", "zh,es", "--limit", str(LIMIT)]
        assert main(words) == 0
        assert len(model.requests) == 2 * LIMIT
        assert {body["max_tokens"] for body in model.requests} == {2048}
    (path,) = Path("runs/reports/eval-m").glob("*.json")
    for cell in read_record(path).cells:
        assert (cell.task, cell.metric, cell.value) == ("omgeval", "win_rate", None)
        assert cell.outcomes == {"unjudged": LIMIT}
    (samples,) = Path("runs/evals").glob("*/samples")
    with serving(lambda body, number: Answer(FIRST)) as judge:
        command = ["grade", "omgeval", str(samples / "omgeval_{language}.jsonl"), "--judge", "j"]
        command += ["--baseline", outputs(ours, "gpt4"), "--languages", "zh,es"]
        command += ["--base-url", judge.url, "--name", "mine", "--out", "judged"]
        assert main(command) == 0
    report = json.loads(Path("judged/report.json").read_text())
    assert (report["model"], report["baseline"]) == ("mine", "gpt4")
    for language in ("zh", "es"):
        assert report["scores"][language]["full"]["value"] == 0.5  # always the first: half
        assert report["scores"][language]["full"]["questions"] == LIMIT


def test_a_schema_is_used_where_the_endpoint_follows_one(ours: Path) -> None:
    with serving(lambda body, number: Answer(f'{{"ranking": {FIRST}}}')) as server:
        assert judged(server, ours)["structured"] is True
        assert all("response_format" in body for body in server.requests)
        assert len(server.requests) == 8  # the trial was one of them


def test_a_judge_that_takes_neither_schema_nor_temperature_judges(ours: Path, capsys) -> None:
    rule = refusing("temperature", "response_format", then=lambda body, number: Answer(FIRST))
    with serving(rule) as server:
        report = judged(server, ours, "--reply-thinking", "strip", "--concurrency", "1")
        assert len(server.requests) == 2 + 1 + 8  # refused, the trial of a schema, judged
    assert report["structured"] is False
    assert report["left_out"] == ["response_format", "temperature"]
    assert report["endpoint"] == {"base_url": server.url, "model": "j", "thinking": "strip"}
    assert report["scores"]["zh"]["full"]["value"] == 0.5
    out, err = capsys.readouterr()
    assert "j does not take response_format, temperature: not sent" in out
    assert err.count("does not take temperature") == 2  # once a run


def test_the_trial_of_a_schema_is_counted_and_spares_equal_answers(
    ours: Path, tmp_path: Path
) -> None:
    for name, second in (("a", "two"), ("b", "zwei")):
        rows = [{"problem_id": "OMGEval/0", "output": "same"}]
        rows.append({"problem_id": "OMGEval/1", "output": second})
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text)

    def rule(body: dict[str, Any], number: int) -> Answer:
        return Answer("no") if "response_format" in body else Answer(FIRST)

    command = ["grade", "omgeval", "a.jsonl", "--baseline", "b.jsonl", "--judge", "j"]
    with serving(rule) as server:
        assert main([*command, "--base-url", server.url, "--out", "judged"]) == 0
        assert len(server.requests) == 3
    report = json.loads(Path("judged/report.json").read_text())
    assert report["usage"]["requests"] == 3
    assert report["usage"]["prompt_tokens"] == 300
    with serving(rule) as server:  # nothing to ask: no trial either
        command[4] = "a.jsonl"
        assert main([*command, "--base-url", server.url, "--out", "judged"]) == 0
        assert server.requests == []


@pytest.mark.parametrize(
    "refusal",
    [Answer(status=400, body=b'{"error": {"message": "response_format"}}'), Answer("I will not")],
)
def test_no_schema_where_the_endpoint_refuses_or_ignores_it(ours: Path, refusal: Answer) -> None:
    def rule(body: dict[str, Any], number: int) -> Answer:
        return refusal if "response_format" in body else Answer(FIRST)

    with serving(rule) as server:
        assert judged(server, ours)["structured"] is False
        assert len(server.requests) == 1 + 8


@pytest.mark.parametrize("words", [["--structured", "never"], ["--protocol", "reference"]])
def test_no_schema_is_tried_where_none_is_wanted(ours: Path, words: list[str]) -> None:
    with serving(lambda body, number: Answer(FIRST)) as server:
        assert judged(server, ours, *words)["structured"] is False
        assert not any("response_format" in body for body in server.requests)
