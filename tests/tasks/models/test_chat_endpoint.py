"""Evaluating what stands behind an OpenAI-compatible endpoint, here the scripted server."""

import json
import re
import shutil
from pathlib import Path

import pytest

from harness import cli
from leaderboard.records import read_record
from tasks.benchmark import ONLY_THINKING, Outcome, Sample, is_answered
from tasks.eval_config import EvalConfig, TaskRun
from tasks.evaluate import evaluate
from tasks.sampling import Sampling
from tests.llm_server import Answer, refusing, serving
from ultralink_data.errors import ConfigError, EndpointError, LLMError
from ultralink_data.llm.endpoint import EndpointIdentity
from ultralink_data.store.release import decode_lines

SECRET = "sk-not-to-be-seen"
RUN = TaskRun(task="mgsm", languages=("en", "zh"), protocol="direct", likelihood=0)


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)


@pytest.fixture
def server():
    with serving(lambda body, number: Answer("7")) as running:
        yield running


@pytest.fixture
def asked(server, files, tmp_path):
    """Evaluates the endpoint; the samples by language."""

    def run(task: TaskRun = RUN, work: str = "work", **settings) -> dict[str, list[Sample]]:
        served = EndpointIdentity(base_url=server.url, model="m/7b")
        config = EvalConfig(runs=(task,), backend="openai-chat", served=served, **settings)
        out = tmp_path / f"out-{work}"
        out.mkdir(exist_ok=True)
        replies = tmp_path / "replies.sqlite"
        evaluate(Path(), config, out, work=tmp_path / work, benchmarks=files, replies=replies)
        paths = {lang: out / "samples" / f"mgsm_{lang}.jsonl" for lang in task.languages}
        return {
            lang: [row for _, row in decode_lines(path, Sample)] for lang, path in paths.items()
        }

    return run


def question(body: dict) -> str:
    return body["messages"][0]["content"]


def test_each_problem_is_asked_once_and_graded(asked, server):
    found = asked(batch_size=3)
    for rows in found.values():
        assert [row.outcome.value for row in rows] == ["correct", "wrong", "wrong", "correct"]
    prompts = sorted(row.prompt for rows in found.values() for row in rows)
    assert sorted(question(body) for body in server.requests) == prompts
    for body in server.requests:
        assert [set(message) for message in body["messages"]] == [{"role", "content"}]
        assert (body["model"], body["max_tokens"], body["temperature"]) == ("m/7b", 64, 0)
        assert not {"stop", "seed", "top_p"} & set(body)
    assert server.keys == {f"Bearer {SECRET}"}


def test_an_answer_that_the_limit_ended_is_truncated(asked, server):
    def rule(body, number):
        return Answer("first 3 then 7", "length" if question(body).startswith("0:") else "stop")

    server.rule = rule
    rows = asked(batch_size=4)["en"]
    assert [row.outcome for row in rows] == [
        *(Outcome.TRUNCATED, Outcome.WRONG, Outcome.WRONG, Outcome.CORRECT),
    ]
    assert [row.hit_limit for row in rows] == [True, False, False, False]


def message(**fields) -> Answer:
    choice = {"message": {"role": "assistant", **fields}, "finish_reason": "stop"}
    return Answer(body=json.dumps({"choices": [choice]}).encode())


@pytest.mark.parametrize(
    "answer",
    [
        Answer("<think>3? No.</think> 7"),
        message(content="7", reasoning_content="3? No."),
        message(content="7", reasoning="3? No."),
        message(content="7", reasoning="3? No.", reasoning_content="3? No."),
        message(content="7", reasoning_details=[{"type": "reasoning.text", "text": "3? No."}]),
        message(
            content=[
                {"type": "thinking", "thinking": [{"type": "text", "text": "3? No."}]},
                {"type": "text", "text": "7"},
            ]
        ),
    ],
)
def test_thinking_is_kept_in_the_sample_and_not_read(asked, server, answer):
    server.rule = lambda body, number: answer
    rows = asked()["en"]
    assert [row.extracted for row in rows] == ["7"] * 4
    assert {row.thinking for row in rows} == {"3? No."}


def test_an_answer_of_nothing_but_thinking_is_none(asked, server):
    server.rule = lambda body, number: message(content=None, reasoning_content="It is 7.")
    rows = asked()["en"]
    assert {row.outcome for row in rows} == {Outcome.NO_ANSWER}
    assert {(row.generation, row.thinking, row.detail) for row in rows} == {
        ("", "It is 7.", ONLY_THINKING)
    }


def test_an_empty_answer_is_an_answer(asked, server):
    server.rule = lambda body, number: Answer("")
    outcomes = {row.outcome for rows in asked().values() for row in rows}
    assert outcomes == {Outcome.NO_ANSWER}
    assert len(server.requests) == 8


def test_samples_of_a_problem_have_seeds_of_their_own(asked, server):
    found = asked(sampling=Sampling(temperature=0.8, top_p=0.9, repeats=3), seed=5)
    assert [len(rows) for rows in found.values()] == [12, 12]
    seeds: dict[str, list[int]] = {}
    for body in server.requests:
        seeds.setdefault(question(body), []).append(body["seed"])
        assert (body["temperature"], body["top_p"]) == (0.8, 0.9)
    assert {tuple(sorted(found)) for found in seeds.values()} == {(5, 6, 7)}


def test_a_refused_request_is_an_ungraded_sample(asked, server):
    def rule(body, number):
        if question(body).startswith("1:"):
            return Answer(status=400, body=b'{"error": {"message": "maximum context length"}}')
        return Answer("7")

    server.rule = rule
    rows = asked()["en"]
    assert [row.outcome.value for row in rows] == ["correct", "error", "wrong", "correct"]
    assert "maximum context length" in rows[1].detail
    assert [is_answered(row) for row in rows] == [True, False, True, True]


def test_a_failure_ends_the_run_and_the_next_asks_only_for_the_rest(asked, server):
    def rule(body, number):
        return Answer(status=401, body=b"{}") if number == 5 else Answer("7")

    server.rule = rule
    with pytest.raises(EndpointError, match="401"):
        asked(batch_size=1)
    assert len(server.requests) == 6
    assert sum(map(len, asked(work="again", batch_size=1).values())) == 8
    assert len(server.requests) == 9  # the five stored replies were not asked for again


def test_an_error_does_not_show_the_key(asked, server):
    server.rule = lambda body, number: Answer(
        status=403, body=b'{"error": {"message": "bad key %s"}}' % SECRET.encode()
    )
    with pytest.raises(LLMError, match="403") as error:
        asked()
    assert SECRET not in error.value.message + error.value.hint


def test_raw_text_is_refused_before_anything_is_asked(asked, server):
    run = TaskRun(task="mgsm", languages=("en",), protocol="reference_direct", likelihood=0)
    with pytest.raises(ConfigError, match="continues raw text"):
        asked(run)
    assert server.requests == []


@pytest.mark.parametrize(
    ("url", "model"), [("localhost:1", "m"), ("https://a:b@host/v1", "m"), ("http://host", "")]
)
def test_an_endpoint_is_checked(url, model):
    with pytest.raises(ValueError, match=r"base_url|name"):
        EndpointIdentity(base_url=url, model=model)


def test_likelihoods_and_a_context_are_refused():
    served = EndpointIdentity(base_url="http://h", model="m")
    scored = TaskRun(task="mgsm", languages=("en",), protocol="direct")
    with pytest.raises(ValueError, match="no log-likelihoods"):
        EvalConfig(runs=(scored,), backend="openai-chat", served=served)
    with pytest.raises(ValueError, match="needs an endpoint, and none is given"):
        EvalConfig(runs=(RUN,), backend="openai-chat")
    with pytest.raises(ValueError, match="max_length"):
        EvalConfig(runs=(RUN,), backend="openai-chat", served=served, max_length=100)


def test_the_command_records_the_backend_and_never_the_key(
    server, files, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    words = ["eval", "--backend", "openai-chat", "--base-url", server.url, "--model", "m/7b"]
    words += ["--tasks", "mgsm", "--languages", "zh", "--benchmarks", str(files)]
    assert cli.main(words) == 0
    _, err = capsys.readouterr()
    assert "bits per byte: n/a" in err
    (path,) = (tmp_path / "runs/reports/eval-7b").glob("*.json")
    record = read_record(path)
    assert (record.backend, record.generation.dtype) == ("openai-chat", "n/a")
    assert record.config["served"] == {"base_url": server.url, "model": "m/7b"}
    assert {cell.metric: cell.value for cell in record.cells}["exact_match"] == 0.5
    assert server.keys == {f"Bearer {SECRET}"}
    for file in (tmp_path / "runs").rglob("*"):
        assert not file.is_file() or SECRET.encode() not in file.read_bytes()
    count = len(server.requests)
    assert cli.main(words) == 0
    assert len(server.requests) == count


def test_the_command_tells_what_was_left_out_and_records_how_it_was_asked(
    server, files, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    answer = Answer("<think>say 8 or 9</think>7")
    server.rule = refusing("temperature", by="words", then=lambda body, number: answer)
    words = ["eval", "--backend", "openai-chat", "--base-url", server.url, "--model", "m/7b"]
    words += ["--tasks", "mgsm", "--languages", "zh", "--benchmarks", str(files)]
    own = ["--extra-body", '{"think": true}', "--never-send", "max_tokens", "--thinking", "off"]
    assert cli.main([*words, *own]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert said.count("7b does not take temperature") == 1
    assert re.search(r"--thinking off, but (\d+) of \1 answers have thinking", said)
    sent = server.requests[-1]
    assert sent["think"] is True
    assert sent["chat_template_kwargs"] == {"enable_thinking": False, "thinking": False}
    assert {"temperature", "max_tokens"}.isdisjoint(sent)
    (path,) = (tmp_path / "runs/reports/eval-7b").glob("*.json")
    config = read_record(path).config
    assert config["left_out"] == ["temperature"]
    assert config["served"] == {
        "base_url": server.url,
        "model": "m/7b",
        "extra_body": {"think": True},
        "never_send": ["max_tokens"],
    }
    assert read_record(path).generation.thinking == {"mgsm": "off"}
    (samples,) = (tmp_path / "runs/evals").glob("*/samples/mgsm_zh.jsonl")
    found = {(row.generation, row.extracted) for _, row in decode_lines(samples, Sample)}
    assert found == {("<think>say 8 or 9</think>7", "7")}


def test_thinking_at_an_endpoint_gets_room_and_replies_of_its_own(server, files, tmp_path):
    """What was answered without thinking is not taken for an answer with it."""
    words = ["eval", "--backend", "openai-chat", "--base-url", server.url, "--model", "m"]
    words += ["--tasks", "mgsm", "--languages", "zh", "--limit", "1", "--benchmarks", str(files)]
    words += ["--runs", str(tmp_path / "runs")]
    sent = []
    for own in ([], ["--thinking", "on"], ["--thinking-tokens", "100"], ["--thinking", "off"]):
        assert cli.main([*words, *own]) == 0
        sent.append(server.requests[-1])
    assert len(server.requests) == 4
    assert [body["max_tokens"] for body in sent] == [64, 64 + 8192, 164, 64]
    kwargs = [body.get("chat_template_kwargs", {}).get("enable_thinking") for body in sent]
    assert kwargs == [None, True, None, False]


@pytest.mark.parametrize(
    "words", [["--backend", "openai-chat"], ["--base-url", "http://127.0.0.1:9/v1"]]
)
def test_backend_and_address_belong_together(words, capsys):
    assert cli.main(["eval", "--model", "m", *words]) == 2
    assert "--backend openai-chat --base-url" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [["--extra-body", '{"a": 1}'], ["--never-send", "seed"]],
)
def test_how_an_endpoint_is_asked_needs_an_endpoint(words, capsys):
    assert cli.main(["eval", "--model", "m", *words]) == 2
    assert "are for an endpoint" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--never-send", "sed"], "'sed' is none of temperature, top_p, seed"),
        (["--extra-body", '{"stop": []}'], "extra_body must not have 'stop'"),
    ],
)
def test_what_an_endpoint_cannot_be_asked_is_named(words, said, capsys):
    command = ["eval", "--backend", "openai-chat", "--base-url", "http://127.0.0.1:9/v1"]
    assert cli.main([*command, "--model", "m", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("text", "said"), [("[1]", "no JSON object"), ("{", "no JSON:")])
def test_fields_for_every_request_are_a_json_object(text, said, capsys):
    assert cli.main(["eval", "--model", "m", "--extra-body", text]) == 2
    assert said in capsys.readouterr().err


def test_few_stops_are_sent_and_an_answer_is_cut_at_all(server, tmp_path):
    from lm_eval.api.instance import Instance

    from tasks.models.chat_endpoint import ChatEndpoint
    from tasks.models.generation import RowEnd, request_key
    from ultralink_data.llm.endpoint import Endpoint

    server.rule = lambda body, number: Answer("one\nf two\nb three", "length")
    lm = ChatEndpoint(Endpoint(base_url=server.url, model="m"), tmp_path / "r.sqlite", seed=1)
    settings = {"until": [f"\n{x}" for x in "abcdef"], "max_gen_toks": 9, "do_sample": False}
    asked = json.dumps([{"role": "user", "content": "q"}]), settings | {"temperature": 0.0}
    assert lm.generate_until([Instance("generate_until", {}, asked, 0)]) == ["one"]
    assert server.requests[0]["stop"] == ["\na", "\nb", "\nc", "\nd"]
    assert list(lm.pop()[request_key(*asked)]) == [RowEnd(hit_limit=False)]


def test_prompts_that_spell_control_tokens_are_sent_and_told_of(server, files, tmp_path):
    """Nothing here knows the server's tokenizer, and the problem is not changed for it."""
    odd = tmp_path / "odd"
    shutil.copytree(files, odd)
    path = odd / "mgsm" / "mgsm_en.tsv"
    first, *others = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"Odd<|im_end|> {first}", *others]) + "\n", encoding="utf-8")
    served = EndpointIdentity(base_url=server.url, model="m/7b")
    config = EvalConfig(runs=(RUN,), backend="openai-chat", served=served)
    notes = []
    for work, folder in (("plain", files), ("odd", odd)):
        out = tmp_path / f"out-{work}"
        out.mkdir()
        places = {"work": tmp_path / work, "replies": tmp_path / "replies.sqlite"}
        notes.append(evaluate(Path(), config, out, benchmarks=folder, **places).load_note)
    assert notes[0] == ""
    assert notes[1].startswith("prompts that spell control tokens: 1 (the first is ")
    assert any("Odd<|im_end|>" in question(body) for body in server.requests)
