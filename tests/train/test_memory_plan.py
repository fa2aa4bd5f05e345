"""The memory of a training step, planned without weights."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from train_samples import dialogues
from transformers import LlamaConfig, MistralConfig, MixtralConfig

from harness.engine.source_hash import ROOT
from train import attention_kernels
from train.live_memory import ACTIVATIONS, LiveMemory
from train.lora_config import LoraConfig
from train.memory_plan import MemoryPlan, MicroBatch, largest_batch, memory_plan
from train.packing import pack
from train.plan import EMPTY, schedule
from train.train_config import TrainConfig
from ultralink_data.errors import ConfigError

GIB = 2**30
PARAMETERS = {"7b": 6_738_415_616, "13b": 13_015_864_320, "70b": 68_976_648_192}
"""Of Llama 2, as its weights have them."""


def llama_2(name: str) -> LlamaConfig:
    path = ROOT / f"tests/cases/model_configs/llama-2-{name}.json"
    return LlamaConfig(**json.loads(path.read_text()))


SMALL = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "vocab_size": 512,
    "tie_word_embeddings": True,
}


def recipe(**options) -> TrainConfig:
    given = {"sequences_per_step": 2, "micro_batch": 2, "steps": 1, "max_tokens": 128} | options
    return TrainConfig(**given)


BATCH = MicroBatch(((64, 64), (100, 28)), learned=150)


def small(batch: MicroBatch = BATCH, **options) -> MemoryPlan:
    return memory_plan(LlamaConfig(**SMALL), recipe(**options), batch)


@pytest.mark.slow  # 80 layers are run, without content
@pytest.mark.parametrize(("name", "least"), [("7b", 2), ("13b", 3), ("70b", 18)])
def test_llama_2_takes_so_many_devices_of_80_gib(name, least):
    batch = MicroBatch(((4096,),), learned=4096)
    config = recipe(
        sequences_per_step=128, micro_batch=1, precision="bfloat16", gradient_checkpointing=True
    )
    shape = llama_2(name)
    plan = memory_plan(shape, config, batch, devices=2)
    size = PARAMETERS[name]
    assert plan.parameters == size
    assert plan.gradients == 4 * size
    assert plan.optimiser == 8 * size
    assert 0 <= plan.weights - 4 * size < 10_000  # the frequencies of the positions
    # all matrices but the embedding are multiplied; vectors are not
    assert 0 <= 2 * (size - 32000 * shape.hidden_size) - plan.copies < 4_000_000
    # a hidden state a layer, in bfloat16 or float32, and what one layer keeps
    states = 4096 * shape.hidden_size * shape.num_hidden_layers
    assert 2 * states <= plan.activations <= 4 * states + 6 * GIB
    room = 72 * GIB
    assert plan.devices(room) == least
    assert plan.of_each(least) <= room < plan.of_each(least - 1)


def test_parts_follow_from_the_parameters():
    plan = small()
    block = 64 * 64 * 2 + 64 * 32 * 2 + 3 * 64 * 96 + 2 * 64
    assert plan.parameters == 3 * block + 512 * 64 + 64
    assert plan.weights - 4 * plan.parameters == 2 * 4 * 16  # frequencies of the positions, twice
    assert plan.optimiser == 8 * plan.parameters
    assert plan.copies == 0
    assert plan.logits >= 2 * 4 * 150 * 512
    assert plan.largest_layer == 4 * 512 * 64


def test_bfloat16_keeps_copies_of_the_matrices():
    plan = small(precision="bfloat16")
    matrices = 3 * (64 * 64 * 2 + 64 * 32 * 2 + 3 * 64 * 96) + 512 * 64
    assert plan.copies == 2 * matrices
    assert plan.largest_layer == 2 * 512 * 64
    assert plan.activations < small().activations


def test_accumulated_gradients_are_there_at_the_peak():
    once, often = small(), small(sequences_per_step=8)
    assert once.gradients < often.gradients == 4 * often.parameters
    assert often.activations == once.activations


def test_checkpointing_and_fewer_learned_tokens_take_less():
    plan = small(MicroBatch(((128,), (128,)), learned=1))
    less = small(MicroBatch(((128,), (128,)), learned=1), gradient_checkpointing=True)
    assert less.activations < 0.7 * plan.activations
    assert plan.logits < small().logits / 4


def test_a_large_vocabulary_never_has_all_its_logits():
    vocabulary, batch = 32768, MicroBatch(((1024,),), learned=1000)
    shape = SMALL | {"vocab_size": vocabulary, "tie_word_embeddings": False}
    plan = memory_plan(LlamaConfig(**shape), recipe(sequences_per_step=4, micro_batch=1), batch)
    whole = 4 * batch.learned * vocabulary
    assert 4 * vocabulary * 64 < plan.logits < whole + 4 * vocabulary * 64
    config = recipe(sequences_per_step=4, micro_batch=1)
    assert memory_plan(LlamaConfig(**shape), config, batch, devices=2).logits > 2 * whole


def test_planning_leaves_nothing_behind():
    config = MistralConfig(**SMALL, sliding_window=16)
    before = config.to_dict()
    memory_plan(config, recipe(), BATCH)
    assert config.to_dict() == before
    assert type(attention_kernels._window_mask(64, 16, torch.device("cpu"))) is torch.Tensor


def test_a_model_that_looks_at_its_tensors_is_told_apart_from_one_that_does_not_fit():
    config = MixtralConfig(**SMALL, num_local_experts=2, num_experts_per_tok=1)
    config._experts_implementation = "eager"  # one expert after the other, those that are hit
    with pytest.raises(ConfigError, match="MixtralForCausalLM computes what depends"):
        memory_plan(config, recipe(), BATCH)


def test_of_a_mixture_all_experts_are_held_and_the_chosen_ones_are_computed():
    chosen = [MixtralConfig(**SMALL, num_local_experts=4, num_experts_per_tok=n) for n in (2, 1)]
    plan, one = (memory_plan(config, recipe(), BATCH) for config in chosen)
    dense = small()
    expert, router = 3 * 64 * 96, 4 * 64
    assert plan.parameters - dense.parameters == 3 * (3 * expert + router)
    assert plan.weights == one.weights
    tokens = 64 + 64 + 100 + 28
    # What an expert keeps of a token: its input, both halves, their product.
    assert plan.activations - one.activations >= 3 * 4 * tokens * (64 + 3 * 96)


def test_adapters_have_gradients_and_moments_and_the_base_has_none():
    lora = LoraConfig(rank=4)
    adapters = 3 * 4 * (2 * (64 + 64) + 2 * (64 + 32) + 3 * (64 + 96))
    plan = small(lora=lora, sequences_per_step=8)
    whole = small(sequences_per_step=8)
    assert plan.parameters == whole.parameters + adapters
    assert plan.weights == whole.weights + 4 * adapters
    assert (plan.gradients, plan.optimiser) == (4 * adapters, 8 * adapters)
    held = small(lora=lora, sequences_per_step=8, precision="bfloat16")
    assert abs(held.weights - (2 * whole.parameters + 4 * adapters)) < 2000  # frequencies
    assert held.copies < 4 * adapters


def test_shared_parts_are_divided_and_the_others_are_not():
    plan = MemoryPlan(
        parameters=1,
        weights=40,
        copies=20,
        gradients=40,
        optimiser=80,
        activations=30,
        logits=10,
        largest_layer=5,
        trained=40,
        attention="row by row",
    )
    assert plan.total == plan.of_each(1) == 220
    assert plan.of_each(4) == 40 + 10 + 30 + 10
    assert plan.devices(220) == 1
    assert plan.devices(219) == 2
    assert plan.devices(129) == 3
    assert plan.devices(90) == 4
    assert plan.devices(51) == 160
    assert plan.devices(50) is None


def test_live_memory_counts_a_storage_once_until_it_is_freed():
    fake = FakeTensorMode()
    with fake:
        owned = torch.empty(1000)
        live = LiveMemory([owned])
        with live.counting():
            first = owned + 1
            views = first.view(10, 100).t(), owned.view(-1)
            second = first.double()
            live.move(first, "moved")
            assert live.peak == {ACTIVATIONS: 12000}
            del first, second, views
            third = owned * 2
            live.part = "other"
            fourth = third + torch.zeros(2000)[:1000]
            del fourth
            assert live.peak == {ACTIVATIONS: 4000, "other": 12000, "moved": 0}


def test_the_largest_batch_is_that_with_most_tokens(tokenizer):
    packed = pack(dialogues(), tokenizer, max_tokens=400, template="chatml")
    config = recipe(sequences_per_step=4, micro_batch=2, steps=None, epochs=1, max_tokens=400)
    order = schedule(packed.sequences, config, 5).reshape(-1, 2)
    made = [
        [packed.sequence(index) for index in slots if index != EMPTY] for slots in order.tolist()
    ]
    tokens = [sum(len(row.ids) for row in rows) for rows in made]
    found = largest_batch(packed, config, 5)
    assert sum(map(sum, found.sequences)) == max(tokens)
    assert found.learned == max(sum(int(row.loss.sum()) for row in rows) for rows in made)
    rows = made[int(np.argmax(tokens))]
    starts = [[*np.flatnonzero(row.positions == 0).tolist(), len(row.ids)] for row in rows]
    assert [list(s) for s in found.sequences] == [np.diff(s).tolist() for s in starts]


@pytest.mark.slow  # a process of its own trains six models
def test_the_plan_is_within_15_percent_of_the_measured_peak():
    script = ROOT / "benchmarks" / "step_memory.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    names = ["llama", "gemma", "neox", "mixtral", "adapters", "words"]
    assert [each["model"] for each in found] == names
    for each in found:
        assert abs(each["planned"] / each["measured"] - 1) <= 0.15, each


def test_on_a_gpu_attention_keeps_no_square():
    """Torch's kernel keeps queries, keys, values, results and a number a head, in 16 bits."""
    batch = MicroBatch(((256, 256),), learned=300)
    config = recipe(sequences_per_step=1, micro_batch=1, max_tokens=512, precision="bfloat16")
    plans = {
        said: memory_plan(LlamaConfig(**SMALL), given, batch, device=device)
        for said, given, device in (
            ("torch varlen_attn", config, "cuda"),
            ("row by row", config, "cpu"),
            ("masked square", config, "mps"),
        )
    }
    assert {said: plan.attention for said, plan in plans.items()} == {said: said for said in plans}
    kernel, rows, square = (plan.activations for plan in plans.values())
    assert kernel <= rows <= square
    assert square - kernel > 512 * 512  # the mask alone
    asked = recipe(sequences_per_step=1, micro_batch=1, max_tokens=512)
    found = memory_plan(LlamaConfig(**SMALL), asked, batch, device="cuda")
    assert found.attention == "masked square"  # kernels take 16 bits only
