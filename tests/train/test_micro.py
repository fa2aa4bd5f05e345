import subprocess
import sys

import msgspec
import pytest
from train_samples import TEXTS

from train.chat_templates import CHATML
from train.loading import load_model, load_tokenizer
from train.micro import train_base
from train.micro_tokenizer import train_tokenizer
from train.packed import Packed
from train.train_config import TINY_MICRO
from ultralink_data.errors import ConfigError, DataError


@pytest.mark.parametrize(
    "text",
    ["12 + 7 = 19", " ¿Cuántas más?  ", "У Ани 12 яблок", "安娜有３个😀", "\tx\n\n"],
)
def test_any_text_round_trips(tokenizer, text):
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text


def test_each_digit_is_a_token(tokenizer):
    tokens = tokenizer.tokenize("x 1234.5")
    assert [t for t in tokens if any(c.isdigit() for c in t)] == list("12345")


def test_special_tokens_are_single_and_no_bos_is_added(tokenizer):
    ids = tokenizer("<|im_start|>user<|im_end|><|endoftext|>")["input_ids"]
    assert (ids[0], ids[-2], ids[-1]) == (1, 2, 0)
    assert tokenizer.bos_token_id is None
    assert (tokenizer.eos_token_id, tokenizer.pad_token_id) == (2, 0)
    assert tokenizer.chat_template == CHATML


def test_the_tokenizer_is_the_same_in_another_process(tokenizer_folder, tmp_path):
    code = (
        f"import sys\nsys.path[:0] = {sys.path!r}\n"
        "from pathlib import Path\nfrom train_samples import TEXTS\n"
        "from train.micro_tokenizer import train_tokenizer\n"
        f"train_tokenizer(TEXTS, 320, Path({str(tmp_path / 't')!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONHASHSEED": "7"})
    for file in tokenizer_folder.iterdir():
        assert file.read_bytes() == (tmp_path / "t" / file.name).read_bytes()


def test_too_small_a_vocabulary_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="got 200"):
        train_tokenizer(TEXTS, 200, tmp_path / "t")


def test_pretraining_learns_and_its_seed_sets_the_weights(tokenizer_folder, tmp_path):
    recipe = msgspec.structs.replace(TINY_MICRO.training, steps=12, learning_rate=5e-3)
    config = msgspec.structs.replace(TINY_MICRO, training=recipe)
    found = {}
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        result = train_base(
            tokenizer=tokenizer_folder,
            texts=TEXTS,
            config=config,
            seed=seed,
            out=tmp_path / name,
            work=tmp_path / f"w{name}",
        )
        found[name] = (tmp_path / name / "model.safetensors").read_bytes()
        assert result.losses[-1] < result.losses[0]
    assert found["a"] == found["b"] != found["c"]
    model = load_model(tmp_path / "a")
    assert model.num_parameters() == config.parameters
    assert len(load_tokenizer(tmp_path / "a")) <= config.vocabulary


def test_the_model_has_the_shape_and_tokens_that_were_asked_for(base, tokenizer):
    """`base` is made by `train_base` with TINY_MICRO."""
    import json

    shape = json.loads((base / "config.json").read_text())
    asked = {
        "vocab_size": TINY_MICRO.vocabulary,
        "hidden_size": TINY_MICRO.hidden,
        "num_hidden_layers": TINY_MICRO.layers,
        "num_attention_heads": TINY_MICRO.heads,
        "num_key_value_heads": TINY_MICRO.kv_heads,
        "intermediate_size": TINY_MICRO.intermediate,
        "max_position_embeddings": TINY_MICRO.context,
        "tie_word_embeddings": True,
        "bos_token_id": None,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    assert {name: shape[name] for name in asked} == asked
    assert load_tokenizer(base).chat_template == CHATML


def test_without_packing_each_text_is_a_sequence(tokenizer_folder, tmp_path):
    recipe = msgspec.structs.replace(TINY_MICRO.training, steps=1, packing=False)
    told = []
    train_base(
        tokenizer=tokenizer_folder,
        texts=TEXTS[:6],
        config=msgspec.structs.replace(TINY_MICRO, training=recipe),
        seed=0,
        out=tmp_path / "o",
        work=tmp_path / "w",
        on_progress=lambda *now: told.append(now[:2]),
    )
    packed = Packed.load(tmp_path / "w" / "packed")
    assert packed.sequences == 6
    assert packed.counts.max_tokens == recipe.max_tokens
    assert told == [(1, 1)]


def test_the_random_model_does_not_change_the_caller_s_random_numbers(tokenizer_folder, tmp_path):
    import torch

    from train.micro import _write_random_model

    torch.manual_seed(5)
    expected = torch.rand(3).tolist()
    torch.manual_seed(5)
    _write_random_model(tokenizer_folder, TINY_MICRO, "llama", 1, tmp_path / "m")
    assert torch.rand(3).tolist() == expected


def test_a_tokenizer_that_is_as_large_as_the_model_s_room_is_taken(tokenizer_folder, tmp_path):
    size = len(load_tokenizer(tokenizer_folder))
    recipe = msgspec.structs.replace(TINY_MICRO.training, steps=1)
    config = msgspec.structs.replace(TINY_MICRO, vocabulary=size, training=recipe)
    train_base(
        tokenizer=tokenizer_folder,
        texts=TEXTS[:6],
        config=config,
        seed=0,
        out=tmp_path / "o",
        work=tmp_path / "w",
    )
    assert load_model(tmp_path / "o").get_input_embeddings().num_embeddings == size


def test_few_texts_give_a_smaller_vocabulary_of_pairs_that_stand_twice(tmp_path):
    train_tokenizer(["ab", "ab", "cd"], 320, tmp_path / "t")
    vocabulary = load_tokenizer(tmp_path / "t").get_vocab()
    assert len(vocabulary) == 256 + 3 + 1
    assert "ab" in vocabulary
    assert "cd" not in vocabulary


def test_the_smallest_vocabulary_is_bytes_and_special_tokens(tmp_path):
    train_tokenizer(TEXTS, 259, tmp_path / "t")
    found = load_tokenizer(tmp_path / "t")
    assert len(found) == 259
    assert found.decode(found("plums ")["input_ids"]) == "plums "
    with pytest.raises(ConfigError, match=r"^vocabulary must be >= 259, got 258$") as caught:
        train_tokenizer(TEXTS, 258, tmp_path / "u")
    assert "256 bytes" in caught.value.hint


def test_a_word_is_split_the_same_with_and_without_a_blank_before(tokenizer):
    assert tokenizer.tokenize("apples")[0] != tokenizer.tokenize(" apples")[0]
    assert tokenizer.decode(tokenizer("a , b .")["input_ids"]) == "a , b ."
    assert tokenizer.all_special_tokens == ["<|im_end|>", "<|endoftext|>", "<|im_start|>"]


def test_a_tokenizer_that_is_too_large_is_refused(tokenizer_folder, tmp_path):
    config = msgspec.structs.replace(TINY_MICRO, vocabulary=300)
    size = len(load_tokenizer(tokenizer_folder))
    said = rf"^the tokenizer at {tokenizer_folder} has {size} tokens, .* room for 300$"
    with pytest.raises(ConfigError, match=said) as caught:
        train_base(
            tokenizer=tokenizer_folder,
            texts=TEXTS,
            config=config,
            seed=0,
            out=tmp_path / "o",
            work=tmp_path / "w",
        )
    assert "--set base.vocabulary" in caught.value.hint


def test_no_text_is_an_error(tokenizer_folder, tmp_path):
    with pytest.raises(DataError, match="no row to train on"):
        train_base(
            tokenizer=tokenizer_folder,
            texts=[],
            config=TINY_MICRO,
            seed=0,
            out=tmp_path / "o",
            work=tmp_path / "w",
        )
