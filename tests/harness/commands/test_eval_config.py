"""What the words of `eval` become."""

from pathlib import Path

import pytest
from report_examples import cell, record

from harness.commands.eval_model import model_names
from harness.commands.eval_notes import package_notes, thinking_notes, unmeasured_notes
from harness.commands.eval_options import eval_config
from harness.options.parser import parser
from tasks.benchmark import ONLY_THINKING, Outcome, Sample
from tasks.eval_config import EvalConfig
from tasks.sampling import Sampling
from ultralink_data.llm.endpoint import EndpointIdentity


def config(*words: str) -> EvalConfig:
    return eval_config(parser().parse_args(["eval", "--model", "m", *words]), "m")


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["up/a", "up/b.gguf"], ["a", "b"]),
        (["up/m", "down/m.gguf"], ["up/m", "down/m"]),
        (["up/m", "m"], ["up/m", "m"]),
        (["up/m", "up/m.gguf"], ["m", "m.gguf"]),
        (["/up/m", "up/m"], ["up/m", "home/up/m"]),
    ],
)
def test_no_two_models_have_one_name(paths, names, tmp_path, monkeypatch) -> None:
    """One name would be one evaluation, shown for both."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    assert model_names([Path(path) for path in paths]) == names


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), {"mgsm": 0.0, "humaneval": 0.0}),
        (("--samples", "5"), {"mgsm": 0.8, "humaneval": 0.8}),
        (
            ("--samples", "5", "--protocol", "humaneval=instruct"),
            {"mgsm": 0.8, "humaneval": 0.2},
        ),
        (("--samples", "5", "--temperature", "0.5"), {"mgsm": 0.5, "humaneval": 0.5}),
        (("--temperature", "0.5"), {"mgsm": 0.5, "humaneval": 0.5}),
    ],
)
def test_temperature_is_by_protocol_where_the_user_names_none(
    words: tuple[str, ...], expected: dict[str, float]
) -> None:
    made = config(*words)
    assert {run.task: run.sampling(made.sampling).temperature for run in made.runs} == expected


def test_an_endpoint_scores_no_references() -> None:
    words = ("--backend", "openai-chat", "--base-url", "http://127.0.0.1:9/v1")
    assert [run.likelihood for run in config(*words).runs] == [0, 0]
    for backend in ("hf", "vllm"):
        assert [run.likelihood for run in config("--backend", backend).runs] == [None, None]


def test_the_sandbox_is_left_out_only_on_request() -> None:
    assert config().isolated
    assert not config("--no-sandbox").isolated


def test_options_that_decide_numbers_arrive() -> None:
    words = "--batch-size 2 --dtype bfloat16 --max-length 9 --seed 3 --samples 2 --threads 4"
    made = config(*words.split(), "--temperature", "0.5", "--top-p", "0.9")
    assert made == EvalConfig(
        runs=made.runs,
        sampling=Sampling(temperature=0.5, top_p=0.9, repeats=2),
        seed=3,
        batch_size=2,
        dtype="bfloat16",
        max_length=9,
        threads=4,
    )
    assert config() == EvalConfig(runs=made.runs)


def test_an_endpoint_is_what_its_options_say() -> None:
    words = "--backend openai-chat --base-url http://h/v1 --never-send seed"
    assert config(*words.split(), "--extra-body", '{"a": 1}').served == EndpointIdentity(
        base_url="http://h/v1",
        model="m",
        extra_body={"a": 1},
        never_send=("seed",),
    )


def test_thinking_is_the_model_s_and_with_it_no_reference_is_scored() -> None:
    assert config().thinking == "default"
    assert [run.likelihood for run in config("--thinking", "off").runs] == [None, None]
    made = config("--thinking", "on", "--thinking-tokens", "99")
    assert (made.thinking, made.thinking_tokens) == ("on", 99)
    assert [run.likelihood for run in made.runs] == [0, 0]


def sample(thinking: str, *, cut: bool = False) -> Sample:
    return Sample(
        problem_id="p",
        language="en",
        index=0,
        prompt="?",
        generation="7",
        extracted=None if cut else "7",
        outcome=Outcome.NO_ANSWER if cut else Outcome.CORRECT,
        detail=ONLY_THINKING if cut else "",
        hit_limit=cut,
        thinking=thinking,
    )


@pytest.mark.parametrize(
    ("samples", "mode", "said"),
    [
        ([sample("hm"), sample("")], "off", ["--thinking off, but 1 of 2 answers"]),
        ([sample("")], "off", []),
        ([sample(""), sample("")], "on", ["--thinking on, but none of 2 answers"]),
        ([sample("hm"), sample("")], "on", []),
        ([sample("hm"), sample("")], "default", []),
        ([sample("hm", cut=True), sample("")], "default", ["ended 1 of 2 answers"]),
        ([], "on", []),
    ],
)
def test_answers_that_show_another_mode_are_told(samples, mode, said) -> None:
    notes = list(thinking_notes(samples, mode))
    assert len(notes) == len(said)
    assert all(part in note for part, note in zip(said, notes, strict=True))


def test_programs_that_import_what_the_sandbox_lacks_are_told() -> None:
    gone = "ModuleNotFoundError: No module named 'numpy'"
    details = [
        (Outcome.WRONG, gone),
        (Outcome.WRONG, gone),
        (Outcome.CORRECT, gone),
        (Outcome.WRONG, "AssertionError"),
    ]
    samples = [
        Sample(
            problem_id=f"HumanEval/{number}",
            language="en",
            index=0,
            prompt="p",
            generation="import numpy, sympy",
            extracted=None,
            outcome=outcome,
            detail=detail,
        )
        for number, (outcome, detail) in enumerate(details)
    ]
    [note] = package_notes(samples)
    assert "lacks: numpy 2;" in note
    assert list(package_notes(samples[2:])) == []


def test_a_task_without_any_number_is_told() -> None:
    asked = {"mgsm": "native_cot", "starter_math": "chat"}
    whole = record(protocols=asked, cells=(cell(), cell(task="mgsm")))
    assert list(unmeasured_notes(whole)) == []
    (said,) = unmeasured_notes(record(protocols=asked, cells=(cell(),)))
    assert said.startswith("mgsm/native_cot: nothing was measured")
