"""The switch of a chat template for thinking, and the token limit that leaves room for it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_models import write_chain_model, write_random_model, write_tokenizer
from transformers import AutoTokenizer

from tasks.benchmark import Request
from tasks.eval_config import EvalConfig, TaskRun
from tasks.evaluate import evaluate
from tasks.models.lm_eval_adapter import longest_prompt, render_chat
from tasks.models.thinking_mode import chat_form, find_switch, limit, with_switch
from train.chat_templates import CHATML
from ultralink_data.errors import ConfigError
from ultralink_data.llm.endpoint import EndpointIdentity

HEAD = CHATML.partition("{% if add_generation_prompt %}")[0]
CASES = json.loads((Path(__file__).parents[2] / "cases" / "thinking_templates.json").read_text())
TEMPLATES = {case["name"]: case["template"] for case in CASES}
KNOWN = {case["name"]: case["switch"] for case in CASES if case["switch"]}
THINKS = {case["name"] for case in CASES if case["thinks"]}


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer") / "t"
    write_tokenizer(folder, bos=False)
    return AutoTokenizer.from_pretrained(folder)


def model(tokenizer, name: str, **more) -> SimpleNamespace:
    """What stands for an lm-eval model whose template is one of the above."""
    tokenizer.chat_template = HEAD + TEMPLATES[name]

    def apply_chat_template(chat, add_generation_prompt=True):
        return tokenizer.apply_chat_template(
            chat, tokenize=False, add_generation_prompt=add_generation_prompt
        )

    return SimpleNamespace(tokenizer=tokenizer, apply_chat_template=apply_chat_template, **more)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_switch_is_known_by_its_effect(tokenizer, name):
    found = find_switch(model(tokenizer, name))
    assert (None if found is None else found.name) == KNOWN.get(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_by_default_the_template_says_whether_the_model_thinks(tokenizer, name):
    lm = model(tokenizer, name)
    before = render_chat(lm, "Hi")
    assert chat_form(lm, "default", served=False) == ({}, name in THINKS)
    assert render_chat(lm, "Hi") == before


@pytest.mark.parametrize("name", KNOWN)
def test_both_sides_of_a_switch_are_rendered(tokenizer, name):
    texts = {}
    for mode in ("on", "off"):
        lm = model(tokenizer, name)
        assert chat_form(lm, mode, served=False).thinks is (mode == "on")
        texts[mode] = render_chat(lm, "Hi")
    assert texts["on"] != texts["off"]
    default = render_chat(model(tokenizer, name), "Hi")
    assert default == texts["on" if name in THINKS else "off"]


@pytest.mark.parametrize("name", sorted(TEMPLATES.keys() - KNOWN.keys()))
@pytest.mark.parametrize("mode", ["on", "off"])
def test_a_template_without_a_switch_is_refused(tokenizer, name, mode):
    with pytest.raises(ConfigError, match=f"--thinking {mode}: .* no switch") as caught:
        chat_form(model(tokenizer, name), mode, served=False)
    assert "enable_thinking" in caught.value.hint


def test_without_a_template_only_the_default_is_taken(tokenizer):
    lm = model(tokenizer, "plain")
    lm.tokenizer.chat_template = None
    for one in (lm, SimpleNamespace()):
        assert chat_form(one, "default", served=False) == ({}, False)
        with pytest.raises(ConfigError, match="no chat template"):
            chat_form(one, "off", served=False)


def test_the_template_that_vllm_found_is_used_and_told_nothing_by_default(tokenizer):
    """lm-eval's own rendering passes `enable_thinking=None` there."""
    own = HEAD + TEMPLATES["default on"]
    lm = model(tokenizer, "plain", hf_chat_template=own)
    assert chat_form(lm, "default", served=False).thinks
    assert "</think>" not in render_chat(lm, "Hi")
    assert chat_form(lm, "off", served=False) == ({"enable_thinking": False}, False)
    assert render_chat(lm, "Hi").endswith("<think>\n\n</think>\n\n")


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ raise_exception('no\nchats') }}", "no chats"),
        ("{{ messages[0]['content'] + 1 }}", "TypeError: can only concatenate"),
        ("{% for m in messages %}", "Unexpected end of template"),
    ],
)
def test_a_template_that_cannot_be_rendered_is_a_user_s_error(tokenizer, template, reason):
    lm = model(tokenizer, next(iter(TEMPLATES)))
    tokenizer.chat_template = template
    for ask in (lambda: render_chat(lm, "Hi"), lambda: chat_form(lm, "default", served=False)):
        with pytest.raises(ConfigError, match=f"refuses a question: {reason}") as caught:
            ask()
        assert "chat_template.jinja" in caught.value.hint


PLACE = EndpointIdentity(base_url="http://h/v1", model="m", extra_body={"a": 1})


@pytest.mark.parametrize(("mode", "value"), [("on", True), ("off", False)])
def test_an_endpoint_is_sent_the_switch(mode, value):
    asked = with_switch(PLACE, mode)
    switch = {"enable_thinking": value, "thinking": value}
    assert asked.extra_body == {"a": 1, "chat_template_kwargs": switch}
    assert with_switch(asked, mode) == asked
    assert chat_form(None, mode, served=True) == ({}, value)


def test_an_endpoint_is_sent_nothing_by_default_and_no_two_words_at_once():
    assert with_switch(PLACE, "default") is PLACE
    said = with_switch(PLACE, "off")
    with pytest.raises(ConfigError, match="--thinking on, but --extra-body sets enable_thinking"):
        with_switch(said, "on")


def asked(own: int) -> list[Request]:
    return [Request(problem_id="a", prompt="p", chat=True, stop=(), max_tokens=own)]


@pytest.mark.parametrize(
    ("own", "thinking", "longest", "context", "expected"),
    [
        (64, 8192, 100, 32768, 8256),
        (64, 8192, 100, 4096, 3996),
        (64, 8192, 4090, 4096, 64),
        (64, 8192, 0, None, 8256),
        (64, 0, 100, 4096, 64),
        (2048, 10, 3000, 4096, 2048),
    ],
)
def test_a_limit_has_room_for_thinking_as_far_as_the_context_reaches(
    own, thinking, longest, context, expected
):
    assert limit(asked(own), thinking, longest, context) == expected


def test_the_longest_prompt_is_of_those_that_fit(tokenizer):
    lm = model(tokenizer, "plain", max_length=100)
    lm.tok_encode = list
    requests = [Request(problem_id=p, prompt=p, chat=True, stop=(), max_tokens=20) for p in "ab"]
    size = len(render_chat(lm, "a"))
    long = Request(problem_id="c", prompt="c" * 90, chat=True, stop=(), max_tokens=20)
    assert longest_prompt(lm, [*requests, long]) == size
    assert longest_prompt(lm, [long]) == 0


@pytest.fixture(scope="module")
def thinker(tmp_path_factory):
    """Answers "7" to every chat; its template can switch thinking off."""
    folder = tmp_path_factory.mktemp("chain") / "model"
    write_chain_model(folder, {"\n": "7", "7": "<|im_end|>"})
    changed = AutoTokenizer.from_pretrained(folder)
    changed.chat_template = HEAD + TEMPLATES["unless off"]
    changed.save_pretrained(folder)
    return folder


RUN = TaskRun(task="mgsm", languages=("en",), protocol="direct", generate=2, likelihood=0)


def evaluated(folder, root, files, run=RUN, **settings):
    out = root / "out"
    out.mkdir(parents=True)
    config = EvalConfig(runs=(run,), **settings)
    return evaluate(folder, config, out, work=root / "work", benchmarks=files)


@pytest.mark.parametrize(
    ("settings", "room", "mode"),
    [
        ({}, True, {}),
        ({"thinking": "on"}, True, {"mgsm": "on"}),
        ({"thinking": "off"}, False, {"mgsm": "off"}),
        ({"thinking_tokens": 3}, None, {}),
    ],
)
def test_an_evaluation_records_the_mode_and_the_limit_in_force(
    thinker, ours, tmp_path, settings, room, mode
):
    done = evaluated(thinker, tmp_path, ours, **settings)
    assert done.thinking == mode
    most = done.max_tokens["mgsm"]
    if room is None:
        assert most == 67
    else:
        assert (most > 64) is room
        assert most < done.max_length


def test_a_model_that_does_not_think_keeps_the_limit(ours, tmp_path):
    folder = write_random_model(tmp_path / "model")
    assert evaluated(folder, tmp_path, ours).max_tokens == {"mgsm": 64}
    with pytest.raises(ConfigError, match="no switch"):
        evaluated(folder, tmp_path / "off", ours, thinking="off")


def test_a_switch_without_any_chat_is_refused(thinker, ours, tmp_path):
    run = TaskRun(task="humaneval", languages=("en",), protocol="completion", generate=0)
    with pytest.raises(ConfigError, match=r"no protocol .* is a chat"):
        evaluated(thinker, tmp_path, ours, run, thinking="off")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"thinking": "off", "thinking_tokens": 9}, "thinking is off"),
        ({"thinking_tokens": 0}, "thinking_tokens must be >= 1"),
        ({"thinking": "on"}, "set likelihood to 0"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings, said):
    run = TaskRun(task="mgsm", languages=("en",), protocol="direct")
    with pytest.raises(ValueError, match=said):
        EvalConfig(runs=(run,), **settings)
