"""What the words of `eval` become."""

import pytest

from harness.commands.eval_model import eval_config
from harness.options.parser import parser
from tasks.eval_config import EvalConfig


def config(*words: str) -> EvalConfig:
    return eval_config(parser().parse_args(["eval", "--model", "m", *words]))


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
