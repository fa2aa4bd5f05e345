from pathlib import Path

import pytest
import torch
from lm_eval.api.instance import Instance
from tiny_models import write_chain_model, write_random_model
from transformers import AutoModelForCausalLM, MistralConfig, Qwen3NextConfig

from tasks.models.generation import GenerationWatch, RowEnd, RowStops, cut_at, row_cache
from tasks.models.lm_eval_adapter import load_model

END = "<|im_end|>"
SMALL = {"vocab_size": 40, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2}
SMALL |= {"num_attention_heads": 2, "num_key_value_heads": 1}
PROMPTS = (
    "Anna has 3 apples and buys",
    "安娜有 3 个苹果，又买了",
    "У Анны 3 яблока",
    "def add(a, b):\n",
    "The answer is",
    "x",
)


def load(folder: Path, batch_size: int):
    return load_model(folder, batch_size=batch_size, dtype="float32", max_length=None)


def answers(lm, prompts, stops, max_tokens: int = 60) -> list[str]:
    """What lm-eval's own loop returns, whatever generates."""
    settings = {"until": list(stops), "max_gen_toks": max_tokens, "do_sample": False}
    return lm.generate_until(
        [Instance("generate_until", {}, (p, dict(settings)), i) for i, p in enumerate(prompts)],
        disable_tqdm=True,
    )


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_texts_are_those_of_plain_lm_eval(tmp_path, batch_size, seed):
    folder = write_random_model(tmp_path / "model", seed=seed)
    plain, watched = load(folder, batch_size), load(folder, batch_size)
    watch = GenerationWatch(watched)
    free = answers(plain, PROMPTS, ())
    assert answers(watched, PROMPTS, ()) == free
    pieces = [text[place : place + 2] for text in free for place in (5, 12, 20)]
    stops = [piece for piece in pieces if _plain_stop(piece)]
    watch.pop()
    expected = answers(plain, PROMPTS, stops)
    assert expected != free
    assert answers(watched, PROMPTS, stops) == expected
    assert False in {end.hit_limit for rows in watch.pop().values() for end in rows}


def _plain_stop(text: str) -> bool:
    """Whole characters, no part of a special token's name: lm-eval would stop there, wrongly."""
    return len(text) == 2 and "\ufffd" not in text and text not in "<|im_start|im_end|endoftext|>"


def test_a_batch_ends_when_every_row_has_met_a_stop_of_its_own(tmp_path):
    """After "7" comes 89, after "3" comes 45: two stops, none of which stands in both rows."""
    steps = {"7": "8", "8": "9", "3": "4", "4": "5"}
    lm = load(write_chain_model(tmp_path / "model", steps), 2)
    GenerationWatch(lm)
    passes: list[int] = []
    lm.model.register_forward_hook(lambda *_: passes.append(1))
    assert answers(lm, ["7", "3"], ("89", "45"), max_tokens=200) == ["", ""]
    assert len(passes) == 2


def batch_sizes(lm) -> list[int]:
    """Filled with the number of rows of each forward pass."""
    sizes: list[int] = []
    lm.model.register_forward_hook(lambda _, __, made: sizes.append(len(made.logits)))
    return sizes


COUNTING = {str(digit): str(digit + 1) for digit in range(9)} | {"9": END}


def test_rows_that_have_ended_leave_the_batch_when_half_of_it_is_done(tmp_path):
    lm = load(write_chain_model(tmp_path / "model", COUNTING), 4)
    watch, sizes = GenerationWatch(lm), batch_sizes(lm)
    assert answers(lm, ["9", "8", "5", "0"], ()) == ["", "9", "6789", "123456789"]
    assert sizes == [4] * 2 + [2] * 3 + [1] * 5
    assert {end.hit_limit for rows in watch.pop().values() for end in rows} == {False}


def test_rows_leave_by_stops_and_at_the_limit_too(tmp_path):
    lm = load(write_chain_model(tmp_path / "model", COUNTING), 4)
    watch, sizes = GenerationWatch(lm), batch_sizes(lm)
    assert answers(lm, ["6", "5", "1", "0"], ("78",), max_tokens=6) == ["", "6", "234567", "123456"]
    assert sizes == [4] * 3 + [2] * 3
    limits = {key[-1]: rows[0].hit_limit for key, rows in watch.pop().items()}
    assert limits == {"6": False, "5": False, "1": True, "0": True}


def test_sampled_rows_stay_in_their_batch(tmp_path):
    """The draws of a seed are those of whole batches."""
    lm = load(write_chain_model(tmp_path / "model", COUNTING), 2)
    GenerationWatch(lm)
    sizes = batch_sizes(lm)
    settings = {"until": [], "max_gen_toks": 60, "do_sample": True, "temperature": 0.01}
    asked = [Instance("generate_until", {}, (p, dict(settings)), i) for i, p in enumerate("90")]
    assert lm.generate_until(asked, disable_tqdm=True) == ["", "123456789"]
    assert set(sizes) == {2}


def test_rows_of_a_sliding_window_leave_and_those_of_linear_attention_stay():
    windows = MistralConfig(sliding_window=8, **SMALL)
    states = Qwen3NextConfig(layer_types=["linear_attention", "full_attention"], **SMALL)
    for config, leaves in ((windows, True), (states, False)):
        model = AutoModelForCausalLM.from_config(config)
        assert (row_cache(model) is not None) is leaves
    windowed = AutoModelForCausalLM.from_config(windows)
    windowed.generation_config.cache_implementation = "static"
    assert row_cache(windowed) is None


def test_the_tokenizers_end_token_ends_a_row_that_the_models_config_would_let_go_on(tmp_path):
    lm = load(write_chain_model(tmp_path / "model", {"3": "4", "4": END, END: "6"}), 1)
    lm.model.generation_config.eos_token_id = lm.tokenizer.convert_tokens_to_ids("9")
    watch = GenerationWatch(lm)
    assert answers(lm, ["3"], (), max_tokens=8) == ["4"]
    assert [list(rows) for rows in watch.pop().values()] == [[RowEnd(hit_limit=False)]]


def test_a_stop_of_many_bytes_is_found_at_its_last_token(tmp_path):
    lm = load(write_random_model(tmp_path / "model"), 1)
    stop = "是👨‍👩‍👧。"
    ids = lm.tokenizer("x" + stop)["input_ids"]
    criterion = RowStops(lm.tokenizer, [stop, "never"], begin=1)
    found = [
        criterion(torch.tensor([ids[:length]]), None).tolist() for length in range(2, len(ids) + 1)
    ]
    assert found == [[False]] * (len(ids) - 2) + [[True]]


def test_a_stop_in_the_prompt_is_none(tmp_path):
    lm = load(write_random_model(tmp_path / "model"), 1)
    ids = lm.tokenizer("stop now x")["input_ids"]
    begin = len(lm.tokenizer("stop now")["input_ids"])
    criterion = RowStops(lm.tokenizer, ["stop", "now"], begin)
    assert criterion(torch.tensor([ids]), None).tolist() == [False]


@pytest.mark.parametrize(
    ("stops", "cut"),
    [
        ((), "a\nb\n#c"),
        (("",), "a\nb\n#c"),
        (("x",), "a\nb\n#c"),
        (("\n#",), "a\nb"),
        (("\n#", "\nb"), "a"),
        (("c", "b", ""), "a\n"),
        (("a",), ""),
    ],
)
def test_a_text_ends_at_its_first_stop(stops, cut):
    assert cut_at("a\nb\n#c", stops) == cut
