"""Starter bases of several families: equal size, one tokenizer, loaded again as what they are."""

from typing import get_args

import msgspec
import pytest
import torch
from train_samples import TEXTS

from train.families import WINDOW, Family, random_model
from train.loading import load_model, load_tokenizer
from train.micro import train_base
from train.packing import pack_texts
from train.separation import check_isolation
from train.train_config import STARTER_MICRO, TINY_MICRO

CLASSES = {
    "llama": "LlamaForCausalLM",
    "qwen": "Qwen3ForCausalLM",
    "gemma": "Gemma3ForCausalLM",
    "mistral": "MistralForCausalLM",
}


class Tokens:
    """The ends of a tokenizer."""

    eos_token_id = 2
    pad_token_id = 0


@pytest.mark.parametrize("family", get_args(Family))
def test_every_family_has_the_size_that_the_config_says(family):
    model = random_model(family, STARTER_MICRO, Tokens)
    size = sum(weights.numel() for weights in model.parameters())
    assert size == pytest.approx(STARTER_MICRO.parameters, rel=0.005)
    assert type(model).__name__ == CLASSES[family]
    check_isolation(model)


@pytest.mark.parametrize("family", get_args(Family))
def test_every_family_is_pretrained_and_loads_again(family, tokenizer_folder, tmp_path):
    recipe = msgspec.structs.replace(TINY_MICRO.training, steps=8)
    result = train_base(
        tokenizer=tokenizer_folder,
        texts=TEXTS,
        config=msgspec.structs.replace(TINY_MICRO, training=recipe),
        seed=0,
        out=tmp_path / "o",
        work=tmp_path / "w",
        family=family,
    )
    assert result.losses[-1] < result.losses[0]
    model, tokens = load_model(tmp_path / "o"), load_tokenizer(tmp_path / "o")
    assert type(model).__name__ == CLASSES[family]
    assert tokens.get_vocab() == load_tokenizer(tokenizer_folder).get_vocab()
    assert pack_texts(TEXTS[:2], tokens, max_tokens=64).sequences > 0


@pytest.mark.parametrize(("family", "sees"), [("llama", True), ("mistral", False), ("gemma", True)])
def test_only_full_attention_sees_beyond_the_window(family, sees):
    sizes = msgspec.structs.replace(TINY_MICRO, layers=1)
    torch.manual_seed(0)
    model = random_model(family, sizes, Tokens).eval()
    ids = torch.full((1, WINDOW + 40), 7)
    other = ids.clone()
    other[0, 0] = 9
    with torch.no_grad():
        change = (model(ids).logits - model(other).logits)[0, -1].abs().max()
    assert bool(change > 0) is sees
