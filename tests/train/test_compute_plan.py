"""Floating-point operations of a training, beside those that torch counts."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from train_samples import dialogues
from transformers import AutoModelForCausalLM, LlamaConfig, MixtralConfig

from train.compute_plan import SeenTokens, compute_plan, model_shape, seen_of
from train.hardware import hardware
from train.lora import add_adapters
from train.lora_config import LoraConfig
from train.packing import pack
from train.plan import plan
from train.train_config import TrainConfig

SMALL = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 512,
}
BLOCK = 64 * 64 * 2 + 64 * 32 * 2 + 3 * 64 * 96
TOKENS = 40


def recipe(**options) -> TrainConfig:
    given = {"sequences_per_step": 4, "micro_batch": 2, "epochs": 1, "max_tokens": 400}
    return TrainConfig(**given | options)


def counted(model) -> int:
    """What torch counts of a step on one sequence, all of whose pairs it computes."""
    with FlopCounterMode(display=False) as counter:
        logits = model(input_ids=torch.ones((1, TOKENS), dtype=torch.long), use_cache=False).logits
        logits.sum().backward()
    return counter.get_total_flops()


def test_the_operations_of_a_training_of_all_weights_are_those_that_torch_counts():
    config = LlamaConfig(**SMALL, attn_implementation="eager")
    shape = model_shape(config, recipe())
    assert shape.multiplied == 3 * BLOCK
    assert shape.parameters == shape.active == shape.trained == 3 * (BLOCK + 128) + 2 * 32768 + 64
    every_pair = SeenTokens(
        TOKENS, TOKENS, TOKENS**2
    )  # attention of this kind computes masked pairs too
    planned = compute_plan(shape, every_pair, frozen=False).total
    assert counted(AutoModelForCausalLM.from_config(config)) == planned


def test_frozen_weights_need_no_gradients_of_their_own():
    config = LlamaConfig(**SMALL, attn_implementation="eager")
    lora = recipe(lora=LoraConfig(rank=4))
    shape = model_shape(config, lora)
    layers = 4 * (2 * (64 + 64) + 2 * (64 + 32) + 3 * (64 + 96))
    assert shape.trained == 3 * layers
    model = add_adapters(AutoModelForCausalLM.from_config(config), "", lora.lora, 0, ())
    planned = compute_plan(shape, SeenTokens(TOKENS, TOKENS, TOKENS**2), frozen=True).total
    # Below the first adapters nothing is differentiated; the plan counts it.
    assert 0.9 * planned < counted(model) <= planned


def test_a_token_goes_through_the_experts_that_are_chosen():
    config = MixtralConfig(**SMALL, num_local_experts=8, num_experts_per_tok=2)
    shape = model_shape(config, recipe())
    expert = 3 * 64 * 96
    attention = 64 * 64 * 2 + 64 * 32 * 2
    assert shape.parameters - shape.active == 3 * 6 * expert
    assert shape.multiplied == 3 * (attention + 2 * expert)


def test_pairs_are_those_of_dialogues_that_do_not_see_each_other(tokenizer):
    packed = pack(dialogues(), tokenizer, max_tokens=400, template="chatml")
    config = recipe(epochs=3)
    found = plan(packed, config, 0)
    seen = seen_of(packed, config, 0, found.account.computed)
    lengths = packed.segment_tokens.astype(np.int64)
    assert seen.pairs == 3 * sum(n * (n + 1) // 2 for n in lengths.tolist())
    assert (seen.learned, seen.tokens) == (found.loss_tokens, found.account.computed)


def test_hours_are_operations_over_speed():
    config = LlamaConfig(**SMALL)
    found = compute_plan(model_shape(config, recipe()), SeenTokens(1000, 500, 4000), frozen=False)
    assert found.matrices == 6 * 1000 * 3 * BLOCK
    assert found.head == 6 * 500 * 512 * 64
    assert found.attention == 12 * 4000 * 3 * 64
    assert found.hours(2, 1e6, 0.5) == pytest.approx(found.total / 1e6 / 3600)


def test_the_papers_run_takes_the_time_that_6_n_d_says():
    """13B parameters and 1.84 billion tokens on 8 A100 at 40 %: 40 hours (docs/paper.md)."""
    shape = model_shape(
        LlamaConfig(
            hidden_size=5120,
            intermediate_size=13824,
            num_hidden_layers=40,
            num_attention_heads=40,
            num_key_value_heads=40,
            vocab_size=32000,
        ),
        recipe(),
    )
    assert shape.parameters == 13_015_864_320
    seen = SeenTokens(1_840_000_000, 1_840_000_000, 0)
    found = compute_plan(shape, seen, frozen=False)
    peak = hardware("8xA100").accelerator.peak("bfloat16")
    assert found.hours(8, peak, 0.4) == pytest.approx(39.5, abs=0.5)
