"""The planned memory of adapters on a base in 8 or 4 bits: bytes worked out by hand."""

import pytest
import torch
from test_memory_plan import BATCH, PARAMETERS, SMALL, llama_2, recipe, small
from transformers import GPT2Config, LlamaConfig, LlamaForCausalLM, MixtralConfig

from train.lora_config import LoraConfig
from train.memory_plan import MicroBatch, memory_plan
from train.planned_base import hold, stored_bytes

KEPT = {"7b": 262_410_240, "13b": 328_094_720, "70b": 525_606_912}
"""Parameters of Llama 2 that stay in float32: embeddings, output layer and norms.

32,000 times the width, twice; and a norm of the width twice a layer and once at the end: 2 x 32,000
x 4,096 + 65 x 4,096; 2 x 32,000 x 5,120 + 81 x 5,120; 2 x 32,000 x 8,192 + 161 x 8,192.
"""
STORED = {
    # half a byte a weight, a byte for 64, 4 bytes for 16,384, and 4 a layer
    ("7b", "4bit"): 3_238_002_688 + 101_187_584 + 1_581_056 + 4 * 7 * 32,
    ("13b", "4bit"): 6_343_884_800 + 198_246_400 + 3_097_600 + 4 * 7 * 40,
    ("70b", "4bit"): 34_225_520_640 + 1_069_547_520 + 16_711_680 + 4 * 7 * 80,
    # a byte a weight, and 4 bytes a row: 4 or 2 of the width, 2 or 2 of the keys, 2 of the middle
    ("7b", "8bit"): 6_476_005_376 + 4 * 32 * (5 * 4096 + 2 * 11008),
    ("13b", "8bit"): 12_687_769_600 + 4 * 40 * (5 * 5120 + 2 * 13824),
    ("70b", "8bit"): 68_451_041_280 + 4 * 80 * (3 * 8192 + 2 * 1024 + 2 * 28672),
}


@pytest.mark.parametrize(("name", "held"), STORED)
def test_llama_2_in_few_bits_takes_so_many_bytes(name, held):
    with torch.device("meta"):
        model = LlamaForCausalLM(llama_2(name))
        hold(model, held, torch.bfloat16)
    stored = [p.nbytes for p in model.parameters() if p.dtype == torch.uint8]
    others = [p for p in model.parameters() if p.dtype != torch.uint8]
    assert sum(stored) == STORED[name, held]
    assert sum(p.numel() for p in others) == KEPT[name]
    assert {p.dtype for p in others} == {torch.float32}
    assert not any(p.requires_grad for p in model.parameters())


def test_bits_a_weight_are_those_of_the_papers():
    assert 8 * stored_bytes(4096, 4096, "4bit") / 4096**2 == pytest.approx(4.127, abs=1e-3)
    assert stored_bytes(3, 5, "4bit") == 8 + 1 + 4 + 4
    assert stored_bytes(3, 5, "8bit") == 15 + 12


def test_the_bytes_are_those_of_bitsandbytes():
    """As counted in a Llama of this shape that version 0.50.2 had loaded on a CPU."""
    sizes = {
        "hidden_size": 256,
        "intermediate_size": 512,
        "vocab_size": 512,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
    }
    for held, expected in (("4bit", 589_824 + 18_776), ("8bit", 1_179_648 + 16_384)):
        model = LlamaForCausalLM(LlamaConfig(**sizes))
        hold(model, held, torch.bfloat16)
        found = [p.nbytes for p in model.parameters() if p.dtype == torch.uint8]
        assert sum(found) == expected
        assert sum(p.nbytes for p in model.parameters()) - sum(found) == 1_053_696


@pytest.mark.parametrize("held", ["8bit", "4bit"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_only_the_linear_layers_of_the_base_are_smaller(held, precision):
    whole = small(lora=LoraConfig(rank=4))
    plan = small(lora=LoraConfig(rank=4, base=held), precision=precision)
    shapes = [(64, 64), (32, 64), (32, 64), (64, 64), (96, 64), (96, 64), (64, 96)]
    saved = sum(4 * rows * columns - stored_bytes(rows, columns, held) for rows, columns in shapes)
    assert whole.weights - plan.weights == 3 * saved
    assert plan.parameters == whole.parameters
    assert (plan.optimiser, plan.trained) == (whole.optimiser, whole.trained)
    assert plan.activations > 0


def test_inputs_of_layers_in_8_bits_are_kept():
    """In the type of the norms before them, where 4 bits need no input and adapters bfloat16."""
    four, eight = (
        small(lora=LoraConfig(rank=4, base=held), precision="bfloat16") for held in ("4bit", "8bit")
    )
    assert eight.activations > four.activations


def test_experts_and_tied_output_layers_are_not_held_in_few_bits():
    config = MixtralConfig(**SMALL, num_local_experts=4, num_experts_per_tok=2)
    lora = LoraConfig(rank=4, base="4bit")
    plan = memory_plan(config, recipe(lora=lora), BATCH)
    assert plan.weights > 4 * 3 * 4 * 3 * 64 * 96  # three layers of four experts, in float32
    assert plan.weights < memory_plan(config, recipe(lora=LoraConfig(rank=4)), BATCH).weights


def test_layers_of_gpt_2_are_linear_too():
    with torch.device("meta"):
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_config(GPT2Config(n_embd=32, n_layer=2, n_head=2))
        hold(model, "8bit", torch.bfloat16)
    shapes = [(96, 32), (32, 32), (128, 32), (32, 128)]
    found = [p.nbytes for p in model.parameters() if p.dtype == torch.uint8]
    assert sum(found) == 2 * sum(stored_bytes(*shape, "8bit") for shape in shapes)


@pytest.mark.slow  # 32 layers are run, without content
def test_7b_in_4_bits_trains_on_a_card_of_24_gib():
    batch = MicroBatch(((4096,),), learned=4096)
    config = recipe(sequences_per_step=128, micro_batch=1, precision="bfloat16",
                    gradient_checkpointing=True, lora=LoraConfig(rank=16, base="4bit"))  # fmt: skip
    plan = memory_plan(llama_2("7b"), config, batch, device="cuda")
    adapters = 16 * 32 * (4 * 2 * 4096 + 3 * (4096 + 11008))
    assert plan.parameters == PARAMETERS["7b"] + adapters
    held = STORED["7b", "4bit"] + 4 * KEPT["7b"] + 4 * adapters
    assert 0 <= plan.weights - held < 10_000  # the frequencies of the positions
    assert (plan.gradients, plan.optimiser) == (4 * adapters, 8 * adapters)
    assert plan.total < 0.9 * 24 * 2**30
