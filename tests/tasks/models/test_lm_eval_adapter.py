import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import torch
from tiny_models import BOS, CONTEXT, write_chain_model, write_random_model

from tasks.benchmark import Request
from tasks.models.generation import GenerationWatch
from tasks.models.lm_eval_adapter import (
    generate,
    load_model,
    over_context,
    render_chat,
    task_config,
)
from tasks.sampling import Sampling
from ultralink_data.errors import ConfigError, PrerequisiteError

END = "<|im_end|>"
STEPS = {"2": END, "3": "4", "4": "5", "5": END, "7": "8", "8": "9"}
"""After "2" the answer is over; after "3" come two tokens; after "7", 8 and 9s without end;
any other token is repeated without end."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    folder = write_chain_model(tmp_path_factory.mktemp("chain") / "model", STEPS)
    lm = load_model(folder, batch_size=3, dtype="float32", max_length=None)
    return lm, GenerationWatch(lm)


@pytest.fixture(scope="module", params=["without BOS", "with BOS"])
def random(request, tmp_path_factory):
    bos = request.param == "with BOS"
    folder = write_random_model(tmp_path_factory.mktemp("random") / "model", bos=bos)
    lm = load_model(folder, batch_size=4, dtype="float32", max_length=None)
    return lm, GenerationWatch(lm)


def asked(*prompts: str, max_tokens: int = 8, stop: tuple[str, ...] = (), chat: bool = False):
    return [
        Request(problem_id=f"p/{i}", prompt=prompt, chat=chat, stop=stop, max_tokens=max_tokens)
        for i, prompt in enumerate(prompts)
    ]


def answers(found) -> list[list[tuple[str, bool]]]:
    return [[(g.text, g.hit_limit) for g in group] for group in found]


def run(model, requests, sampling=Sampling(), seed=0):  # noqa: B008
    return answers(generate(*model, {"t": requests}, sampling, seed)["t"])


def test_exactly_the_generations_at_the_limit_are_marked(chain):
    prompts = ("long question 1", "2", "a 3", "1", "b 2")  # over two batches
    assert run(chain, asked(*prompts)) == [
        [("1" * 8, True)],
        [("", False)],
        [("45", False)],
        [("1" * 8, True)],
        [("", False)],
    ]


@pytest.mark.parametrize(("limit", "hit"), [(2, True), (3, False), (4, False)])
def test_an_end_at_the_very_last_token_is_no_limit(chain, limit, hit):
    assert run(chain, asked("3", max_tokens=limit)) == [[("45", hit)]]


@pytest.mark.parametrize(("limit", "hit"), [(1, True), (2, False), (5, False)])
def test_a_stop_at_the_very_last_token_is_no_limit(chain, limit, hit):
    found = run(chain, asked("7", max_tokens=limit, stop=("89",)))
    assert found == [[("8" if hit else "", hit)]]


def test_every_end_token_of_the_model_counts(tmp_path: Path):
    folder = write_chain_model(tmp_path / "model", STEPS)
    lm = load_model(folder, batch_size=1, dtype="float32", max_length=None)
    ids = [lm.tokenizer.convert_tokens_to_ids(token) for token in ("5", END)]
    lm.model.generation_config.eos_token_id = ids
    assert run((lm, GenerationWatch(lm)), asked("3", max_tokens=2)) == [[("45", False)]]


def test_languages_in_one_call_do_not_mix(chain):
    """The same prompts in each, with the stops of each: lm-eval asks those of like stops first."""
    tasks = {
        "t_en": asked("7", "1", "2", stop=("9",)),
        "t_zh": asked("7", "1", "3", stop=("0",)),
        "t_es": asked("7", "1", "2", stop=("9",)),
    }
    found = generate(*chain, tasks, Sampling(), 0)
    endless = [("1" * 8, True)]
    assert answers(found["t_en"]) == [[("8", False)], endless, [("", False)]]
    assert answers(found["t_zh"]) == [[("8" + "9" * 7, True)], endless, [("45", False)]]
    assert answers(found["t_es"]) == answers(found["t_en"])


def test_equal_prompts_with_several_samples_keep_their_own_marks(chain):
    """One token: the answer is either empty and over, or something and cut off."""
    tasks = {name: asked("2", "x 2", max_tokens=1) for name in ("t_en", "t_zh")}
    found = generate(*chain, tasks, Sampling(temperature=3.0, repeats=8), 0)
    everything = [g for groups in found.values() for group in groups for g in group]
    assert len(everything) == 2 * 2 * 8
    assert {g.hit_limit for g in everything} == {True, False}
    assert all(g.hit_limit == bool(g.text) for g in everything)


def test_several_samples_follow_the_seed(random):
    sampling = Sampling(temperature=1.0, top_p=0.9, repeats=3)
    requests = asked("Anna has 3 apples", "Ответ", max_tokens=6)
    first = run(random, requests, sampling, seed=1)
    assert [len(group) for group in first] == [3, 3]
    assert len(set(first[0])) > 1
    assert run(random, requests, sampling, seed=1) == first
    assert run(random, requests, sampling, seed=2) != first


def test_greedy_equals_transformers_own(random):
    lm, _ = random
    prompts = ("Anna has 3 apples", "安娜有 3 个苹果", "def add(a, b):")
    for prompt, [(text, _)] in zip(prompts, run(random, asked(*prompts)), strict=True):
        ids = lm.tokenizer(prompt, return_tensors="pt")["input_ids"]
        out = lm.model.generate(ids, max_new_tokens=8, do_sample=False)
        assert text == lm.tokenizer.decode(out[0, ids.shape[1] :], skip_special_tokens=True)


def test_sampling_is_from_the_whole_distribution():
    """`transformers` would keep the 50 likeliest tokens only."""
    sampling = Sampling(temperature=0.8, top_p=0.95, repeats=2)
    settings = task_config("t", asked("1"), sampling)["generation_kwargs"]
    assert settings == {
        "until": [],
        "max_gen_toks": 8,
        "do_sample": True,
        "temperature": 0.8,
        "top_p": 0.95,
        "top_k": 0,
    }


def test_the_chat_template_is_applied_once(random, monkeypatch):
    lm, _ = random
    read: list[str] = []
    encode = lm.tok_batch_encode

    def watched(strings, **options):
        read.extend(strings)
        ids, mask = encode(strings, **options)
        starts = (ids == lm.tokenizer.bos_token_id).sum().item() if lm.tokenizer.bos_token else 0
        assert starts == (len(strings) if lm.tokenizer.bos_token else 0)
        return ids, mask

    monkeypatch.setattr(lm, "tok_batch_encode", watched)
    run(random, asked("How many?", chat=True, max_tokens=2))
    start = BOS if lm.tokenizer.bos_token else ""
    text = f"{start}<|im_start|>user\nHow many?<|im_end|>\n<|im_start|>assistant\n"
    assert read == [text] == [render_chat(lm, "How many?")]


def test_raw_text_gets_no_template(random, monkeypatch):
    lm, _ = random
    read: list[str] = []
    encode = lm.tok_batch_encode
    monkeypatch.setattr(
        lm, "tok_batch_encode", lambda strings, **o: read.extend(strings) or encode(strings, **o)
    )
    run(random, asked("How many?\n", max_tokens=2))
    assert read == ["How many?\n"]


def test_a_prompt_that_leaves_no_room_is_found(chain):
    lm, _ = chain
    fits, over = "1" * (CONTEXT - 8), "1" * (CONTEXT - 7)
    assert over_context(lm, asked(fits, over)) == {"p/1"}


def test_the_template_counts_for_the_room(chain):
    lm, _ = chain
    frame = len(lm.tok_encode(render_chat(lm, "")))
    text = "1" * (CONTEXT - 8 - frame)
    assert over_context(lm, asked(text, text + "1", chat=True)) == {"p/1"}


def test_requests_with_different_stops_are_refused(chain):
    requests = [*asked("1", stop=("9",)), *asked("1", stop=("8",))]
    with pytest.raises(ValueError, match="must share stops and limits"):
        generate(*chain, {"t": requests}, Sampling(), 0)


def test_chat_and_raw_text_in_one_call_are_refused(chain):
    tasks = {"a": asked("1"), "b": asked("1", chat=True)}
    with pytest.raises(ValueError, match="all chat or all plain"):
        generate(*chain, tasks, Sampling(), 0)


def test_nothing_to_ask_asks_nothing(chain):
    assert generate(*chain, {"t": []}, Sampling(), 0) == {}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("temperature", -1.0, "temperature must be >= 0, got -1.0"),
        ("top_p", 0.0, "top_p must be over 0 and at most 1, got 0.0"),
        ("repeats", 0, "repeats must be >= 1, got 0"),
        ("repeats", 2, "2 samples per problem need a temperature above 0"),
    ],
)
def test_bad_sampling_is_refused(field, value, message):
    with pytest.raises(ValueError, match=message):
        msgspec.structs.replace(Sampling(), **{field: value})


def test_a_model_is_loaded_for_evaluation_in_the_type_asked_for(tmp_path: Path):
    folder = write_random_model(tmp_path / "model")
    lm = load_model(folder, batch_size=1, dtype="bfloat16", max_length=100)
    assert not lm.model.training
    assert (lm.model.dtype, lm.max_length) == (torch.bfloat16, 100)


@pytest.mark.parametrize("content", [None, "", "{}"])
def test_what_is_no_model_is_a_missing_prerequisite(tmp_path: Path, content):
    folder = tmp_path / "model"
    if content is not None:
        folder.mkdir()
        (folder / "config.json").write_text(content)
    with pytest.raises(PrerequisiteError, match=r"(cannot load a|no) model"):
        load_model(folder, batch_size=1, dtype="float32", max_length=None)


def test_weights_that_were_cut_off_are_a_missing_prerequisite(tmp_path: Path):
    folder = write_random_model(tmp_path / "model")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(PrerequisiteError, match="cannot load a model") as caught:
        load_model(folder, batch_size=1, dtype="float32", max_length=None)
    assert str(folder) in caught.value.message


def test_a_chat_without_a_template_is_a_users_mistake(chain, monkeypatch):
    lm, _ = chain
    monkeypatch.setattr(lm.tokenizer, "chat_template", None)
    with pytest.raises(ConfigError, match="no chat template"):
        over_context(lm, asked("1", chat=True))


IMPORTS = """
import sys
from ultralink_data.libraries import import_transformers
from tasks.models.lm_eval_adapter import Sampling, generate

import_transformers()
assert generate(None, None, {}, Sampling(), 0) == {}
assert "lm_eval.evaluator" in sys.modules
print(*[name for name in ("datasets", "pandas", "scipy") if name in sys.modules])
"""


def test_an_evaluation_imports_neither_datasets_nor_pandas():
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
