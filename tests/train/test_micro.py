import subprocess
import sys

import msgspec
import pytest
from train_samples import TEXTS

from train.chat_templates import CHATML
from train.loading import load_model, load_tokenizer
from train.micro import train_base
from train.micro_tokenizer import train_tokenizer
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


def test_a_tokenizer_that_is_too_large_is_refused(tokenizer_folder, tmp_path):
    config = msgspec.structs.replace(TINY_MICRO, vocabulary=300)
    with pytest.raises(ConfigError, match="room for 300"):
        train_base(
            tokenizer=tokenizer_folder,
            texts=TEXTS,
            config=config,
            seed=0,
            out=tmp_path / "o",
            work=tmp_path / "w",
        )


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
